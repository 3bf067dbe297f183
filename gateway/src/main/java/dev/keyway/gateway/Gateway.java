package dev.keyway.gateway;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.registry.KafkaRegistry;
import dev.keyway.admin.rest.AdminServer;
import dev.keyway.codecs.Codecs;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.rpc.RpcServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Keyway instance: registry, REST, RPC and everything between Kafka and the handlers. Start it once per process; all
 * methods may be called from any thread.
 */
public final class Gateway {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final long WAIT_FOR_REGISTRY_MS = 10_000;

    private final Vertx vertx;
    private final KeywayConfig config;
    private final Meters meters = new Meters();
    private final KafkaRegistry registry;
    private final DataPlane plane;
    private final Codecs codecs;
    private final Secrets secrets = Secrets.ofProcess();
    private RpcServer rpc;
    private AdminServer admin;
    private volatile boolean closing;

    private Gateway(Vertx vertx, KeywayConfig config, Module module, Codecs codecs) {
        this.vertx = vertx;
        this.config = config;
        this.codecs = codecs;
        this.registry = KafkaRegistry.create(vertx, config, secrets);
        this.plane = new DataPlane(vertx, config, registry, module, codecs, meters, secrets);
    }

    /** Starts an instance without a module. */
    public static Future<Gateway> start(Vertx vertx, KeywayConfig config) {
        return start(vertx, config, Module.EMPTY);
    }

    /**
     * Starts an instance. The future completes when both ports listen; it fails with a message for users when a port is
     * taken or one of Keyway's topics is not what it must be. A broker that is away does not fail it: readiness says so
     * until it is back.
     *
     * @param module what the module files say that {@code config} names
     */
    public static Future<Gateway> start(Vertx vertx, KeywayConfig config, Module module) {
        return vertx.executeBlocking(
                        () -> new Gateway(vertx, config, module, Codecs.load(Gateway.class.getClassLoader())))
                .compose(gateway -> gateway.start().map(gateway).recover(cause -> gateway.close()
                        .transform(closed -> Future.failedFuture(cause))));
    }

    private Future<Void> start() {
        return plane.start(registry::problems)
                .compose(v -> {
                    rpc = new RpcServer(vertx, config.ingress(), registry, plane.rpc());
                    return rpc.start();
                })
                .compose(port -> {
                    admin = new AdminServer(
                            vertx, config.withIngressPort(port), registry, plane.view(), codecs, secrets);
                    return admin.start();
                })
                .compose(v -> Future.all(inboxStarted(), registryRead()))
                .mapEmpty();
    }

    /** As with the registry: bad topics fail the start, a broker that is away does not. */
    private Future<Void> inboxStarted() {
        Promise<Void> promise = Promise.promise();
        long timer = vertx.setTimer(WAIT_FOR_REGISTRY_MS, id -> promise.tryComplete());
        plane.startSources().onComplete(done -> {
            vertx.cancelTimer(timer);
            if (done.succeeded()) {
                promise.tryComplete();
            } else if (!promise.tryFail(done.cause()) && !closing) {
                LOG.atError().addKeyValue("cause", done.cause().getMessage()).log("The module cannot run");
            }
        });
        return promise.future();
    }

    /** A broker that is away holds the start for a while and then no longer; a bad registry topic fails it. */
    private Future<Void> registryRead() {
        Promise<Void> promise = Promise.promise();
        long timer = vertx.setTimer(WAIT_FOR_REGISTRY_MS, id -> promise.tryComplete());
        registry.start().onComplete(done -> {
            vertx.cancelTimer(timer);
            if (done.succeeded()) {
                join(promise);
            } else if (!promise.tryFail(done.cause()) && !closing) {
                LOG.atError().addKeyValue("cause", done.cause().getMessage()).log("The registry cannot be used");
            }
        });
        return promise.future();
    }

    private void join(Promise<Void> started) {
        admin.joined().onComplete(done -> {
            if (done.succeeded()) {
                started.tryComplete();
            } else if (!started.tryFail(done.cause()) && !closing) {
                LOG.atError().addKeyValue("cause", done.cause().getMessage()).log("This instance cannot join");
            }
        });
    }

    /** The port that the admin API listens on. */
    public int adminPort() {
        return admin.port();
    }

    /** The port that RPC listens on. */
    public int ingressPort() {
        return rpc.port();
    }

    /**
     * Stops taking RPC calls, and at the same time, so that one does not use up the time of the other, drains and commits
     * the sources; then closes everything. Does not close Vert.x.
     */
    public Future<Void> close() {
        closing = true;
        Future<Void> rpcDrained = rpc == null ? Future.succeededFuture() : rpc.close();
        return Future.join(rpcDrained, plane.stopSources())
                .<Void>mapEmpty()
                .eventually(plane::stop)
                .eventually(() -> admin == null ? Future.succeededFuture() : admin.close())
                .eventually(registry::close)
                .eventually(() -> {
                    meters.close();
                    return Future.succeededFuture();
                });
    }
}
