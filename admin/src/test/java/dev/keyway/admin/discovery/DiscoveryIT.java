package dev.keyway.admin.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.HandlerType;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.SelfSignedCertificate;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoveryIT {

    private static final String SERVICES =
            "\"services\":[{\"name\":\"Greeter\",\"ty\":\"SERVICE\",\"handlers\":[{\"name\":\"greet\"}]}]";
    private static final String MINIMAL =
            "{\"protocolMode\":\"BIDI_STREAM\",\"minProtocolVersion\":5,\"maxProtocolVersion\":7," + SERVICES + "}";

    private static Vertx vertx;

    private final List<HttpServer> servers = new ArrayList<>();
    private final List<HttpServerRequest> requests = new CopyOnWriteArrayList<>();
    private final Discovery discovery = new Discovery(vertx, new HttpClientOptions(), "localcluster");

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        await(vertx.close());
    }

    @AfterEach
    void closeServers() {
        servers.forEach(server -> await(server.close()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void everyManifestVersionIsReadOverHttp2WithPriorKnowledge(int version) {
        URI uri = serve(version, MINIMAL);

        Manifest manifest = discover(uri);

        assertThat(manifest.requestResponse()).isFalse();
        assertThat(manifest.minProtocolVersion()).isEqualTo(5);
        assertThat(manifest.maxProtocolVersion()).isEqualTo(7);
        assertThat(manifest.sdkVersion()).isEqualTo("restate-sdk-test/1.0");
        assertThat(manifest.services()).singleElement().satisfies(service -> {
            assertThat(service.name()).isEqualTo("Greeter");
            assertThat(service.handlers()).singleElement().satisfies(handler -> {
                assertThat(handler.ty()).isNull();
                assertThat(handler.isPublic()).isTrue();
            });
        });
        assertThat(requests).singleElement().satisfies(request -> {
            assertThat(request.version()).isEqualTo(HttpVersion.HTTP_2);
            assertThat(request.path()).isEqualTo("/base/discover");
            assertThat(request.getHeader("accept")).isEqualTo(Discovery.ACCEPT);
            assertThat(request.getHeader("x-restate-cluster-name")).isEqualTo("localcluster");
            assertThat(request.getHeader("x-tenant")).isEqualTo("a");
        });
    }

    @Test
    void everyFieldOfVersionFourIsTakenOver() {
        URI uri = serve(4, """
                {"protocolMode":"REQUEST_RESPONSE","minProtocolVersion":5,"maxProtocolVersion":6,"lambdaCompression":"zstd",
                 "services":[{"name":"_1.c-d","ty":"VIRTUAL_OBJECT","documentation":"doc","metadata":{"a":"b"},
                  "inactivityTimeout":1000,"abortTimeout":2000,"journalRetention":0,"idempotencyRetention":5,
                  "enableLazyState":true,"ingressPrivate":true,"newerField":{"x":[1]},
                  "retryPolicyInitialInterval":10,"retryPolicyMaxInterval":200,"retryPolicyMaxAttempts":3,
                  "retryPolicyExponentiationFactor":1.5,"retryPolicyOnMaxAttempts":"KILL",
                  "handlers":[
                   {"name":"ex","input":{"required":true,"contentType":"application/*","jsonSchema":{"type":"object"}},
                    "output":{"contentType":"text/plain","setContentTypeIfEmpty":true},"documentation":"h","metadata":{}},
                   {"name":"sh","ty":"SHARED","input":{},"output":{}}]},
                  {"name":"W","ty":"WORKFLOW","handlers":[{"name":"run"},{"name":"ask","ty":"SHARED"}]}]}
                """);

        Manifest manifest = discover(uri);

        assertThat(manifest.requestResponse()).isTrue();
        Service object = manifest.services().get(0);
        assertThat(object.ty()).isEqualTo(ServiceType.VIRTUAL_OBJECT);
        assertThat(object.isPublic()).isFalse();
        assertThat(object.inactivityTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(object.abortTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(object.journalRetention()).isZero();
        assertThat(object.idempotencyRetention()).isEqualTo(Duration.ofMillis(5));
        assertThat(object.enableLazyState()).isTrue();
        assertThat(object.documentation()).isEqualTo("doc");
        assertThat(object.metadata()).containsExactly(Map.entry("a", "b"));
        assertThat(object.retryPolicy().maxAttempts()).isEqualTo(3);
        assertThat(object.retryPolicy().factor()).isEqualTo(1.5);
        assertThat(object.retryPolicy().onMaxAttempts()).isEqualTo(OnFailure.DISCARD);
        Handler exclusive = object.handler("ex");
        assertThat(exclusive.ty()).isEqualTo(HandlerType.EXCLUSIVE);
        assertThat(exclusive.isPublic()).isFalse();
        assertThat(exclusive.input())
                .isEqualTo(new Handler.Payload(false, true, "application/*", "{\"type\":\"object\"}", false));
        assertThat(exclusive.output()).isEqualTo(new Handler.Payload(false, false, "text/plain", null, true));
        assertThat(object.handler("sh").input().empty()).isTrue();
        Service workflow = manifest.services().get(1);
        assertThat(workflow.handler("run").ty()).isEqualTo(HandlerType.WORKFLOW);
        assertThat(workflow.handler("ask").ty()).isEqualTo(HandlerType.SHARED);
        assertThat(workflow.workflowCompletionRetention()).isEqualTo(Duration.ofDays(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "META0013 | not json | is not JSON",
                "META0013 | [] | where an object should be",
                "META0013 | {\"minProtocolVersion\":5,\"maxProtocolVersion\":6,$S} | protocolMode: is missing",
                "META0013 | {\"protocolMode\":\"X\"} | protocolMode: 'X' is not one of BIDI_STREAM, REQUEST_RESPONSE",
                "META0013 | {$M,\"maxProtocolVersion\":6,$S} | minProtocolVersion: is missing",
                "META0013 | {$M,\"minProtocolVersion\":0,\"maxProtocolVersion\":6,$S} | at least 1",
                "META0012 | {$M,\"minProtocolVersion\":7,\"maxProtocolVersion\":8,$S} | versions 7 to 8",
                "META0012 | {$M,\"minProtocolVersion\":1,\"maxProtocolVersion\":4,$S} | this gateway 5 to 6",
                "META0013 | {$M,$V} | services: is missing",
                "META0013 | {$M,$V,\"services\":[{\"name\":\"1x\",\"ty\":\"SERVICE\",\"handlers\":[]}]} | services[0].name: '1x'",
                "META0013 | {$M,$V,\"services\":[{\"name\":\"A\",\"ty\":\"Service\",\"handlers\":[]}]} | services[0].ty: 'Service' is not one of",
                "META0013 | {$M,$V,\"services\":[{\"name\":\"A\",\"ty\":\"SERVICE\",\"handlers\":[{\"name\":\"a-b\"}]}]} | services[0].handlers[0].name",
                "META0005 | {$M,$V,\"services\":[{\"name\":\"restateFoo\",\"ty\":\"SERVICE\",\"handlers\":[]}]} | reserved",
                "META0005 | {$M,$V,\"services\":[{\"name\":\"openapi\",\"ty\":\"SERVICE\",\"handlers\":[]}]} | reserved",
                "- | {$M,$V,\"services\":[{\"name\":\"A\",\"ty\":\"SERVICE\",\"handlers\":[{\"name\":\"h\",\"ty\":\"EXCLUSIVE\"}]}]} | leave it out",
                "- | {$M,$V,\"services\":[{\"name\":\"A\",\"ty\":\"VIRTUAL_OBJECT\",\"handlers\":[{\"name\":\"h\",\"ty\":\"WORKFLOW\"}]}]} | EXCLUSIVE or SHARED",
                "- | {$M,$V,\"services\":[{\"name\":\"A\",\"ty\":\"SERVICE\",\"handlers\":[{\"name\":\"h\",\"input\":{\"contentType\":\"nonsense\"}}]}]} | not a content type",
                "- | {$M,$V,\"services\":[{\"name\":\"A\",\"ty\":\"SERVICE\",\"handlers\":[{\"name\":\"h\",\"output\":{\"contentType\":\"text/*\"}}]}]} | not a content type",
                "- | {$M,$V,\"services\":[{\"name\":\"A\",\"ty\":\"SERVICE\",\"ingressPrivate\":true,\"handlers\":[{\"name\":\"h\",\"ingressPrivate\":false}]}]} | is public while its service is private",
                "- | {$M,$V,\"services\":[{\"name\":\"A\",\"ty\":\"SERVICE\",\"handlers\":[{\"name\":\"h\",\"input\":{\"jsonSchema\":3}}]}]} | JSON schema"
            })
    void aManifestThatCannotBeServedIsRefusedWithItsCodeAndPlace(String code, String body, String message) {
        URI uri = serve(
                3,
                body.replace("$M", "\"protocolMode\":\"BIDI_STREAM\"")
                        .replace("$V", "\"minProtocolVersion\":5,\"maxProtocolVersion\":6")
                        .replace("$S", SERVICES));

        DiscoveryException refused = refused(uri, false);

        assertThat(refused.code()).isEqualTo(code.equals("-") ? null : code);
        assertThat(refused.status()).isEqualTo(code.equals("-") || code.equals("META0005") ? 400 : 500);
        assertThat(refused).hasMessageContaining(message);
        assertThat(requests).hasSize(1);
    }

    @Test
    void sharedHandlersOfAServiceAreTakenAsTheJavaSdkSendsThem() {
        URI uri = serve(3, MINIMAL.replace("\"name\":\"greet\"", "\"name\":\"greet\",\"ty\":\"SHARED\""));

        assertThat(discover(uri).services().get(0).handlers().get(0).ty()).isNull();
    }

    @Test
    void anotherContentTypeIsNotAManifest() {
        URI uri = server(new HttpServerOptions(), request -> request.response()
                .putHeader("content-type", "text/html")
                .end("<html>"));

        DiscoveryException refused = refused(uri, false);

        assertThat(refused.code()).isEqualTo("META0013");
        assertThat(refused).hasMessageContaining("text/html").hasMessageContaining("\"protocol\": \"http\"");
    }

    @Test
    void passingStatusesAreTriedAgain() {
        AtomicInteger count = new AtomicInteger();
        int[] statuses = {503, 429, 200};
        URI uri = server(new HttpServerOptions(), request -> {
            int status = statuses[count.getAndIncrement()];
            request.response()
                    .setStatusCode(status)
                    .putHeader("content-type", "application/vnd.restate.endpointmanifest.v3+json")
                    .end(status == 200 ? MINIMAL : "later");
        });

        assertThat(discover(uri).services()).hasSize(1);
        assertThat(count).hasValue(3);
    }

    @Test
    void attemptsAreBoundedAndTheLastAnswerIsShown() {
        AtomicInteger count = new AtomicInteger();
        URI uri = server(new HttpServerOptions(), request -> {
            count.incrementAndGet();
            request.response().setStatusCode(503).end("still deploying");
        });

        DiscoveryException refused = refused(uri, false);

        assertThat(refused.code()).isEqualTo("META0003");
        assertThat(refused).hasMessageContaining("answered 503: still deploying");
        assertThat(count).hasValue(4);
    }

    @Test
    void otherStatusesAreNotTriedAgain() {
        AtomicInteger count = new AtomicInteger();
        URI uri = server(new HttpServerOptions(), request -> {
            count.incrementAndGet();
            request.response().setStatusCode(404).end();
        });

        assertThat(refused(uri, false).code()).isEqualTo("META0003");
        assertThat(count).hasValue(1);
    }

    @Test
    void nobodyThereIsMeta0003() throws Exception {
        // Bound and not listening: the port refuses, and nobody else can take it meanwhile.
        try (Socket taken = new Socket()) {
            taken.bind(new InetSocketAddress("127.0.0.1", 0));
            URI uri = URI.create("http://127.0.0.1:" + taken.getLocalPort() + "/");

            DiscoveryException refused = refused(uri, false);

            assertThat(refused.code()).isEqualTo("META0003");
            assertThat(refused).hasMessageContaining("error when calling '" + uri + "'");
        }
    }

    @Test
    void aServerOfHttp1OnlyIsMeta0014AndServesOnRequest() {
        HttpServerOptions http1 = new HttpServerOptions().setHttp2ClearTextEnabled(false);
        URI uri = serve(http1, 3, MINIMAL.replace("BIDI_STREAM", "REQUEST_RESPONSE"));

        assertThat(refused(uri, false).code()).isEqualTo("META0014");
        assertThat(await(discovery.discover(uri, Map.of(), true)).requestResponse())
                .isTrue();
        assertThat(requests.get(requests.size() - 1).version()).isEqualTo(HttpVersion.HTTP_1_1);
    }

    @Test
    void aServerThatClosesHttp2ConnectionsAndAnswersHttp1IsMeta0014() {
        NetServer net = await(vertx.createNetServer()
                .connectHandler(socket -> socket.handler(buffer -> {
                    if (buffer.toString().startsWith("PRI")) {
                        socket.close();
                    } else {
                        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                    }
                }))
                .listen(0, "127.0.0.1"));
        try {
            URI uri = URI.create("http://127.0.0.1:" + net.actualPort() + "/");

            assertThat(refused(uri, false).code()).isEqualTo("META0014");
        } finally {
            await(net.close());
        }
    }

    @Test
    void aBidirectionalDeploymentOverHttp1IsMeta0015() {
        URI uri = serve(3, MINIMAL);

        assertThat(refused(uri, true).code()).isEqualTo("META0015");
    }

    @Test
    void httpsNegotiatesHttp2() {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
        URI plain = serve(
                new HttpServerOptions().setSsl(true).setUseAlpn(true).setKeyCertOptions(certificate.keyCertOptions()),
                4,
                MINIMAL);
        URI uri = URI.create("https://localhost:" + plain.getPort() + "/base/");
        Discovery trusting = new Discovery(
                vertx, new HttpClientOptions().setTrustOptions(certificate.trustOptions()), "localcluster");

        assertThat(await(trusting.discover(uri, Map.of(), false)).services()).hasSize(1);
        assertThat(requests.get(0).version()).isEqualTo(HttpVersion.HTTP_2);
        assertThat(refused(uri, false).code()).isEqualTo("META0003");
    }

    @Test
    void aManifestWithoutEndIsCutOff() {
        URI uri = server(new HttpServerOptions(), request -> {
            var response = request.response()
                    .setChunked(true)
                    .putHeader("content-type", "application/vnd.restate.endpointmanifest.v3+json");
            var chunk = io.vertx.core.buffer.Buffer.buffer(new byte[256 * 1024]);
            vertx.setPeriodic(1, id -> {
                if (response.closed() || response.ended()) {
                    vertx.cancelTimer(id);
                } else if (!response.writeQueueFull()) {
                    response.write(chunk);
                }
            });
        });

        DiscoveryException refused = refused(uri, false);

        assertThat(refused.code()).isEqualTo("META0013");
        assertThat(refused).hasMessageContaining("larger than");
    }

    private Manifest discover(URI uri) {
        return await(discovery.discover(uri, Map.of("x-tenant", "a"), false));
    }

    private DiscoveryException refused(URI uri, boolean http11) {
        return catchThrowableOfType(DiscoveryException.class, () -> await(discovery.discover(uri, Map.of(), http11)));
    }

    private URI serve(int version, String body) {
        return serve(new HttpServerOptions(), version, body);
    }

    private URI serve(HttpServerOptions options, int version, String body) {
        return server(options, request -> request.response()
                .putHeader("content-type", "application/vnd.restate.endpointmanifest.v" + version + "+json")
                .putHeader("x-restate-server", "restate-sdk-test/1.0")
                .end(body));
    }

    private URI server(HttpServerOptions options, io.vertx.core.Handler<HttpServerRequest> handler) {
        HttpServer server =
                await(vertx.createHttpServer(options.setHost("127.0.0.1").setPort(0))
                        .requestHandler(request -> {
                            // A port of a process that has ended may still be called by others.
                            if (request.path().equals("/base/discover")) {
                                requests.add(request);
                            }
                            handler.handle(request);
                        })
                        .listen());
        servers.add(server);
        return URI.create("http://127.0.0.1:" + server.actualPort() + "/base/");
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
