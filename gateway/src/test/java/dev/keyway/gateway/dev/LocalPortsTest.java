package dev.keyway.gateway.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class LocalPortsTest {

    @Test
    void aTakenPortIsReplacedByAFreeOne() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(LocalPorts.preferably(taken.getLocalPort())).isNotEqualTo(taken.getLocalPort());
        }
    }

    @Test
    void aTakenPortIsRecognisedBehindOtherCauses() {
        Throwable bind = new IllegalStateException("start", new BindException("Address already in use"));

        assertThat(LocalPorts.isTaken(new LocalFailure("cannot start", bind))).isTrue();
        assertThat(LocalPorts.isTaken(new LocalFailure("the registry is foreign")))
                .isFalse();
    }
}
