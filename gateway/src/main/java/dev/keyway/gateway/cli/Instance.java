package dev.keyway.gateway.cli;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.module.Module;
import dev.keyway.gateway.Gateway;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * A running gateway as the command line sees it.
 *
 * @param close drains and stops it; the instance of Vert.x stays open
 */
record Instance(int adminPort, int ingressPort, Supplier<Future<Void>> close) {
    /** Starts an instance; the future fails with what stands in the way. */
    interface Starter {
        Future<Instance> start(Vertx vertx, KeywayConfig config);
    }

    /**
     * Starts gateways that run this module.
     *
     * @param loader reads it again from its files
     */
    static Starter ofGateway(Module module, Supplier<Module> loader) {
        return ofGateway(module, loader, ModuleFiles.LOOK);
    }

    /** @param look time between two looks at the module files */
    static Starter ofGateway(Module module, Supplier<Module> loader, Duration look) {
        return (vertx, config) -> Gateway.start(vertx, config, module).compose(gateway -> {
            ModuleFiles files =
                    new ModuleFiles(vertx, config.modules(), look, loader, gateway::reload, gateway::notReloaded);
            return files.start().map(new Instance(gateway.adminPort(), gateway.ingressPort(), () -> {
                files.close();
                return gateway.close();
            }));
        });
    }
}
