package dev.keyway.admin.rest;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.discovery.Discovery;
import dev.keyway.admin.model.Instance;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.port.RuntimeView;
import dev.keyway.admin.registry.KafkaRegistry;
import dev.keyway.admin.registry.Registry;
import dev.keyway.codecs.Codecs;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The event loop of the admin API: puts the resources together and listens. */
final class AdminVerticle extends VerticleBase {

    private static final int WORKERS = 4;
    private static final int IDLE_SECONDS = 75;

    private final KeywayConfig config;
    private final Registry registry;
    private final RuntimeView runtime;
    private final Codecs codecs;
    private final Secrets secrets;
    private final Clock clock = Clock.systemUTC();
    private volatile Instance self;
    private volatile JsonObject openApi = new JsonObject();
    private WorkerExecutor workers;
    private Peers peers;
    private Membership membership;
    private HttpServer server;

    AdminVerticle(KeywayConfig config, Registry registry, RuntimeView runtime, Codecs codecs, Secrets secrets) {
        this.config = config;
        this.registry = registry;
        this.runtime = runtime;
        this.codecs = codecs;
        this.secrets = secrets;
    }

    @Override
    public Future<?> start() {
        workers = vertx.createSharedWorkerExecutor("keyway-admin-" + hashCode(), WORKERS, 2, TimeUnit.MINUTES);
        peers = new Peers(vertx, registry, config.instanceId(), System::nanoTime);
        HttpServerOptions options = new HttpServerOptions()
                .setHost(config.admin().host())
                .setPort(config.admin().port())
                .setIdleTimeout(IDLE_SECONDS)
                .setCompressionSupported(true);
        server = vertx.createHttpServer(options);
        Routes routes = new Routes(endpoints(), config.admin().maxInFlight());
        server.requestHandler(routes.router(vertx, config.admin().maxBodyBytes()));
        return server.listen()
                .compose(listening -> workers.executeBlocking(() -> Advertised.address(config.admin(), port())))
                .onSuccess(this::join);
    }

    private void join(String address) {
        self = new Instance(config.instanceId(), address, clock.instant());
        membership =
                new Membership(vertx, registry, peers, self, config.registry().instanceExpiry(), System::nanoTime);
        membership.start();
    }

    /** Sets the OpenAPI document; before deployment, because parsing it takes longer than an event loop may. */
    void describe(JsonObject document) {
        openApi = document;
    }

    private String conflict() {
        return membership == null ? null : membership.conflict();
    }

    List<Endpoint> endpoints() {
        RetryPolicy retry = config.defaultRetryPolicy();
        Ids ids = new Ids(clock);
        KafkaCalls kafka = new KafkaCalls(workers, secrets);
        InternalResource internal = new InternalResource(registry, runtime, config.instanceId(), () -> self);
        LiveState live = new LiveState(internal, peers, config.instanceId());
        ServiceJson services = new ServiceJson(retry);
        Discovery discovery = new Discovery(vertx, new HttpClientOptions(), "localcluster");
        String ingress = "http://" + Advertised.hostText(config.ingress().host()) + ":"
                + config.ingress().port();
        List<Endpoint> all = new ArrayList<>();
        all.addAll(new MetaResource(
                        config, registry, runtime, openApi, Version.text(), ingress, this::conflict, this::warnings)
                .endpoints());
        all.addAll(new DeploymentResource(
                        registry,
                        discovery,
                        new PlainRegistration(retry),
                        codecs,
                        kafka,
                        secrets,
                        live,
                        runtime,
                        new DeploymentJson(services),
                        ids,
                        clock)
                .endpoints());
        all.addAll(new ServiceResource(registry, services, ingress).endpoints());
        EgressCheck egresses = egressCheck(kafka);
        ModuleIngresses ingresses = new ModuleIngresses(registry, runtime, live);
        all.addAll(new SubscriptionResource(
                        registry,
                        kafka,
                        new SubscriptionCheck(kafka, egresses, codecs, clock),
                        live,
                        ingresses,
                        retry,
                        ids,
                        clock)
                .endpoints());
        all.addAll(new SubscriptionActions(
                        registry, kafka, live, ingresses, config.kafka().prefix() + "inbox", clock)
                .endpoints());
        all.addAll(new ClusterResource(registry, clock).endpoints());
        all.addAll(new EgressResource(registry, kafka, egresses, live, runtime).endpoints());
        all.addAll(internal.endpoints());
        return all;
    }

    private EgressCheck egressCheck(KafkaCalls kafka) {
        return new EgressCheck(
                kafka, secrets, config.kafka().prefix(), config.consumer().commitInterval(), clock);
    }

    /** What the brokers say of a module that is to run. Any thread; after the start. */
    Future<AdminServer.ModuleProblems> check(Module module) {
        KafkaCalls kafka = new KafkaCalls(workers, secrets);
        ModuleCheck check = new ModuleCheck(kafka, egressCheck(kafka), KafkaRegistry.home(config.kafka()), clock);
        return kafka.blocking(() -> check.run(registry.snapshot(), module));
    }

    /** What nothing stops for, and an operator should see to. */
    private List<String> warnings() {
        Module module = runtime.module();
        List<String> warnings = new ArrayList<>(ModuleCheck.collisions(registry.snapshot(), module));
        List<String> others = membership == null ? List.of() : membership.otherModules(module.hash());
        if (!others.isEmpty()) {
            warnings.add("the module of this instance is not that of " + Routes.list(others)
                    + ": give all instances the same module files");
        }
        return warnings;
    }

    int port() {
        return server.actualPort();
    }

    Future<Void> joined() {
        return membership.joined();
    }

    Future<Void> alone() {
        return membership.alone();
    }

    @Override
    public Future<?> stop() {
        Future<Void> left = membership == null ? Future.succeededFuture() : membership.close();
        return left.eventually(server::close).eventually(peers::close).eventually(workers::close);
    }
}
