package dev.keyway.gateway.rpc;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.HandlerType;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.gateway.fixture.LocalRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** An RPC server before a route that answers what the test says, called by the JDK's HTTP client. */
final class RpcFixture implements AutoCloseable {
    final Vertx vertx = Vertx.vertx();
    /** Kept here: Vert.x closes a client, and with it its sockets, when nobody refers to it any more. */
    final NetClient sockets = vertx.createNetClient();

    private io.vertx.core.http.HttpClient http2;
    final LocalRegistry registry = new LocalRegistry();
    final List<RpcCall> calls = new CopyOnWriteArrayList<>();
    final AtomicInteger abandoned = new AtomicInteger();
    final RpcServer server;
    volatile Function<RpcCall, Future<RpcCall.Reply>> route =
            call -> Future.failedFuture("the test did not expect a call");
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    RpcFixture() {
        this(RpcServer.Patience.DEFAULT);
    }

    RpcFixture(RpcServer.Patience patience) {
        KeywayConfig.Ingress config = new KeywayConfig.Ingress("127.0.0.1", 0, 1_000, 4, Duration.ofSeconds(20));
        register(service("Greeter", ServiceType.SERVICE, true, null, null));
        register(service("Counter", ServiceType.VIRTUAL_OBJECT, true, null, null));
        server = new RpcServer(vertx, config, registry, this::dispatch, patience, new Occupancy(4, 2_500));
        await(server.start());
    }

    private RpcRoute.Pending dispatch(RpcCall call) {
        calls.add(call);
        Future<RpcCall.Reply> reply = route.apply(call);
        return new RpcRoute.Pending() {
            @Override
            public Future<RpcCall.Reply> reply() {
                return reply;
            }

            @Override
            public void abandon() {
                abandoned.incrementAndGet();
            }
        };
    }

    void register(Service service) {
        registry.set(before -> {
            Map<String, Service> services = new HashMap<>(before.services());
            services.put(service.name(), service);
            return new RegistrySnapshot(
                    before.version() + 1, Map.of(), services, Map.of(), Map.of(), Map.of(), Map.of());
        });
    }

    static Service service(
            String name, ServiceType type, boolean isPublic, Handler.Payload input, Handler.Payload output) {
        Handler handler = new Handler(
                "run",
                type == ServiceType.SERVICE ? null : HandlerType.EXCLUSIVE,
                true,
                null,
                Map.of(),
                null,
                input,
                output,
                null,
                null,
                Map.of());
        return new Service(
                name,
                type,
                "dp_1",
                1,
                isPublic,
                List.of(handler),
                null,
                Service.Exclusivity.PROCESS,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                Map.of());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    HttpResponse<String> post(String path, String body, String... headers) {
        HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    Promise<RpcCall.Reply> hold() {
        Promise<RpcCall.Reply> promise = Promise.promise();
        route = call -> promise.future();
        return promise;
    }

    io.vertx.core.http.HttpClient http2() {
        http2 = vertx.createHttpClient(new io.vertx.core.http.HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setDefaultHost("127.0.0.1")
                .setDefaultPort(server.port()));
        return http2;
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        await(server.close());
        await(vertx.close());
    }
}
