package dev.keyway.gateway;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.port.RuntimeView;
import dev.keyway.admin.registry.Registry;
import dev.keyway.codecs.Codecs;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.rpc.RpcRoute;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A data plane of its own Vert.x: one instance as far as Kafka can tell. */
public final class TestPlane implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final Meters meters = new Meters();
    private final DataPlane plane;
    private boolean stopped;

    private TestPlane(KeywayConfig config, Registry registry, Module module) throws Exception {
        plane = new DataPlane(
                vertx, config, registry, module, Codecs.load(getClass().getClassLoader()), meters, Secrets.ofProcess());
    }

    public static TestPlane start(KeywayConfig config, Registry registry) throws Exception {
        return start(config, registry, Module.EMPTY);
    }

    public static TestPlane start(KeywayConfig config, Registry registry, Module module) throws Exception {
        TestPlane plane = new TestPlane(config, registry, module);
        await(plane.plane.start(List::of, List::of));
        plane.plane.startSources();
        await(plane.plane.startModule());
        return plane;
    }

    public RuntimeView view() {
        return plane.view();
    }

    public RpcRoute rpc() {
        return plane.rpc();
    }

    public String scrape() {
        return meters.scrape();
    }

    /** Drains and leaves the group. */
    public void stop() {
        if (!stopped) {
            stopped = true;
            await(plane.stopSources().eventually(plane::stop));
        }
    }

    @Override
    public void close() {
        stop();
        await(vertx.close());
    }

    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
