package dev.keyway.gateway.invoke;

import static dev.keyway.gateway.invoke.FunctionFixture.endpoint;
import static dev.keyway.gateway.invoke.FunctionFixture.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.codecs.statefun.Invocation;
import dev.keyway.codecs.statefun.TypedValue;
import dev.keyway.gateway.invoke.FunctionFixture.Batch;
import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.Outcome.Kind;
import dev.keyway.gateway.pace.Throttles;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.SelfSignedCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the driver sends, what it makes of answers, and that each option of a transport has its effect. */
class FunctionExchangeIT {
    private static final Invocation EVENT = message("example/event", "hello");

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private FunctionFixture fixture;

    @AfterEach
    void close() {
        if (fixture != null) {
            fixture.close();
        }
        InvokerFixture.await(vertx.close());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1", "2"})
    void requestHasTheHeadersAndTheUrlOfStatefun(String version) {
        List<String> seen = new CopyOnWriteArrayList<>();
        HttpServer server = serve(request -> request.body().onSuccess(body -> {
            seen.add(request.method() + " " + request.uri() + " " + request.version());
            request.headers().forEach((name, value) -> {
                if (!name.equals("host")) {
                    seen.add(name + ": " + value);
                }
            });
            seen.add(request.authority().toString().replaceAll("\\d+$", "PORT") + " " + body.length());
            handled(request);
        }));
        use(url(server) + "base/{function.name}?tenant=a&x=%2F", "http_version: '" + version + "'");

        Batch batch = fixture.run(fixture.batch("cöunter", "a", EVENT));

        assertThat(batch.await()).isEqualTo(Outcome.COMPLETED);
        int length = batch.request.body().length;
        assertThat(seen)
                .containsExactly(
                        "POST /base/c%C3%B6unter?tenant=a&x=%2F "
                                + (version.equals("2") ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1),
                        "content-type: application/octet-stream",
                        "accept: application/octet-stream",
                        "user-agent: statefun",
                        "content-length: " + length,
                        "127.0.0.1:PORT " + length);
    }

    @Test
    void emptyAnswerWithTheRightContentTypeHasNoEffects() {
        use(url(serve(FunctionExchangeIT::handled)), "");

        Batch batch = fixture.run(fixture.batch("counter", "a", EVENT));

        assertThat(batch.effects.mutations()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            200 | text/plain               |      | example/counter/a answered with content type 'text/plain', expected application/octet-stream
            200 | application/octet-stream | gzip | example/counter/a answered with content encoding 'gzip', which was not asked for
            302 | text/plain               |      | example/counter/a answered 302
            404 | text/plain               |      | example/counter/a answered 404
            503 | text/plain               |      | example/counter/a answered 503
            """)
    void anythingElseIsTriedAgainByTheAsyncTransport(int status, String type, String encoding, String reason) {
        use(
                url(serve(request -> {
                    request.response().setStatusCode(status).putHeader("content-type", type);
                    if (encoding != null) {
                        request.response().putHeader("content-encoding", encoding);
                    }
                    request.response().putHeader("retry-after", "3").end("x");
                })),
                "");

        Batch batch = fixture.run(fixture.batch("counter", "a", EVENT));

        assertThat(batch.await().kind()).isEqualTo(Kind.RETRY);
        assertThat(batch.await().reason()).isEqualTo(reason);
        assertThat(batch.await().response().status()).isEqualTo(status);
        assertThat(batch.await().retryAfterMillis()).isEqualTo(status < 300 ? -1 : 3_000);
    }

    @ParameterizedTest
    @CsvSource({
        "200,UNDELIVERABLE",
        "302,UNDELIVERABLE",
        "404,UNDELIVERABLE",
        "408,RETRY",
        "409,RETRY",
        "420,RETRY",
        "429,RETRY",
        "499,RETRY",
        "500,RETRY",
        "501,RETRY"
    })
    void okhttpTransportRepeatsSomeStatusesOnly(int status, Kind kind) {
        use(url(serve(request -> request.response().setStatusCode(status).end("x"))), okhttp(""));

        assertThat(fixture.run(fixture.batch("counter", "a", EVENT)).await().kind())
                .isEqualTo(kind);
    }

    @Test
    void answerOverPayloadMaxBytesIsAFailedAttempt() {
        use(
                url(serve(request -> request.response()
                        .putHeader("content-type", "application/octet-stream")
                        .end(Buffer.buffer(new byte[2_000])))),
                "payload_max_bytes: 1000");

        Batch batch = fixture.run(fixture.batch("counter", "a", EVENT));

        assertThat(batch.await().kind()).isEqualTo(Kind.RETRY);
        assertThat(batch.await().reason())
                .isEqualTo("the answer is larger than payload_max_bytes of endpoint example/* (1000)");
    }

    @Test
    void requestHoldsWhatPayloadMaxBytesAllows() {
        use(url(serve(FunctionExchangeIT::handled)), "payload_max_bytes: 1000");
        Invocation large = message("example/event", "x".repeat(600));
        Invocation huge = message("example/event", "x".repeat(1_200));

        Batch split = fixture.run(fixture.batch("counter", "a", large, large));
        Batch refused = fixture.run(fixture.batch("counter", "a", huge, EVENT));

        assertThat(split.sent).containsExactly(1);
        assertThat(split.await()).isEqualTo(Outcome.COMPLETED);
        assertThat(refused.sent).containsExactly(1);
        assertThat(refused.await().kind()).isEqualTo(Kind.UNDELIVERABLE);
        assertThat(refused.await().fault()).isEqualTo(Fault.RECORD);
        assertThat(refused.await().counted()).isFalse();
        assertThat(refused.await().reason()).endsWith("bytes, more than 1000");
    }

    @Test
    void stateOfAnotherTypeThanDeclaredIsNotSent() {
        byte[] incomplete = {(byte) 0xaa, 6, 8, 10, 6, 10, 1, 's', 26, 1, 't'};
        use(
                url(serve(request -> request.response()
                        .putHeader("content-type", "application/octet-stream")
                        .end(Buffer.buffer(incomplete)))),
                "");

        Batch batch = fixture.run(fixture.batch("counter", "a", EVENT).state("s", TypedValue.of("other", new byte[0])));

        assertThat(batch.await().kind()).isEqualTo(Kind.UNDELIVERABLE);
        assertThat(batch.await().reason())
                .isEqualTo("state 's' of example/counter/a holds a value of type other, the function declares t");
    }

    @Test
    void silenceEndsAtTheReadTimeoutOfOkhttp() {
        use(url(serve(request -> request.response().setChunked(true).write("x"))), okhttp("read: 200ms"));

        Batch batch = fixture.run(fixture.batch("counter", "a", EVENT));

        assertThat(batch.await().kind()).isEqualTo(Kind.RETRY);
        assertThat(batch.await().reason()).isEqualTo("example/counter/a sent nothing for 200 ms (timeouts.read)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1", "2"})
    void peerThatReadsNothingEndsTheAttemptAtTheWriteTimeoutOfOkhttp(String version) {
        HttpServer server = serve(request -> request.pause());
        use(url(server), okhttp("write: 200ms, read: 9s") + ", http_version: '" + version + "'");
        Invocation huge = message("example/event", "x".repeat(20_000_000));

        Batch batch = fixture.run(fixture.batch("counter", "a", huge));

        assertThat(batch.await().reason())
                .isEqualTo("example/counter/a: the request was not written within 200 ms (timeouts.write)");
    }

    @Test
    void connectIsTheBoundOfOpeningAConnection() {
        NetServer silent = InvokerFixture.await(
                vertx.createNetServer().connectHandler(socket -> {}).listen(0, "127.0.0.1"));
        use("http://127.0.0.1:" + silent.actualPort() + "/", "http_version: 2, connect: 500ms");

        Batch batch = fixture.run(fixture.batch("counter", "a", EVENT));

        assertThat(batch.await().counted()).isFalse();
        assertThat(batch.await().reason()).containsAnyOf("no HTTP/2 SETTINGS within 500 ms", "connect timed out");
    }

    @Test
    void poolSizeBoundsTheConnections() {
        Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
        AtomicInteger highest = new AtomicInteger();
        use(
                url(serve(request -> {
                    held.add(request);
                    highest.accumulateAndGet(held.size(), Math::max);
                })),
                "pool_size: 3");
        List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            batches.add(fixture.submit(fixture.batch("counter", "k" + i, EVENT)));
        }

        await().atMost(Duration.ofSeconds(60)).until(() -> held.size() == 3);
        assertThat(fixture.connections("counter")).isEqualTo(3);
        for (int done = 0; done < 12; done++) {
            await().atMost(Duration.ofSeconds(60)).until(() -> !held.isEmpty());
            HttpServerRequest next = held.remove();
            vertx.runOnContext(v -> handled(next));
        }

        assertThat(batches).allSatisfy(batch -> assertThat(batch.await()).isEqualTo(Outcome.COMPLETED));
        assertThat(highest).hasValue(3);
    }

    /** What leaves the registry loses its limits; endpoints were never in it. */
    @Test
    void limitsOfAnEndpointStayWhenTheRegistryChanges() {
        use(url(serve(FunctionExchangeIT::handled)), "");
        fixture.run(fixture.batch("counter", "a", EVENT));
        Throttles throttles = fixture.invokers().throttles;

        throttles.follow(RegistrySnapshot.EMPTY);
        fixture.invokers().onLoop(() -> null);
        Batch after = fixture.run(fixture.batch("counter", "a", EVENT));

        assertThat(after.await()).isEqualTo(Outcome.COMPLETED);
        assertThat(throttles.status(after.target().deployment().id())).isNotNull();
    }

    @Test
    void limitsOfAnEndpointGoWithIt() {
        use(url(serve(FunctionExchangeIT::handled)), "");
        String id = fixture.run(fixture.batch("counter", "a", EVENT))
                .target()
                .deployment()
                .id();
        Throttles throttles = fixture.invokers().throttles;

        throttles.followModule(id::equals);
        fixture.invokers().onLoop(() -> null);
        assertThat(throttles.status(id)).isNotNull();
        throttles.followModule(other -> false);
        fixture.invokers().onLoop(() -> null);

        assertThat(throttles.status(id)).isNull();
        assertThat(fixture.run(fixture.batch("counter", "a", EVENT)).await()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void poolTtlReplacesConnections() {
        AtomicInteger opened = new AtomicInteger();
        HttpServer server = InvokerFixture.await(vertx.createHttpServer()
                .requestHandler(FunctionExchangeIT::handled)
                .connectionHandler(connection -> opened.incrementAndGet())
                .listen(0, "127.0.0.1"));
        use(url(server), "pool_ttl: 100ms");
        fixture.run(fixture.batch("counter", "a", EVENT));

        await().atMost(Duration.ofSeconds(60)).until(() -> fixture.connections("counter") == 0);
        fixture.run(fixture.batch("counter", "a", EVENT));

        assertThat(opened).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1", "2"})
    void httpsUsesTheCertificatesOfItsEndpoint(String version) throws Exception {
        SelfSignedCertificate own = SelfSignedCertificate.create("localhost");
        SelfSignedCertificate client = SelfSignedCertificate.create("gateway");
        HttpServer server = InvokerFixture.await(vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setUseAlpn(true)
                        .setClientAuth(ClientAuth.REQUIRED)
                        .setKeyCertOptions(own.keyCertOptions())
                        .setTrustOptions(client.trustOptions()))
                .requestHandler(FunctionExchangeIT::handled)
                .exceptionHandler(ignored -> {})
                .listen(0, "localhost"));
        Path password = Files.writeString(directory.resolve("password"), "secret\n");
        Path key = Files.writeString(
                directory.resolve("key.pem"),
                EncryptedKey.pem(Files.readString(Path.of(client.privateKeyPath())), "secret"));
        String url = "https://localhost:" + server.actualPort() + "/";
        String transport = "http_version: '" + version + "', trust_cacerts: " + own.certificatePath();

        use(url, transport);
        Outcome anonymous = fixture.run(fixture.batch("counter", "a", EVENT)).await();
        fixture.close();
        use(url, "http_version: '" + version + "'");
        Outcome untrusted = fixture.run(fixture.batch("counter", "a", EVENT)).await();
        fixture.close();
        use(
                url,
                transport + ", client_cert: " + client.certificatePath() + ", client_key: " + key
                        + ", client_key_password: " + password);
        Outcome trusted = fixture.run(fixture.batch("counter", "a", EVENT)).await();

        assertThat(anonymous.kind()).isEqualTo(Kind.RETRY);
        assertThat(untrusted.reason()).contains("TLS failed");
        assertThat(trusted).isEqualTo(Outcome.COMPLETED);
        own.delete();
        client.delete();
    }

    private void use(String url, String transport) {
        fixture = new FunctionFixture(endpoint(url, transport));
    }

    private static String okhttp(String timeouts) {
        return "type: io.statefun.transports.v1/okhttp, timeouts: {" + timeouts + "}";
    }

    private HttpServer serve(Handler<HttpServerRequest> handler) {
        return InvokerFixture.await(vertx.createHttpServer()
                .requestHandler(handler)
                .exceptionHandler(ignored -> {})
                .listen(0, "127.0.0.1"));
    }

    private static String url(HttpServer server) {
        return "http://127.0.0.1:" + server.actualPort() + "/";
    }

    private static void handled(HttpServerRequest request) {
        request.response().putHeader("content-type", "application/octet-stream").end();
    }
}
