package dev.keyway.gateway;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.port.RuntimeView;
import dev.keyway.admin.registry.Registry;
import dev.keyway.codecs.Codecs;
import dev.keyway.gateway.dispatch.DirectRoute;
import dev.keyway.gateway.dispatch.Runner;
import dev.keyway.gateway.dispatch.RunnerVerticle;
import dev.keyway.gateway.dispatch.ServiceIds;
import dev.keyway.gateway.dispatch.Targets;
import dev.keyway.gateway.egress.Egresses;
import dev.keyway.gateway.invoke.Invoker;
import dev.keyway.gateway.invoke.LoopInvoker;
import dev.keyway.gateway.invoke.LoopTimers;
import dev.keyway.gateway.invoke.http.HttpDriver;
import dev.keyway.gateway.invoke.restate.RestateDriver;
import dev.keyway.gateway.invoke.statefun.FunctionTargets;
import dev.keyway.gateway.invoke.statefun.StatefunDriver;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.pace.Throttles;
import dev.keyway.gateway.rpc.DirectRpcRoute;
import dev.keyway.gateway.rpc.RpcRoute;
import dev.keyway.gateway.rpc.inbox.ClusterRpcRoute;
import dev.keyway.gateway.rpc.inbox.InboxCalls;
import dev.keyway.gateway.source.Sources;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.ClientSSLOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Everything between Kafka and the handlers of one process: runners, sources and the way of RPC calls. */
final class DataPlane {
    private final Vertx vertx;
    private final KeywayConfig config;
    private final Registry registry;
    private volatile Module module;
    private final Meters meters;
    private final Secrets secrets;
    private final Targets targets;
    private final ServiceIds ids = new ServiceIds();
    private final List<String> runnerDeployments = new ArrayList<>();
    private final HeaderSecrets headerSecrets;
    private final Throttles throttles;
    private final Egresses egresses;
    private AutoCloseable registryWatch;
    private AutoCloseable egressWatch;
    private AutoCloseable limitsWatch;
    private volatile FunctionTargets functions = FunctionTargets.NONE;
    private DirectRoute route;
    private Sources sources;
    private InboxPlane inbox;
    private InboxCalls calls;
    private GatewayView view;

    /**
     * @param module what the instance's module files say, {@link Module#EMPTY} without any
     * @param secrets resolves references in client properties and in additional headers of deployments
     */
    DataPlane(
            Vertx vertx,
            KeywayConfig config,
            Registry registry,
            Module module,
            Codecs codecs,
            Meters meters,
            Secrets secrets) {
        this.vertx = vertx;
        this.config = config;
        this.registry = registry;
        this.module = module;
        this.meters = meters;
        this.secrets = secrets;
        this.targets = new Targets(codecs);
        this.headerSecrets = new HeaderSecrets(vertx, secrets);
        this.egresses = new Egresses(vertx, config.egress(), secrets, meters);
        this.throttles = new Throttles(
                vertx,
                ((VertxInternal) vertx).createEventLoopContext(),
                config.limits().deploymentConcurrency(),
                new SplittableRandom());
    }

    /**
     * Starts the runners. No record flows before {@link #startSources}.
     *
     * @param problems what else keeps the instance from being ready
     * @param warnings what else an operator should see to, though nothing stops for it
     */
    Future<Void> start(Supplier<List<String>> problems, Supplier<List<String>> warnings) {
        registryWatch = registry.watch(headerSecrets::follow);
        limitsWatch = registry.watch(throttles::follow);
        egressWatch = registry.watch(egresses::follow);
        egresses.ofModule(module.egresses());
        List<RunnerVerticle> mailboxes = new ArrayList<>();
        List<RunnerVerticle> workers = new ArrayList<>();
        List<Future<?>> deployed = new ArrayList<>();
        for (int i = 0; i < config.workers().mailboxes(); i++) {
            mailboxes.add(runner(RunnerVerticle.Kind.MAILBOX, i, deployed));
        }
        for (int i = 0; i < config.workers().size(); i++) {
            workers.add(runner(RunnerVerticle.Kind.WORKER, config.workers().mailboxes() + i, deployed));
        }
        return Future.all(deployed).map(done -> {
            route = new DirectRoute(
                    mailboxes.stream().map(RunnerVerticle::runner).toList(),
                    workers.stream().map(RunnerVerticle::runner).toList());
            sources = new Sources(vertx, config, registry, route, targets, ids, meters, secrets, egresses);
            calls = new InboxCalls(vertx, config, meters);
            inbox = new InboxPlane(
                    vertx,
                    config,
                    registry,
                    targets,
                    module,
                    secrets,
                    route,
                    ids,
                    egresses,
                    () -> functions,
                    meters,
                    sources.pressure(),
                    this::opened);
            view = new GatewayView(
                    vertx,
                    registry,
                    () -> module,
                    sources,
                    inbox,
                    egresses,
                    route.runners(),
                    throttles,
                    meters,
                    problems,
                    warnings);
            return null;
        });
    }

