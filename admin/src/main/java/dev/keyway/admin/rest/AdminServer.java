package dev.keyway.admin.rest;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.port.RuntimeView;
import dev.keyway.admin.registry.Registry;
import dev.keyway.codecs.Codecs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.BindException;
import java.util.List;

/**
 * The admin API of one instance: Restate's resources and Keyway's own, on an event loop of its own, over HTTP/1.1 and
 * HTTP/2. Kafka and files are touched on workers. Any thread.
 */
public final class AdminServer {

    private final Vertx vertx;
    private final KeywayConfig config;
    private final AdminVerticle verticle;
    private volatile String deploymentId;

    /** @param secrets resolves references in cluster properties and additional headers */
    public AdminServer(
            Vertx vertx, KeywayConfig config, Registry registry, RuntimeView runtime, Codecs codecs, Secrets secrets) {
        this.vertx = vertx;
        this.config = config;
        this.verticle = new AdminVerticle(config, registry, runtime, codecs, secrets);
    }

    /** Listens, whether or not the registry can be read yet; fails with a message for users when the port is taken. */
    public Future<Void> start() {
        return vertx.executeBlocking(OpenApi::load)
                .compose(openApi -> {
                    verticle.describe(openApi);
                    return vertx.deployVerticle(verticle);
                })
                .recover(failure -> Future.failedFuture(
                        failure instanceof BindException
                                ? new IllegalStateException(
                                        "admin API: cannot listen on "
                                                + config.admin().host() + ":"
                                                + config.admin().port() + ": " + failure.getMessage()
                                                + "; is another instance running? (admin.host, admin.port)",
                                        failure)
                                : failure))
                .onSuccess(id -> deploymentId = id)
                .mapEmpty();
    }

    /** Completes when it is known that no other live instance has this one's id; else never. */
    public Future<Void> alone() {
        return verticle.alone();
    }

    /** Completes when this instance stands in the registry; fails when another live instance has its id. */
    public Future<Void> joined() {
        return verticle.joined();
    }

    /**
     * What the brokers say of a module's egresses.
     *
     * @param refused why it cannot run as it is
     * @param unknown what could not be found out now
     */
    public record ModuleProblems(List<String> refused, List<String> unknown) {}

    /** Asks the brokers of a module that is to run. Only after {@link #start}. */
    public Future<ModuleProblems> check(Module module) {
        return module.egresses().isEmpty()
                ? Future.succeededFuture(new ModuleProblems(List.of(), List.of()))
                : verticle.check(module);
    }

    /** The port it listens on; the real one also where 0 is configured. Only after {@link #start}. */
    public int port() {
        return verticle.port();
    }

    /** Takes the instance off the registry and stops listening. To be closed before the registry. */
    public Future<Void> close() {
        return deploymentId == null ? Future.succeededFuture() : vertx.undeploy(deploymentId);
    }
}
