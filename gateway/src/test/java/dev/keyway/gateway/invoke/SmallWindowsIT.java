package dev.keyway.gateway.invoke;

import static dev.keyway.gateway.invoke.InvokerFixture.outcome;
import static dev.keyway.gateway.invoke.InvokerFixture.uri;
import static dev.keyway.gateway.invoke.TestCalls.call;
import static dev.keyway.gateway.invoke.TestCalls.deployment;
import static dev.keyway.gateway.invoke.TestCalls.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.invoke.Outcome.Kind;
import dev.keyway.gateway.invoke.TestCalls.TestCall;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that do not fit the windows of their handler's HTTP/2 flow control (RFC 9113 section 5.2). */
class SmallWindowsIT {
    private final InvokerFixture fixture = new InvokerFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static HttpServerOptions window(int bytes) {
        return new HttpServerOptions()
                .setHttp2ClearTextEnabled(true)
                .setInitialSettings(new Http2Settings().setInitialWindowSize(bytes));
    }

    private static byte[] body(int size) {
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        return body;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 99, 100, 101, 4_096, 4_097, 20_000})
    void a_body_larger_than_the_window_arrives_whole(int size) {
        HttpServer server = fixture.serve(window(100), request -> request.body().onSuccess(request.response()::end));
        byte[] body = body(size);

        Outcome outcome = fixture.run(call(object(deployment(uri(server)))).body(body));

        assertThat(outcome.kind()).isEqualTo(Kind.COMPLETED);
        assertThat(outcome.response().body()).isEqualTo(Buffer.buffer(body));
    }

    @Test
    void calls_side_by_side_do_not_mix_their_pieces() {
        HttpServer server = fixture.serve(window(64), request -> request.body().onSuccess(request.response()::end));
        Target target = object(deployment(uri(server)));
        List<TestCall> calls = new ArrayList<>();

        for (int i = 0; i < 50; i++) {
            calls.add(fixture.submit(call(target).body(body(500 + i))));
        }

        for (int i = 0; i < calls.size(); i++) {
            assertThat(outcome(calls.get(i)).response().body()).isEqualTo(Buffer.buffer(body(500 + i)));
        }
    }

    @Test
    void a_body_that_is_stuck_half_way_ends_with_its_call_and_harms_no_other() {
        HttpServer server = fixture.serve(window(100), request -> {
            if (request.getHeader("stuck") != null) {
                // Nothing is read, so that no window is given back.
                request.pause();
            } else {
                request.body().onSuccess(request.response()::end);
            }
        });
        Target target = object(deployment(uri(server)));

        Outcome stuck =
                fixture.run(call(target).header("stuck", "1").body(body(1_000)).timeout(Duration.ofMillis(300)));
        Outcome next = fixture.run(call(target).body(body(1_000)));

        assertThat(stuck.kind()).isEqualTo(Kind.RETRY);
        assertThat(next.response().body()).isEqualTo(Buffer.buffer(body(1_000)));
    }

    @Test
    void an_answer_before_the_whole_body_counts() {
        HttpServer server = fixture.serve(
                window(100),
                request -> request.pause().response().setStatusCode(413).end());

        Outcome outcome = fixture.run(call(object(deployment(uri(server)))).body(body(1_000)));

        assertThat(outcome.kind()).isEqualTo(Kind.TERMINAL);
    }
}
