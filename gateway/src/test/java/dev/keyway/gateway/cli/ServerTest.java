package dev.keyway.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServerTest {
    @Test
    void closingDone_isASuccess() {
        assertThat(Server.await(Future.succeededFuture(), Duration.ofMinutes(1)))
                .isEqualTo(ExitCode.OK);
    }

    @Test
    void closingLongerThanTheBound_endsAtTheBoundAndSaysSo() {
        Promise<Void> never = Promise.promise();

        assertThat(Server.await(never.future(), Duration.ofMillis(1))).isEqualTo(ExitCode.DRAIN_INCOMPLETE);
    }

    @Test
    void closingFailed_isNoSuccess() {
        assertThat(Server.await(Future.failedFuture("commit failed"), Duration.ofMinutes(1)))
                .isEqualTo(ExitCode.DRAIN_INCOMPLETE);
    }
}
