package dev.keyway.gateway.rpc;

import static dev.keyway.gateway.rpc.RpcFixture.await;
import static dev.keyway.gateway.rpc.RpcFixture.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.Outcome.Kind;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RpcServerIT {
    private final RpcFixture rpc = new RpcFixture();

    @AfterEach
    void close() {
        rpc.close();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "/Greeter/run, Greeter, -",
                "/restate/call/Greeter/run, Greeter, -",
                "/Counter/k/run, Counter, k",
                "/restate/call/Counter/k/run, Counter, k",
                "/Counter/a%2Fb%20c%C3%BC+d/run, Counter, 'a/b cü+d'",
                "/Counter//run, Counter, ''",
                "/Counter/send/run, Counter, send",
                "/Counter/k/run?x=1, Counter, k"
            })
    void a_path_names_service_key_and_handler(String path, String service, String key) {
        rpc.route = call -> completed(null);

        HttpResponse<String> response = rpc.post(path, "{}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(rpc.calls).singleElement().satisfies(call -> {
            assertThat(call.service()).isEqualTo(service);
            assertThat(call.handler()).isEqualTo("run");
            assertThat(call.key()).isEqualTo(key);
            assertThat(call.body()).hasToString("{}");
            assertThat(lines(call.headers())).first().isEqualTo("x-restate-ingress-path: " + path);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "/Nobody/run, 404, service 'Nobody' not found",
        "/Greeter/nope, 404, handler 'nope' not found on service 'Greeter'.",
        "/restate/nope, 404, path /restate/nope not found",
        "/restate, 404, path /restate not found",
        "/, 400, bad path",
        "/Greeter, 400, bad path",
        "/Greeter/k/run, 400, 'Greeter is a Service, expected /Greeter/{handler}'",
        "/Counter/run, 400, 'Counter is a VirtualObject, expected /Counter/{key}/{handler}'",
        "/Counter/k/run/more, 400, bad path",
        "/Counter/k/run/, 400, bad path",
        "/Counter/%ZZ/run, 400, not valid percent-encoded UTF-8",
        "/Counter/%C3/run, 400, not valid percent-encoded UTF-8",
        "/Counter/abc%4/run, 400, not valid percent-encoded UTF-8",
        "/Greeter/run/send, 501, one-way calls (send) need durable invocations",
        "/Counter/k/run/send?delay=1s, 501, one-way calls (send)",
        "/restate/send/Greeter/run, 501, one-way calls (send)",
        "/restate/scope/s/call/Greeter/run, 501, scopes",
        "/restate/attach/inv_1, 501, attaching",
        "/restate/output/inv_1, 501, attaching",
        "/restate/lookup, 501, attaching",
        "/restate/invocation/inv_1/attach, 501, attaching",
        "/restate/workflow/W/k/output, 501, attaching",
        "/restate/awakeables/x/resolve, 501, awakeables",
        "/restate/a/x/reject, 501, awakeables",
        "/Greeter/run?delay=1s, 400, belongs to send"
    })
    void what_cannot_be_served_says_why(String path, int status, String message) throws Exception {
        String head = "POST " + path + " HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

        String response = raw(head);

        assertThat(response).startsWith("HTTP/1.1 " + status).contains("x-restate-error-source: ingress");
        JsonObject body = new JsonObject(response.substring(response.indexOf("\r\n\r\n") + 4));
        assertThat(body.getInteger("code")).isEqualTo(status);
        assertThat(body.getString("message")).contains(message);
        assertThat(body.getString("source")).isEqualTo("ingress");
        assertThat(rpc.calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH", "HEAD"})
    void other_methods_are_not_allowed(String method) {
        HttpResponse<String> response = rpc.send(rpc.request("/Greeter/run").method(method, BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).hasValue("GET, POST");
    }

    @Test
    void a_get_is_a_call_without_body() {
        rpc.route = call -> completed(null);

        assertThat(rpc.send(rpc.request("/Greeter/run").GET()).statusCode()).isEqualTo(200);

        assertThat(rpc.calls.get(0).body().length()).isZero();
    }

    @Test
    void health_lists_the_services() {
        HttpResponse<String> response = rpc.send(rpc.request("/restate/health").GET());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"services\":[\"Counter\",\"Greeter\"]}");
        assertThat(rpc.post("/restate/health", "").statusCode()).isEqualTo(405);
    }

    @Test
    void headers_pass_but_for_the_connection_s_and_those_that_would_forge_a_record() {
        rpc.route = call -> completed(null);

        String response = raw("POST /Greeter/run HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nConnection: close\r\n"
                + "X-Mine: 1\r\nX-Mine: 2\r\nAuthorization: Bearer t\r\ntraceparent: 00-1-2-01\r\n"
                + "TE: trailers\r\nidempotency-expires: x\r\nKafka.Topic: forged\r\nkeyway-key: forged\r\n"
                + "restate.subscription.id: forged\r\nx-restate-ingress-path: forged\r\nX-Keyway-Timeout: 3s\r\n\r\n");

        assertThat(response).startsWith("HTTP/1.1 200");
        assertThat(lines(rpc.calls.get(0).headers()))
                .containsExactly(
                        "x-restate-ingress-path: /Greeter/run",
                        "x-mine: 1",
                        "x-mine: 2",
                        "authorization: Bearer t",
                        "traceparent: 00-1-2-01");
    }

    @Test
    void a_private_service_is_refused() {
        rpc.register(service("Hidden", ServiceType.SERVICE, false, null, null));

        HttpResponse<String> response = rpc.post("/Hidden/run", "");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("not public");
    }

    @Test
    void workflows_and_idempotency_keys_are_refused_with_the_reason() {
        rpc.register(service("Flow", ServiceType.WORKFLOW, true, null, null));

        assertThat(rpc.post("/Flow/k/run", "").statusCode()).isEqualTo(501);
        HttpResponse<String> keyed = rpc.post("/Greeter/run", "", "idempotency-key", "abc");
        assertThat(keyed.statusCode()).isEqualTo(501);
        assertThat(keyed.body()).contains("idempotency keys need durable invocations");
    }

    @Test
    void input_is_checked_against_the_manifest() {
        rpc.route = call -> completed(null);
        rpc.register(service(
                "Json",
                ServiceType.SERVICE,
                true,
                new Handler.Payload(false, true, "application/json", "{}", false),
                null));

        HttpResponse<String> wrong = rpc.post("/Json/run", "x", "content-type", "text/plain");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body())
                .contains("input validation error: unexpected content-type 'text/plain'; expected application/json");
        assertThat(rpc.post("/Json/run", "", "content-type", "application/json").body())
                .contains("empty body");
        assertThat(rpc.post("/Json/run", "{}", "content-type", "Application/JSON; charset=utf-8")
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"500ms, 500", "1m 30s, 90000", "PT2S, 2000"})
    void the_deadline_is_the_caller_s(String text, long millis) {
        rpc.route = call -> completed(null);
        long before = System.nanoTime();

        assertThat(rpc.post("/Greeter/run", "", "x-keyway-timeout", text).statusCode())
                .isEqualTo(200);

        assertThat(rpc.calls.get(0).deadlineNanos() - before)
                .isBetween(millis * 1_000_000, millis * 1_000_000 + 20_000_000_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "soon", "0s", "2d"})
    void a_bad_deadline_is_refused(String text) {
        HttpResponse<String> response = rpc.post("/Greeter/run", "", "x-keyway-timeout", text);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("x-keyway-timeout");
    }

    @Test
    void a_plain_handler_s_answer_passes_through_whole() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add("Content-Type", "text/plain")
                .add("x-mine", "1")
                .add("x-mine", "2")
                .add("transfer-encoding", "chunked")
                .add("x-restate-id", "forged");
        rpc.route = call -> Future.succeededFuture(new RpcCall.Reply.Answered(
                new Outcome(
                        Kind.TERMINAL,
                        Fault.RECORD,
                        "handler answered 418",
                        -1,
                        new Outcome.Response(418, headers, Buffer.buffer("short and stout"), null)),
                "inv_1x"));

        HttpResponse<String> response = rpc.post("/Greeter/run", "");

        assertThat(response.statusCode()).isEqualTo(418);
        assertThat(response.body()).isEqualTo("short and stout");
        assertThat(response.headers().allValues("x-mine")).containsExactly("1", "2");
        assertThat(response.headers().allValues("x-restate-id")).containsExactly("inv_1x");
        assertThat(response.headers().firstValue("content-type")).hasValue("text/plain");
    }

    @Test
    void a_restate_result_has_the_manifest_s_content_type() {
        rpc.register(service(
                "Text", ServiceType.SERVICE, true, null, new Handler.Payload(false, false, "text/plain", null, true)));
        rpc.route = call -> completed("hi");
        assertThat(rpc.post("/Greeter/run", "").headers().firstValue("content-type"))
                .hasValue("application/json");
        assertThat(rpc.post("/Text/run", "").headers().firstValue("content-type"))
                .hasValue("text/plain");

        rpc.route = call -> completed(null);
        assertThat(rpc.post("/Greeter/run", "").headers().firstValue("content-type"))
                .isEmpty();
        assertThat(rpc.post("/Text/run", "").headers().firstValue("content-type"))
                .hasValue("text/plain");
    }

    @ParameterizedTest
    @CsvSource({"409, 409", "500, 500", "599, 599", "600, 500", "399, 500", "0, 500", "99999, 500"})
    void a_restate_failure_is_its_code_with_restate_s_shape(int code, int status) {
        rpc.route = call -> Future.succeededFuture(new RpcCall.Reply.Answered(
                new Outcome(
                        Kind.TERMINAL,
                        Fault.RECORD,
                        "failed",
                        -1,
                        new Outcome.Response(code, null, null, "no \"stock\"", Map.of("sku", "1"))),
                "inv_1x"));

        HttpResponse<String> response = rpc.post("/Greeter/run", "");

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("x-restate-error-source")).hasValue("invocation");
        assertThat(response.headers().firstValue("x-restate-id")).hasValue("inv_1x");
        assertThat(new JsonObject(response.body()))
                .isEqualTo(new JsonObject()
                        .put("code", status)
                        .put("message", "no \"stock\"")
                        .put("metadata", new JsonObject().put("sku", "1"))
                        .put("source", "invocation"));
    }

    @Test
    void every_other_end_has_its_status() {
        rpc.route = call -> Future.succeededFuture(
                new RpcCall.Reply.TimedOut("late", Outcome.retry(Fault.DEPLOYMENT, "connection refused")));
        HttpResponse<String> late = rpc.post("/Greeter/run", "");
        assertThat(late.statusCode()).isEqualTo(504);
        assertThat(late.body()).contains("late; last attempt: connection refused");

        rpc.route = call -> Future.succeededFuture(new RpcCall.Reply.Blocked("the key is blocked by t-0@7"));
        HttpResponse<String> blocked = rpc.post("/Greeter/run", "");
        assertThat(blocked.statusCode()).isEqualTo(503);
        assertThat(blocked.body()).contains("t-0@7");

        rpc.route = call -> Future.succeededFuture(new RpcCall.Reply.Overloaded("full", 3));
        HttpResponse<String> full = rpc.post("/Greeter/run", "");
        assertThat(full.statusCode()).isEqualTo(429);
        assertThat(full.headers().firstValue("retry-after")).hasValue("3");

        rpc.route = call -> Future.succeededFuture(new RpcCall.Reply.Unknown("gone"));
        assertThat(rpc.post("/Greeter/run", "").statusCode()).isEqualTo(404);

        rpc.route = call -> Future.succeededFuture(new RpcCall.Reply.Answered(
                new Outcome(Kind.UNDELIVERABLE, Fault.DEPLOYMENT, "effects", -1, null), "inv_1x"));
        assertThat(rpc.post("/Greeter/run", "").statusCode()).isEqualTo(502);
    }

    @Test
    void a_body_over_the_limit_is_refused_announced_or_not() {
        String large = "x".repeat(1_001);

        assertThat(rpc.post("/Greeter/run", large).statusCode()).isEqualTo(413);
        assertThat(rpc.send(rpc.request("/Greeter/run")
                                .POST(BodyPublishers.ofInputStream(
                                        () -> new java.io.ByteArrayInputStream(large.getBytes()))))
                        .statusCode())
                .isEqualTo(413);

        assertThat(rpc.calls).isEmpty();
        await().until(() -> rpc.server.inFlight() == 0);
    }

    @Test
    void more_calls_than_the_bound_are_turned_away_and_the_bound_recovers() {
        Promise<RpcCall.Reply> held = rpc.hold();
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(CompletableFuture.supplyAsync(() -> rpc.post("/Greeter/run", "")));
        }
        await().until(() -> rpc.server.inFlight() == 4);

        HttpResponse<String> turnedAway = rpc.post("/Greeter/run", "");
        held.complete(new RpcCall.Reply.Answered(Outcome.COMPLETED, "inv_1"));

        assertThat(turnedAway.statusCode()).isEqualTo(429);
        assertThat(turnedAway.headers().firstValue("retry-after")).isPresent();
        assertThat(calls).allSatisfy(c -> assertThat(c.join().statusCode()).isEqualTo(200));
        await().until(() -> rpc.server.inFlight() == 0);
        assertThat(rpc.post("/Greeter/run", "").statusCode()).isEqualTo(200);
        assertThat(rpc.abandoned).hasValue(0);
    }

    @Test
    void more_bytes_than_the_bound_are_turned_away_and_the_bound_recovers() {
        Promise<RpcCall.Reply> held = rpc.hold();
        String kilobyte = "x".repeat(1_000);
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            calls.add(CompletableFuture.supplyAsync(() -> rpc.post("/Greeter/run", kilobyte)));
        }
        await().until(() -> rpc.calls.size() == 2);

        HttpResponse<String> turnedAway = rpc.post("/Greeter/run", kilobyte);
        held.complete(new RpcCall.Reply.Answered(Outcome.COMPLETED, "inv_1"));

        assertThat(turnedAway.statusCode()).isEqualTo(429);
        assertThat(turnedAway.body()).contains("eighth of the heap");
        assertThat(calls).allSatisfy(c -> assertThat(c.join().statusCode()).isEqualTo(200));
        await().until(() -> rpc.server.inFlight() == 0);
        assertThat(rpc.post("/Greeter/run", kilobyte).statusCode()).isEqualTo(200);
    }

    @Test
    void a_caller_that_leaves_abandons_its_call() {
        rpc.hold();
        NetSocket socket = await(rpc.sockets.connect(rpc.server.port(), "127.0.0.1"));
        socket.write("POST /Greeter/run HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n");
        await().until(() -> rpc.calls.size() == 1);

        socket.close();

        await().until(() -> rpc.abandoned.get() == 1);
        await().until(() -> rpc.server.inFlight() == 0);
    }

    @Test
    void a_caller_that_resets_its_stream_abandons_only_that_call() {
        Promise<RpcCall.Reply> held = rpc.hold();
        var client = rpc.http2();
        var leaving = await(client.request(HttpMethod.POST, "/Greeter/run"));
        leaving.end();
        Future<HttpClientResponse> staying =
                client.request(HttpMethod.POST, "/Counter/k/run").compose(r -> r.send("{}"));
        await().until(() -> rpc.calls.size() == 2);

        leaving.reset(8);
        await().until(() -> rpc.abandoned.get() == 1);
        held.complete(new RpcCall.Reply.Answered(Outcome.COMPLETED, "inv_1"));

        assertThat(await(staying).version()).isEqualTo(HttpVersion.HTTP_2);
        assertThat(await(staying).statusCode()).isEqualTo(200);
        assertThat(rpc.abandoned).hasValue(1);
        await().until(() -> rpc.server.inFlight() == 0);
    }

    @Test
    void browsers_of_any_origin_may_call() {
        rpc.route = call -> completed(null);

        String preflight = raw("OPTIONS /Greeter/run HTTP/1.1\r\nhost: h\r\norigin: http://o\r\n"
                + "access-control-request-method: POST\r\naccess-control-request-headers: x-a, content-type\r\n"
                + "connection: close\r\n\r\n");
        String call = raw("POST /Greeter/run HTTP/1.1\r\nhost: h\r\norigin: http://o\r\ncontent-length: 0\r\n"
                + "connection: close\r\n\r\n");

        assertThat(preflight)
                .startsWith("HTTP/1.1 200")
                .contains("access-control-allow-origin: *")
                .contains("access-control-allow-methods: GET, POST")
                .contains("access-control-allow-headers: x-a, content-type");
        assertThat(call).startsWith("HTTP/1.1 200").contains("access-control-allow-origin: *");
        await().until(() -> rpc.server.inFlight() == 0);
    }

    @Test
    void a_head_over_the_limit_is_refused() {
        assertThat(raw("POST /Greeter/run HTTP/1.1\r\nhost: h\r\nx: " + "y".repeat(40_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431");
        assertThat(raw("POST /Greeter/" + "y".repeat(20_000) + " HTTP/1.1\r\nhost: h\r\n\r\n"))
                .contains(" 414 ");
    }

    @Test
    void closing_waits_for_calls_in_flight_and_answers_them() {
        Promise<RpcCall.Reply> held = rpc.hold();
        CompletableFuture<HttpResponse<String>> call =
                CompletableFuture.supplyAsync(() -> rpc.post("/Greeter/run", ""));
        await().until(() -> rpc.calls.size() == 1);

        Future<Void> closing = rpc.server.close();
        rpc.vertx.setTimer(200, t -> held.complete(new RpcCall.Reply.Answered(Outcome.COMPLETED, "inv_1")));

        assertThat(call.join().statusCode()).isEqualTo(200);
        await(closing);
    }

    private static List<String> lines(MultiMap headers) {
        return headers.entries().stream()
                .map(header -> header.getKey() + ": " + header.getValue())
                .toList();
    }

    private static Future<RpcCall.Reply> completed(String body) {
        Outcome outcome = body == null
                ? Outcome.COMPLETED
                : Outcome.completed(new Outcome.Response(200, null, Buffer.buffer(body), null));
        return Future.succeededFuture(new RpcCall.Reply.Answered(outcome, "inv_1x"));
    }

    /** One request as it stands, everything that comes back until the server closes. */
    private String raw(String request) {
        Promise<String> promise = Promise.promise();
        Buffer all = Buffer.buffer();
        rpc.sockets.connect(rpc.server.port(), "127.0.0.1").onComplete(ar -> {
            if (ar.failed()) {
                promise.fail(ar.cause());
                return;
            }
            NetSocket socket = ar.result();
            socket.handler(all::appendBuffer);
            socket.exceptionHandler(ignored -> {});
            socket.closeHandler(v -> promise.tryComplete(all.toString()));
            socket.write(request);
        });
        return await(promise.future());
    }
}
