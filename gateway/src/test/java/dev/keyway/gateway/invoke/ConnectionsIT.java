package dev.keyway.gateway.invoke;

import static dev.keyway.gateway.invoke.InvokerFixture.outcome;
import static dev.keyway.gateway.invoke.InvokerFixture.uri;
import static dev.keyway.gateway.invoke.TestCalls.call;
import static dev.keyway.gateway.invoke.TestCalls.deployment;
import static dev.keyway.gateway.invoke.TestCalls.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.Deployment;
import dev.keyway.gateway.fixture.DeploymentDraft;
import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.Outcome.Kind;
import dev.keyway.gateway.invoke.TestCalls.TestCall;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.SelfSignedCertificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How connections are opened, shared, limited, replaced and closed. */
class ConnectionsIT {
    private InvokerFixture fixture = new InvokerFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void a_server_that_allows_ten_streams_never_sees_more_and_gets_a_second_connection() {
        Gauge gauge = new Gauge();
        HttpServer server = fixture.serve(
                new HttpServerOptions().setInitialSettings(new Http2Settings().setMaxConcurrentStreams(10)),
                gauge::hold);
        Deployment deployment = deployment(uri(server));
        List<TestCall> calls = submit(object(deployment), 200);

        await().until(() -> gauge.open.get() == 20);
        assertThat(fixture.onLoop(() -> fixture.invoker.connections(deployment.id())))
                .isEqualTo(2);
        assertThat(fixture.onLoop(() -> fixture.invoker.waiting(deployment.id())))
                .isEqualTo(180);
        gauge.releaseAll(calls);

        assertThat(calls).allSatisfy(c -> assertThat(outcome(c).kind()).isEqualTo(Kind.COMPLETED));
        assertThat(gauge.highest).hasValue(20);
    }

    @Test
    void a_limit_lowered_at_run_time_holds_for_new_streams_and_raising_it_frees_the_waiting() {
        Gauge gauge = new Gauge();
        HttpServer server = fixture.serve(
                new HttpServerOptions().setInitialSettings(new Http2Settings().setMaxConcurrentStreams(10)),
                gauge::hold);
        Target target = object(deployment(uri(server)));
        List<TestCall> first = submit(target, 20);
        await().until(() -> gauge.open.get() == 20);
        assertThat(gauge.connections).hasSize(2);

        gauge.connections.forEach(c ->
                InvokerFixture.await(c.updateSettings(new Http2Settings(c.settings()).setMaxConcurrentStreams(3))));
        List<TestCall> second = submit(target, 20);
        gauge.release(20);
        assertThat(first).allSatisfy(c -> assertThat(outcome(c).kind()).isEqualTo(Kind.COMPLETED));
        await().until(() -> gauge.open.get() == 6);
        gauge.highest.set(0);
        gauge.release(6);
        await().until(() -> gauge.open.get() == 6);
        assertThat(gauge.highest.get()).isLessThanOrEqualTo(6);

        gauge.connections.forEach(c ->
                InvokerFixture.await(c.updateSettings(new Http2Settings(c.settings()).setMaxConcurrentStreams(10))));
        await().until(() -> gauge.open.get() == 14);
        gauge.releaseAll(second);
        assertThat(second).allSatisfy(c -> assertThat(outcome(c).kind()).isEqualTo(Kind.COMPLETED));
    }