    private RunnerVerticle runner(RunnerVerticle.Kind kind, int index, List<Future<?>> deployed) {
        RunnerVerticle verticle =
                new RunnerVerticle(kind, index, config.invoker().callTimeout(), this::invoker);
        deployed.add(vertx.deployVerticle(verticle).onSuccess(runnerDeployments::add));
        return verticle;
    }

    private Invoker invoker(Context context, LoopTimers timers) {
        return new LoopInvoker(
                context,
                timers,
                config.invoker(),
                throttles.of(context),
                new SplittableRandom(),
                new ClientSSLOptions(),
                List.of(
                        new HttpDriver(headerSecrets, config.egress().maxRecords()),
                        new RestateDriver(headerSecrets, config.invoker().maxResponseBytes()),
                        new StatefunDriver(() -> functions)));
    }

    /** From now on these functions are called, and their egresses known. Any thread. */
    void functions(FunctionTargets ofModule) {
        functions = ofModule;
    }

    void startSources() {
        sources.start();
    }

    /** Completes when the module's ingresses have been started, see {@link InboxPlane#start}. */
    Future<Void> startModule() {
        return targets(module).compose(targets -> {
            functions(targets);
            return inbox.start();
        });
    }

    private Future<FunctionTargets> targets(Module of) {
        int loops = config.workers().mailboxes();
        return vertx.executeBlocking(() -> new FunctionTargets(of, loops));
    }

    /** The module in force. Any thread. */
    Module module() {
        return module;
    }

    /** Puts another module in force, which {@link dev.keyway.admin.module.ModuleReload} allows: what is called first. */
    Future<Void> apply(Module next) {
        return targets(next).map(targets -> {
            functions(targets);
            throttles.followModule(targets::serves);
            egresses.ofModule(next.egresses());
            inbox.apply(next);
            module = next;
            return null;
        });
    }

    private Future<Void> opened(InboxPlane.Home home) {
        int slots = config.state().slots();
        sources.inbox(home.topics(), slots, home.connection());
        return calls.open(home.topics(), slots, home.connection(), home.admin(), home.shards()::restoring);
    }

    RuntimeView view() {
        return view;
    }

    RpcRoute rpc() {
        RpcRoute direct = new DirectRpcRoute(vertx, config, registry, targets, ids, route, egresses, meters);
        return new ClusterRpcRoute(registry, direct, calls);
    }

    List<Runner> runners() {
        return route.runners();
    }

    /** Drains and commits the sources. The runners stay, since RPC calls need them. */
    Future<Void> stopSources() {
        if (view == null) {
            return Future.succeededFuture();
        }
        view.close();
        return Future.join(sources.stop(), inbox.stopSources()).mapEmpty();
    }

    /** Closes the connections to the handlers: after the sources and RPC. */
    Future<Void> stop() {
        stopWatching();
        List<Future<?>> closing = new ArrayList<>();
        runnerDeployments.forEach(id -> closing.add(vertx.undeploy(id)));
        if (inbox != null) {
            closing.add(inbox.stop());
            closing.add(calls.close());
        }
        return Future.join(closing).<Void>mapEmpty().eventually(egresses::close);
    }

    private void stopWatching() {
        for (AutoCloseable watch : Arrays.asList(registryWatch, limitsWatch, egressWatch)) {
            try {
                if (watch != null) {
                    watch.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException("a registry's watch does not fail to close", e);
            }
        }
    }
}
