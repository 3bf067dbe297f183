package dev.keyway.gateway.invoke;

import static dev.keyway.gateway.invoke.InvokerFixture.uri;
import static dev.keyway.gateway.invoke.TestCalls.call;
import static dev.keyway.gateway.invoke.TestCalls.deployment;
import static dev.keyway.gateway.invoke.TestCalls.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.Outcome.Kind;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of plain handlers over real connections, HTTP/2 and HTTP/1.1 alike. */
class HttpAnswersIT {
    private final InvokerFixture fixture = new InvokerFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void busy_with_retry_after_is_a_retry_that_carries_the_wish_and_the_answer(boolean http11) {
        Outcome outcome = answer(http11, request -> request.response()
                .setStatusCode(503)
                .putHeader("Retry-After", "2")
                .end("busy"));

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.retryAfterMillis()).isEqualTo(2_000);
        assertThat(outcome.response().status()).isEqualTo(503);
        assertThat(outcome.response().body()).hasToString("busy");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_answer_of_a_completed_call_is_passed_on_whole(boolean http11) {
        byte[] body = new byte[60_000];
        body[59_999] = 1;

        Outcome outcome = answer(http11, request -> request.response()
                .setStatusCode(201)
                .putHeader("X-Mine", "1")
                .putHeader("content-type", "application/octet-stream")
                .end(Buffer.buffer(body)));

        assertThat(outcome.kind()).isEqualTo(Kind.COMPLETED);
        assertThat(outcome.response().status()).isEqualTo(201);
        assertThat(outcome.response().headers().get("x-mine")).isEqualTo("1");
        assertThat(outcome.response().headers().contains(":status")).isFalse();
        assertThat(outcome.response().body().getBytes()).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void interim_answers_are_passed_over(boolean http11) {
        Outcome outcome = answer(http11, request -> {
            request.response().writeContinue();
            request.response()
                    .writeEarlyHints(
                            io.vertx.core.MultiMap.caseInsensitiveMultiMap().add("link", "</x>"));
            request.response().end("final");
        });

        assertThat(outcome.kind()).isEqualTo(Kind.COMPLETED);
        assertThat(outcome.response().body()).hasToString("final");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void effects_that_cannot_be_read_are_not_swallowed(boolean http11) {
        Outcome outcome = answer(http11, request -> request.response()
                .putHeader("content-type", "application/vnd.keyway.effects+json")
                .end("{\"effects\":[]}"));

        assertThat(outcome.kind()).isEqualTo(Kind.UNDELIVERABLE);
        assertThat(outcome.fault()).isEqualTo(Fault.DEPLOYMENT);
        assertThat(outcome.reason())
                .contains("the effects of the answer cannot be carried out", "unknown field 'effects'");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_handler_may_ask_for_the_dead_letter_topic(boolean http11) {
        Outcome outcome = answer(http11, request -> request.response()
                .putHeader("keyway-outcome", "dead-letter")
                .end());

        assertThat(outcome.kind()).isEqualTo(Kind.DEAD_LETTER);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_answer_before_the_request_was_read_counts(boolean http11) {
        Outcome outcome = InvokerFixture.outcome(fixture.submit(call(object(deployment(
                        uri(fixture.serve(request -> {
                            request.pause();
                            request.response().setStatusCode(422).end();
                        })),
                        http11,
                        0)))
                .body(new byte[1024 * 1024])));

        assertThat(outcome.kind()).isEqualTo(Kind.TERMINAL);
        assertThat(outcome.response().status()).isEqualTo(422);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_large_request_arrives_whole(boolean http11) {
        byte[] body = new byte[3 * 1024 * 1024];
        body[body.length - 1] = 7;
        Outcome outcome = InvokerFixture.outcome(fixture.submit(call(object(deployment(
                        uri(fixture.serve(request -> request.body()
                                .onSuccess(b -> request.response().end(b.length() + ":" + b.getByte(b.length() - 1))))),
                        http11,
                        0)))
                .body(body)));

        assertThat(outcome.response().body()).hasToString(body.length + ":7");
    }

    private Outcome answer(boolean http11, Handler<HttpServerRequest> handler) {
        return fixture.run(call(object(deployment(uri(fixture.serve(handler)), http11, 0))));
    }
}
