package dev.keyway.gateway.rpc;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.registry.Registry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The RPC ingress: HTTP/1.1 and HTTP/2 (h2c) on one port, Restate's paths and shapes (documented in {@code docs/rpc.md}).
 * Calls go to an {@link RpcRoute}. It listens on several event loops; {@link #start} and {@link #close} may be called
 * from anywhere.
 */
public final class RpcServer {
    private final Vertx vertx;
    private final KeywayConfig.Ingress config;
    private final Registry registry;
    private final RpcRoute route;
    private final Patience patience;
    private final int loops;
    private final Occupancy occupancy;
    private volatile String deployment;
    private volatile int port;

    public RpcServer(Vertx vertx, KeywayConfig.Ingress config, Registry registry, RpcRoute route) {
        this(
                vertx,
                config,
                registry,
                route,
                Patience.DEFAULT,
                new Occupancy(config.maxInFlight(), Occupancy.bytesFor(config.maxBodyBytes())));
    }

    RpcServer(
            Vertx vertx,
            KeywayConfig.Ingress config,
            Registry registry,
            RpcRoute route,
            Patience patience,
            Occupancy occupancy) {
        this.patience = patience;
        this.occupancy = occupancy;
        this.vertx = vertx;
        this.config = config;
        this.registry = registry;
        this.route = route;
        this.loops = Math.max(1, Runtime.getRuntime().availableProcessors());
    }

    /**
     * How long slow clients are borne with.
     *
     * @param idleMillis without a request, from the opening of the connection or the end of its last request
     * @param bodyMillis from the end of a request's head to the end of its body
     */
    record Patience(long idleMillis, long bodyMillis) {
        static final Patience DEFAULT = new Patience(60_000, 30_000);
    }

    /** Completes with the port. Fails when the address is in use or not ours. */
    public Future<Integer> start() {
        Queue<RpcVerticle> verticles = new ConcurrentLinkedQueue<>();
        return vertx.deployVerticle(
                        () -> {
                            RpcVerticle verticle = new RpcVerticle(config, registry, route, occupancy, patience);
                            verticles.add(verticle);
                            return verticle;
                        },
                        new DeploymentOptions().setInstances(loops))
                .map(id -> {
                    deployment = id;
                    port = verticles.element().port();
                    return port;
                });
    }

    /** The port it listens on, once started. */
    public int port() {
        return port;
    }

    /** Requests that have not been answered in full. */
    public int inFlight() {
        return occupancy.requests();
    }

    /** Takes no new request, waits for those in flight up to ten seconds, then closes all connections. */
    public Future<Void> close() {
        String id = deployment;
        deployment = null;
        return id == null ? Future.succeededFuture() : vertx.undeploy(id);
    }
}
