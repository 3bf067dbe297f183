package dev.keyway.gateway.invoke;

import static dev.keyway.gateway.invoke.InvokerFixture.outcome;
import static dev.keyway.gateway.invoke.InvokerFixture.uri;
import static dev.keyway.gateway.invoke.TestCalls.call;
import static dev.keyway.gateway.invoke.TestCalls.deployment;
import static dev.keyway.gateway.invoke.TestCalls.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.Deployment;
import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.Outcome.Kind;
import dev.keyway.gateway.invoke.TestCalls.TestCall;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes wrong between an invoker and its deployments, over real connections. */
class InvokerFaultsIT {
    private final InvokerFixture fixture = new InvokerFixture();
    /** Kept here: Vert.x closes a client, and with it its sockets, when nobody refers to it any more. */
    private final NetClient sockets = fixture.vertx.createNetClient();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void a_handler_that_hangs_is_cut_off_at_the_timeout_and_its_stream_is_reset() {
        AtomicLong resetCode = new AtomicLong(-1);
        HttpServer server = fixture.serve(request -> request.response().exceptionHandler(e -> {
            if (e instanceof io.vertx.core.http.StreamResetException reset) {
                resetCode.set(reset.getCode());
            }
        }));
        Deployment deployment = deployment(uri(server));

        Outcome outcome = fixture.run(call(object(deployment)).timeout(Duration.ofMillis(200)));

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.fault()).isEqualTo(Fault.DEPLOYMENT);
        assertThat(outcome.reason()).contains("within 200 ms");
        await().untilAtomic(resetCode, org.hamcrest.Matchers.equalTo(8L));
        nothingInFlight(deployment);
    }

    @Test
    void a_peer_that_stops_reading_loses_its_connection_after_a_timed_out_call() {
        AtomicInteger sockets = new AtomicInteger();
        HttpServer backend = fixture.serve(request -> request.response().end());
        // Lets the handshake through, then swallows everything: no answer, no ping ack, no FIN.
        AtomicBoolean silent = new AtomicBoolean();
        int port = proxy(backend.actualPort(), sockets, silent);
        Deployment deployment = deployment("http://127.0.0.1:" + port + "/");
        assertThat(fixture.run(call(object(deployment))).kind()).isEqualTo(Kind.COMPLETED);

        silent.set(true);
        Outcome lost = fixture.run(call(object(deployment)).timeout(Duration.ofMillis(100)));
        await().until(() -> fixture.onLoop(() -> fixture.invoker.connections(deployment.id())) == 0);
        silent.set(false);

        assertThat(lost.kind()).isEqualTo(Kind.RETRY);
        assertThat(fixture.run(call(object(deployment))).kind()).isEqualTo(Kind.COMPLETED);
        assertThat(sockets).hasValue(2);
    }

    @Test
    void a_reset_stream_is_a_retry_that_names_the_code() {
        HttpServer server = fixture.serve(request -> request.response().reset(2));

        Outcome outcome = fixture.run(call(object(deployment(uri(server)))));

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.fault()).isEqualTo(Fault.DEPLOYMENT);
        assertThat(outcome.reason()).contains("INTERNAL_ERROR");
    }

    @Test
    void a_refused_stream_is_unprocessed() {
        HttpServer server = fixture.serve(request -> request.response().reset(7));

        Outcome outcome = fixture.run(call(object(deployment(uri(server)))));

        assertThat(outcome.isUnprocessed()).isTrue();
        assertThat(outcome.retryAfterMillis()).isZero();
        assertThat(outcome.reason()).contains("REFUSED_STREAM");
    }

    @Test
    void a_connection_closed_in_the_middle_of_a_batch_ends_every_call_and_the_next_ones_reconnect() {
        AtomicInteger seen = new AtomicInteger();
        HttpServer server = fixture.serve(request -> {
            int n = seen.incrementAndGet();
            if (n == 20) {
                request.connection().close();
            } else if (n % 2 == 0 || n > 20) {
                request.response().end();
            }
        });
        Deployment deployment = deployment(uri(server));
        Target target = object(deployment);
        List<TestCall> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add(fixture.submit(call(target).timeout(Duration.ofSeconds(5))));
        }

        assertThat(calls).allSatisfy(c -> assertThat(outcome(c).kind()).isIn(Kind.COMPLETED, Kind.RETRY));
        assertThat(calls)
                .extracting(c -> outcome(c).reason())
                .filteredOn(reason -> reason != null)
                .isNotEmpty()
                .allMatch(reason -> reason.matches(".*before (the answer was complete|it took the request)"));
        nothingInFlight(deployment);

        assertThat(fixture.run(call(target)).kind()).isEqualTo(Kind.COMPLETED);
    }

    @Test
    void after_goaway_streams_above_the_last_are_unprocessed_and_others_land() {
        AtomicInteger firsts = new AtomicInteger();
        HttpServer server = fixture.serve(request -> {
            if (request.getHeader("first") == null) {
                request.response().end("fresh");
                return;
            }
            if (firsts.incrementAndGet() == 4) {
                // The client's streams are 3, 5, 7, 9.
                request.connection().goAway(0, 7);
            }
            fixture.vertx.setTimer(100, t -> request.response().end());
        });
        Deployment deployment = deployment(uri(server));
        Target target = object(deployment);
        List<TestCall> first = new ArrayList<>();
        fixture.onLoop(() -> {
            for (int i = 0; i < 4; i++) {
                TestCall call = call(target).header("first", "1");
                first.add(call);
                fixture.invoker.submit(call);
            }
            return null;
        });

        assertThat(outcome(first.get(3)).isUnprocessed()).isTrue();
        assertThat(fixture.run(call(target)).kind()).isEqualTo(Kind.COMPLETED);
        assertThat(first.subList(0, 3))
                .allSatisfy(c -> assertThat(outcome(c).kind()).isEqualTo(Kind.COMPLETED));
        await().until(() -> fixture.onLoop(() -> fixture.invoker.connections(deployment.id())) == 1);
        nothingInFlight(deployment);
    }

    @Test
    void an_endless_answer_is_cut_off_at_the_limit() {
        AtomicLong sent = new AtomicLong();
        AtomicBoolean stopped = new AtomicBoolean();
        HttpServer server = fixture.serve(request -> {
            request.response().setChunked(true).exceptionHandler(e -> stopped.set(true));
            fixture.vertx.setPeriodic(1, timer -> {
                if (stopped.get()) {
                    fixture.vertx.cancelTimer(timer);
                } else if (!request.response().writeQueueFull()) {
                    sent.addAndGet(16 * 1024);
                    request.response().write(Buffer.buffer(new byte[16 * 1024])).onFailure(e -> stopped.set(true));
                }
            });
        });
        Deployment deployment = deployment(uri(server));

        Outcome outcome = fixture.run(call(object(deployment)));

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.reason()).contains("larger than invoker.max-response-bytes (65536)");
        await().untilTrue(stopped);
        assertThat(sent.get()).isLessThan(4 * 1024 * 1024);
        nothingInFlight(deployment);
    }

    @Test
    void a_peer_that_accepts_and_drops_is_not_stormed_with_connects() {
        AtomicInteger accepted = new AtomicInteger();
        NetServer server = InvokerFixture.await(fixture.vertx
                .createNetServer()
                .connectHandler(socket -> {
                    accepted.incrementAndGet();
                    socket.close();
                })
                .listen(0, "127.0.0.1"));
        Target target = object(deployment("http://127.0.0.1:" + server.actualPort() + "/"));
        AtomicInteger failures = new AtomicInteger();
        long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        fixture.loop.runOnContext(v -> resubmit(target, failures, end));

        await().until(() -> System.nanoTime() > end);

        // 100 ms doubling: about 4 tries in a second, with full jitter at most a few more.
        assertThat(accepted.get()).isBetween(1, 15);
        assertThat(failures.get()).isLessThanOrEqualTo(accepted.get() + 1);
    }

    private void resubmit(Target target, AtomicInteger failures, long end) {
        TestCall call = call(target);
        call.outcome.thenAccept(outcome -> {
            assertThat(outcome.fault()).isEqualTo(Fault.DEPLOYMENT);
            failures.incrementAndGet();
            if (System.nanoTime() < end) {
                resubmit(target, failures, end);
            }
        });
        fixture.invoker.submit(call);
    }

    @Test
    void a_peer_that_speaks_http11_only_is_named_as_such() {
        NetServer server = InvokerFixture.await(fixture.vertx
                .createNetServer()
                .connectHandler(socket -> socket.handler(b -> socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")))
                .listen(0, "127.0.0.1"));

        Outcome outcome = fixture.run(call(object(deployment("http://127.0.0.1:" + server.actualPort() + "/"))));

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.fault()).isEqualTo(Fault.DEPLOYMENT);
        assertThat(outcome.reason()).contains("not an HTTP/2 server");
    }

    @Test
    void a_peer_that_says_nothing_fails_the_waiting_call_at_the_connect_timeout() {
        NetServer server = InvokerFixture.await(
                fixture.vertx.createNetServer().connectHandler(NetSocket::pause).listen(0, "127.0.0.1"));

        Outcome outcome = fixture.run(call(object(deployment("http://127.0.0.1:" + server.actualPort() + "/"))));

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.reason()).contains("no HTTP/2 SETTINGS within");
    }

    @Test
    void a_call_with_a_short_timeout_does_not_wait_for_a_longer_connect() {
        NetServer server = InvokerFixture.await(
                fixture.vertx.createNetServer().connectHandler(NetSocket::pause).listen(0, "127.0.0.1"));
        TestCall call = call(object(deployment("http://127.0.0.1:" + server.actualPort() + "/")))
                .timeout(Duration.ofMillis(100));

        Outcome outcome = fixture.run(call);

        assertThat(outcome.reason()).contains("no connection to").contains("within 100 ms");
    }

    @Test
    void headers_that_could_inject_are_left_out_whatever_wrote_them() {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        HttpServer server = fixture.serve(request -> {
            request.headers().forEach(h -> seen.add(h.getKey() + "=" + h.getValue()));
            request.response().end();
        });
        TestCall call = call(object(deployment(uri(server))))
                .header("fine", "v")
                .header("crlf", "a\r\nx-evil: 1")
                .header("nul", "a\0b")
                .header("umlaut", "\u00fc")
                .header("Upper", "v")
                .header("sp ace", "v")
                .header(":path", "/evil")
                .header("host", "evil")
                .header("connection", "close")
                .header("transfer-encoding", "chunked")
                .header("content-length", "1")
                .header("te", "trailers")
                .header("", "v")
                .header("padded", " v ")
                .header("empty", "");

        assertThat(fixture.run(call).kind()).isEqualTo(Kind.COMPLETED);

        assertThat(seen)
                .contains("fine=v", "empty=", "content-type=application/json")
                .allMatch(h -> h.startsWith(":")
                        || h.startsWith("fine")
                        || h.startsWith("empty")
                        || h.equals("content-length=2")
                        || h.startsWith("content-type=application/json"));
        assertThat(fixture.onLoop(fixture.invoker::droppedHeaders)).isEqualTo(13);
    }

    @Test
    void a_head_larger_than_the_server_takes_is_the_record_s_fault_and_stops_nothing_else() {
        HttpServer server = fixture.serve(
                new HttpServerOptions().setInitialSettings(new Http2Settings().setMaxHeaderListSize(8_192)),
                request -> request.response().end());
        Target target = object(deployment(uri(server)));
        assertThat(fixture.run(call(target)).kind()).isEqualTo(Kind.COMPLETED);

        Outcome outcome = fixture.run(call(target).header("large", "x".repeat(9_000)));

        assertThat(outcome.kind()).isEqualTo(Kind.UNDELIVERABLE);
        assertThat(outcome.fault()).isEqualTo(Fault.RECORD);
        assertThat(outcome.reason()).contains("headers");
        assertThat(outcome.counted()).isFalse();
        assertThat(fixture.run(call(target)).kind()).isEqualTo(Kind.COMPLETED);
    }

    @Test
    void a_head_of_many_frames_and_bodies_of_every_size_arrive_whole() {
        HttpServer server = fixture.serve(
                new HttpServerOptions().setInitialSettings(new Http2Settings().setMaxHeaderListSize(200_000)),
                request -> request.body().onSuccess(body -> request.response()
                        .end(body.length() + " " + request.getHeader("large").length() + " "
                                + request.getHeader("last"))));
        Target target = object(deployment(uri(server)));
        int[] bodies = {0, 1, 200, 4_095, 4_096, 4_097, 16_384, 16_385, 40_000, 70_000, 300_000};
        int[] heads = {1, 10_000, 17_000, 60_000};
        List<TestCall> calls = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        fixture.onLoop(() -> {
            for (int body : bodies) {
                for (int head : heads) {
                    TestCall call = call(target)
                            .body(new byte[body])
                            .header("large", "x".repeat(head))
                            .header("last", "l" + body);
                    calls.add(call);
                    expected.add(body + " " + head + " l" + body);
                    fixture.invoker.submit(call);
                }
            }
            return null;
        });

        assertThat(calls)
                .extracting(c -> outcome(c).response().body().toString())
                .isEqualTo(expected);
    }

    private int proxy(int to, AtomicInteger opened, AtomicBoolean silent) {
        return InvokerFixture.await(fixture.vertx
                        .createNetServer()
                        .connectHandler(in -> {
                            opened.incrementAndGet();
                            in.pause();
                            sockets.connect(to, "127.0.0.1").onSuccess(out -> {
                                in.handler(b -> {
                                    if (!silent.get()) {
                                        out.write(b);
                                    }
                                });
                                out.handler(in::write);
                                in.resume();
                            });
                        })
                        .listen(0, "127.0.0.1"))
                .actualPort();
    }

    private void nothingInFlight(Deployment deployment) {
        await().until(() -> fixture.onLoop(() -> fixture.invoker.inFlight(deployment.id())) == 0);
        assertThat(fixture.onLoop(() -> fixture.invoker.waiting(deployment.id())))
                .isZero();
    }
}