    @Test
    void a_server_that_allows_no_stream_at_all_does_not_hold_calls_for_ever() {
        HttpServer server = fixture.serve(
                new HttpServerOptions().setInitialSettings(new Http2Settings().setMaxConcurrentStreams(0)),
                request -> request.response().end());
        Target target = object(deployment(uri(server)));

        Outcome outcome = fixture.run(call(target));

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.fault()).isEqualTo(Fault.DEPLOYMENT);
        assertThat(outcome.reason()).contains("MAX_CONCURRENT_STREAMS is 0");
    }

    @Test
    void the_concurrency_of_a_deployment_is_a_bound_and_waiting_calls_run_in_order() {
        List<String> order = new CopyOnWriteArrayList<>();
        Gauge gauge = new Gauge();
        HttpServer server = fixture.serve(request -> {
            order.add(request.path());
            gauge.hold(request);
        });
        Target target = object(deployment(uri(server), false, 3));
        List<TestCall> calls = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            calls.add(fixture.submit(call(target).key("k" + i)));
            expected.add("/Greeter/k" + i + "/handle");
        }

        await().until(() -> gauge.open.get() == 3);
        gauge.releaseAll(calls);

        assertThat(calls).allSatisfy(c -> assertThat(outcome(c).kind()).isEqualTo(Kind.COMPLETED));
        assertThat(gauge.highest).hasValue(3);
        assertThat(order).isEqualTo(expected);
    }

    @Test
    void a_connection_is_renewed_at_its_age_and_no_call_fails() {
        fixture.close();
        KeywayConfig.Invoker s = InvokerFixture.SETTINGS;
        fixture = new InvokerFixture(
                new KeywayConfig.Invoker(
                        s.callTimeout(), s.connectTimeout(), 1, 100, Duration.ofMillis(300), s.maxResponseBytes()),
                new ClientSSLOptions());
        Set<HttpConnection> used = ConcurrentHashMap.newKeySet();
        HttpServer server = fixture.serve(request -> {
            used.add(request.connection());
            fixture.vertx.setTimer(20, t -> request.response().end());
        });
        Deployment deployment = deployment(uri(server));
        Target target = object(deployment);
        AtomicInteger completed = new AtomicInteger();
        ConcurrentLinkedQueue<Outcome> failed = new ConcurrentLinkedQueue<>();
        AtomicInteger running = new AtomicInteger(8);
        fixture.loop.runOnContext(v -> {
            for (int i = 0; i < 8; i++) {
                again(target, completed, failed, running, used);
            }
        });

        await().until(() -> running.get() == 0);

        assertThat(failed).isEmpty();
        assertThat(used.size()).isGreaterThanOrEqualTo(3);
        await().until(() -> fixture.onLoop(() -> fixture.invoker.connections(deployment.id())) <= 1);
    }

    private void again(
            Target target,
            AtomicInteger completed,
            ConcurrentLinkedQueue<Outcome> failed,
            AtomicInteger running,
            Set<HttpConnection> used) {
        TestCall call = call(target);
        call.outcome.thenAccept(outcome -> {
            completed.incrementAndGet();
            if (outcome.kind() != Kind.COMPLETED) {
                failed.add(outcome);
            }
            if (used.size() < 3 && completed.get() < 20_000) {
                again(target, completed, failed, running, used);
            } else {
                running.decrementAndGet();
            }
        });
        fixture.invoker.submit(call);
    }

    @Test
    void an_attempt_that_may_not_begin_sends_nothing() {
        AtomicInteger seen = new AtomicInteger();
        HttpServer server = fixture.serve(request -> {
            seen.incrementAndGet();
            request.response().end();
        });
        Deployment deployment = deployment(uri(server));
        TestCall refused = fixture.submit(call(object(deployment)).refuseToBegin());

        assertThat(fixture.run(call(object(deployment))).kind()).isEqualTo(Kind.COMPLETED);

        assertThat(refused.begun).hasValue(1);
        assertThat(refused.attemptState()).isNull();
        assertThat(refused.outcome).isNotDone();
        assertThat(seen).hasValue(1);
        assertThat(fixture.onLoop(() -> fixture.invoker.inFlight(deployment.id())))
                .isZero();
    }

    @Test
    void an_aborted_call_is_forgotten_while_it_waits_and_reset_in_flight() {
        Gauge gauge = new Gauge();
        HttpServer server = fixture.serve(gauge::hold);
        Deployment deployment = deployment(uri(server), false, 1);
        Target target = object(deployment);
        List<TestCall> calls = submit(target, 3);
        await().until(() -> gauge.open.get() == 1);

        fixture.onLoop(() -> {
            fixture.invoker.abort(calls.get(1));
            fixture.invoker.abort(calls.get(1));
            fixture.invoker.abort(calls.get(0));
            return null;
        });

        assertThat(outcome(calls.get(0)).kind()).isEqualTo(Kind.RETRY);
        await().until(() -> gauge.requests.size() == 2);
        gauge.releaseAll(List.of(calls.get(2)));
        assertThat(outcome(calls.get(2)).kind()).isEqualTo(Kind.COMPLETED);
        assertThat(calls.get(1).begun).hasValue(0);
        assertThat(calls.get(1).outcome).isNotDone();
        await().until(() -> fixture.onLoop(() -> fixture.invoker.inFlight(deployment.id())) == 0);
    }

    @Test
    void a_deployment_that_moves_takes_new_calls_to_its_new_address_while_old_ones_land() {
        Gauge gauge = new Gauge();
        HttpServer old = fixture.serve(gauge::hold);
        HttpServer now = fixture.serve(request -> request.response().end("new"));
        Deployment before = deployment(uri(old));
        TestCall inFlight = fixture.submit(call(object(before)));
        await().until(() -> gauge.open.get() == 1);
        Deployment after = new DeploymentDraft(before).uri(uri(now)).done();

        Outcome moved = fixture.run(call(object(after)));
        gauge.releaseAll(List.of(inFlight));

        assertThat(moved.response().body().toString()).isEqualTo("new");
        assertThat(outcome(inFlight).kind()).isEqualTo(Kind.COMPLETED);
        await().until(() -> fixture.onLoop(() -> fixture.invoker.connections(before.id())) == 1);
    }

    @Test
    void a_forgotten_deployment_closes_its_connections_after_its_last_call() {
        Gauge gauge = new Gauge();
        AtomicInteger closed = new AtomicInteger();
        HttpServer server = fixture.serve(request -> {
            request.connection().closeHandler(v -> closed.incrementAndGet());
            gauge.hold(request);
        });
        Deployment deployment = deployment(uri(server));
        TestCall call = fixture.submit(call(object(deployment)));
        await().until(() -> gauge.open.get() == 1);

        fixture.onLoop(() -> {
            fixture.invoker.forget(deployment.id());
            return null;
        });
        assertThat(closed).hasValue(0);
        gauge.releaseAll(List.of(call));

        assertThat(outcome(call).kind()).isEqualTo(Kind.COMPLETED);
        assertThat(fixture.onLoop(() -> fixture.invoker.connections(deployment.id())))
                .isZero();
    }

    @Test
    void https_uses_http2_by_alpn_and_verifies_the_certificate() {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
        HttpServerOptions tls =
                new HttpServerOptions().setSsl(true).setUseAlpn(true).setKeyCertOptions(certificate.keyCertOptions());
        HttpServer server = fixture.serve(
                tls, request -> request.response().end(request.version().alpnName()));
        String uri = "https://localhost:" + server.actualPort() + "/";

        Outcome untrusted = fixture.run(call(object(deployment(uri))));
        fixture.close();
        fixture = new InvokerFixture(
                InvokerFixture.SETTINGS, new ClientSSLOptions().setTrustOptions(certificate.trustOptions()));
        HttpServer again = fixture.serve(
                tls, request -> request.response().end(request.version().alpnName()));
        Outcome trusted = fixture.run(call(object(deployment("https://localhost:" + again.actualPort() + "/"))));
        Outcome wrongHost = fixture.run(call(object(deployment("https://127.0.0.1:" + again.actualPort() + "/"))));

        assertThat(untrusted.fault()).isEqualTo(Fault.DEPLOYMENT);
        assertThat(untrusted.reason()).contains("TLS failed");
        assertThat(trusted.kind()).isEqualTo(Kind.COMPLETED);
        assertThat(trusted.response().body().toString()).isEqualTo("h2");
        assertThat(wrongHost.reason()).contains("TLS failed");
    }

    @Test
    void https_without_h2_is_refused_with_the_way_out() {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
        fixture.close();
        fixture = new InvokerFixture(
                InvokerFixture.SETTINGS, new ClientSSLOptions().setTrustOptions(certificate.trustOptions()));
        HttpServer server = fixture.serve(
                new HttpServerOptions().setSsl(true).setUseAlpn(false).setKeyCertOptions(certificate.keyCertOptions()),
                request -> request.response().end());

        Outcome outcome = fixture.run(call(object(deployment("https://localhost:" + server.actualPort() + "/"))));

        assertThat(outcome.reason()).contains("use_http_11");
    }

    @Test
    void http11_deployments_get_one_call_per_connection_and_keep_their_connections() {
        Set<HttpConnection> used = ConcurrentHashMap.newKeySet();
        Gauge gauge = new Gauge();
        List<String> seen = new CopyOnWriteArrayList<>();
        HttpServer server = fixture.serve(request -> request.body().onSuccess(body -> {
            used.add(request.connection());
            seen.add(request.version() + " " + request.getHeader("host") + " " + body);
            gauge.hold(request);
        }));
        Deployment deployment = deployment(uri(server), true, 4);
        List<TestCall> calls = submit(object(deployment), 20);
        await().until(() -> gauge.open.get() == 4);
        gauge.releaseAll(calls);

        assertThat(calls).allSatisfy(c -> assertThat(outcome(c).kind()).isEqualTo(Kind.COMPLETED));
        assertThat(gauge.highest).hasValue(4);
        assertThat(used).hasSize(4);
        assertThat(seen).containsOnly(HttpVersion.HTTP_1_1 + " 127.0.0.1:" + server.actualPort() + " {}");
    }

    @Test
    void http11_requests_tell_their_length_for_servers_that_read_no_chunks() {
        List<String> heads = new CopyOnWriteArrayList<>();
        NetServer server = InvokerFixture.await(fixture.vertx
                .createNetServer()
                .connectHandler(socket -> socket.handler(bytes -> {
                    heads.add(bytes.toString().toLowerCase(Locale.ROOT));
                    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                }))
                .listen(0, "127.0.0.1"));
        Target target = object(deployment("http://127.0.0.1:" + server.actualPort() + "/", true, 1));

        assertThat(fixture.run(call(target)).kind()).isEqualTo(Kind.COMPLETED);
        assertThat(fixture.run(call(target).body(new byte[0])).kind()).isEqualTo(Kind.COMPLETED);

        assertThat(heads).hasSize(2).noneMatch(head -> head.contains("transfer-encoding"));
        assertThat(heads.get(0)).contains("content-length: 2\r\n").endsWith("\r\n\r\n{}");
        assertThat(heads.get(1)).contains("content-length: 0\r\n");
    }

    @Test
    void http11_connections_that_the_server_closes_are_replaced() {
        HttpServer server = fixture.serve(
                request -> request.response().putHeader("connection", "close").end("bye"));
        Target target = object(deployment(uri(server), true, 2));
        List<TestCall> calls = submit(target, 10);

        assertThat(calls).allSatisfy(c -> assertThat(outcome(c).kind()).isEqualTo(Kind.COMPLETED));
    }

    @Test
    void http11_connections_that_the_server_will_not_keep_are_not_used_again() {
        Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
        AtomicInteger seconds = new AtomicInteger();
        HttpServer server = fixture.serve(request -> {
            connections.add(request.connection());
            request.response()
                    .putHeader("keep-alive", "max=100, timeout=" + seconds.get())
                    .end();
        });
        Target target = object(deployment(uri(server), true, 1));

        fixture.run(call(target));
        seconds.set(1_000);
        fixture.run(call(target));
        fixture.run(call(target));

        assertThat(connections).hasSize(2);
    }

    @Test
    void http11_connections_close_although_the_server_reads_nothing() {
        HttpServer server = fixture.serve(HttpServerRequest::pause);
        Deployment deployment = deployment(uri(server), true, 1);

        Outcome late =
                fixture.run(call(object(deployment)).body(new byte[20_000_000]).timeout(Duration.ofMillis(300)));

        assertThat(late.reason()).contains("within 300 ms");
        await().until(() -> fixture.onLoop(() -> fixture.invoker.connections(deployment.id())) == 0);
    }

    @Test
    void http11_calls_that_time_out_or_break_end_with_a_retry() {
        AtomicInteger n = new AtomicInteger();
        HttpServer server = fixture.serve(request -> {
            if (n.incrementAndGet() == 2) {
                request.connection().close();
            } else if (n.get() > 2) {
                request.response().end();
            }
        });
        Deployment deployment = deployment(uri(server), true, 1);

        Outcome late = fixture.run(call(object(deployment)).timeout(Duration.ofMillis(150)));
        Outcome broken = fixture.run(call(object(deployment)));
        Outcome fine = fixture.run(call(object(deployment)));

        assertThat(late.reason()).contains("within 150 ms");
        assertThat(broken.kind()).isEqualTo(Kind.RETRY);
        assertThat(broken.fault()).isEqualTo(Fault.DEPLOYMENT);
        assertThat(fine.kind()).isEqualTo(Kind.COMPLETED);
        assertThat(fixture.onLoop(() -> fixture.invoker.inFlight(deployment.id())))
                .isZero();
    }

    @Test
    void closing_the_invoker_resets_what_is_in_flight() {
        Gauge gauge = new Gauge();
        HttpServer server = fixture.serve(gauge::hold);
        TestCall call = fixture.submit(call(object(deployment(uri(server)))));
        await().until(() -> gauge.open.get() == 1);

        InvokerFixture.await(fixture.onLoop(fixture.invoker::close));

        assertThat(outcome(call).kind()).isEqualTo(Kind.RETRY);
    }

    private List<TestCall> submit(Target target, int count) {
        List<TestCall> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(fixture.submit(call(target)));
        }
        return calls;
    }

    /** Holds requests open and counts them. */
    private final class Gauge {
        final AtomicInteger open = new AtomicInteger();
        final AtomicInteger highest = new AtomicInteger();
        final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
        final List<HttpServerRequest> requests = new CopyOnWriteArrayList<>();
        private final ConcurrentLinkedQueue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();

        void hold(HttpServerRequest request) {
            connections.add(request.connection());
            requests.add(request);
            held.add(request);
            int now = open.incrementAndGet();
            highest.accumulateAndGet(now, Math::max);
        }

        void release(int count) {
            for (int i = 0; i < count; i++) {
                HttpServerRequest request = held.poll();
                if (request == null) {
                    return;
                }
                open.decrementAndGet();
                request.response().end();
            }
        }

        void releaseAll(List<TestCall> calls) {
            await().until(() -> {
                release(Integer.MAX_VALUE);
                return calls.stream().allMatch(c -> c.outcome.isDone());
            });
        }
    }
}
