package dev.keyway.gateway;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.module.ModuleReload;
import dev.keyway.admin.registry.KafkaRegistry;
import dev.keyway.admin.rest.AdminServer;
import dev.keyway.codecs.Codecs;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.rpc.RpcServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Keyway instance: registry, REST, RPC and everything between Kafka and the handlers. Start it once per process; all
 * methods may be called from any thread.
 */
public final class Gateway {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final long WAIT_FOR_REGISTRY_MS = 10_000;
    private static final long CHECK_AGAIN_MS = 10_000;

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
    private volatile String moduleProblem;

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
        return plane.start(registry::problems, this::problems)
                .compose(v -> {
                    rpc = new RpcServer(vertx, config.ingress(), registry, plane.rpc());
                    return rpc.start();
                })
                .compose(port -> {
                    admin = new AdminServer(
                            vertx, config.withIngressPort(port), registry, plane.view(), codecs, secrets);
                    return admin.start();
                })
                .compose(v -> {
                    // The sources of a second instance with this id would end the transactions of the first.
                    admin.alone().onSuccess(alone -> plane.startSources());
                    return registryRead();
                })
                .compose(v -> moduleChecked())
                .compose(v -> moduleStarted());
    }

    /** What a broker that is away would have said is asked again until it is known. */
    private Future<Void> moduleChecked() {
        Module module = plane.module();
        return admin.check(module).compose(problems -> {
            if (!problems.refused().isEmpty()) {
                return Future.failedFuture(String.join("\n", problems.refused()));
            }
            if (!problems.unknown().isEmpty() && !closing) {
                LOG.atWarn()
                        .addKeyValue("cause", String.join("; ", problems.unknown()))
                        .log("The module's egresses could not be checked, will try again");
                vertx.setTimer(CHECK_AGAIN_MS, id -> moduleChecked().onFailure(refused -> {
                    moduleProblem = "the module cannot run as it is: " + refused.getMessage();
                    LOG.atError().addKeyValue("cause", refused.getMessage()).log("The module cannot run as it is");
                }));
            }
            return Future.succeededFuture();
        });
    }

    /**
     * Puts another module in force, or fails with the reasons why not; then the one before stays as a whole, and
     * readiness names the reasons. One after the other. Fails with {@link ModuleUnchecked} where brokers did not answer.
     */
    public Future<Void> reload(Module next) {
        ModuleReload reload = ModuleReload.between(plane.module(), next);
        if (!reload.allowed()) {
            return refused(reload.refused().stream().map(Object::toString).toList());
        }
        return admin.check(next)
                .compose(problems -> {
                    if (!problems.refused().isEmpty()) {
                        return Future.<Void>failedFuture(String.join("; ", problems.refused()));
                    }
                    return problems.unknown().isEmpty()
                            ? plane.apply(next)
                            : Future.<Void>failedFuture(new ModuleUnchecked(String.join("; ", problems.unknown())));
                })
                .recover(failure -> failure instanceof ModuleUnchecked
                        ? notReloaded("the changed module is not taken yet: " + failure.getMessage())
                                .recover(told -> Future.failedFuture(failure))
                        : refused(List.of(failure.getMessage())))
                .onSuccess(v -> moduleProblem = null);
    }

    private Future<Void> refused(List<String> reasons) {
        return notReloaded("the changed module is not taken: " + String.join("; ", reasons));
    }

    /** The module files have changed and cannot be read; the module stays what it was. */
    public Future<Void> notReloaded(String reason) {
        moduleProblem = reason;
        return Future.failedFuture(reason);
    }

    private List<String> problems() {
        String known = moduleProblem;
        return known == null ? List.of() : List.of(known);
    }

    /** As with the registry: bad topics fail the start, a broker that is away does not. */
    private Future<Void> moduleStarted() {
        Promise<Void> promise = Promise.promise();
        long timer = vertx.setTimer(WAIT_FOR_REGISTRY_MS, id -> promise.tryComplete());
        plane.startModule().onComplete(done -> {
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
