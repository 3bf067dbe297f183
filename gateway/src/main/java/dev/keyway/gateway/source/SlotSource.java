package dev.keyway.gateway.source;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.kafka.ClientProperties;
import dev.keyway.admin.kafka.ConsumerOptions;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.kafka.ProducerOptions;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.IngressState;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.NullKey;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.OnTerminal;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.model.Subscription.Desired;
import dev.keyway.admin.model.Subscription.KeyAction;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.admin.port.RuntimeView.SubscriptionStatus;
import dev.keyway.gateway.commit.TransactionSettings;
import dev.keyway.gateway.dispatch.Route;
import dev.keyway.gateway.dispatch.ServiceIds;
import dev.keyway.gateway.egress.Egresses;
import dev.keyway.gateway.invoke.statefun.FunctionTargets;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.rpc.inbox.SlotOwners;
import dev.keyway.gateway.slot.FailurePolicy;
import dev.keyway.gateway.slot.Handlers;
import dev.keyway.gateway.slot.SlotLimits;
import dev.keyway.gateway.state.InternalTopics;
import dev.keyway.gateway.state.Shards;
import dev.keyway.gateway.state.Slots;
import dev.keyway.ordering.SharedPressure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The source of the inbox on this instance: Kafka's group protocol gives it its slots. Its id, the name of its consumer
 * group, is {@code <prefix>inbox}. Methods on any thread.
 */
public final class SlotSource {
    private static final int BATCH_MESSAGES = 10_000;
    private static final long BATCH_BYTES = 8L << 20;
    /** What addresses in trouble hold must never be what pauses a partition. */
    private static final int TROUBLED_SHARE = 4;

    private static final long UNWRITTEN_BYTES = 8L << 20;

    private final KeywayConfig config;
    private final Context context;
    private final Route route;
    private final RunningSource running;
    private final String id;
    private RunningSource.Wanted wanted;

    /**
     * The home cluster.
     *
     * @param topics as they were found
     * @param trim their keeper, asked on workers
     */
    public record Home(KafkaCluster cluster, InternalTopics.Found topics, InternalTopics trim, Shards shards) {}

    /**
     * @param functions the newest targets
     * @param handlers the newest handlers of services
     * @param policies the newest failure policies
     * @param exactlyOnce an exactly-once egress of functions, which all say the same of transactions; {@code null} for
     *     none
     * @throws OptionException for client properties of the home cluster that no client would take
     */
    public SlotSource(
            Vertx vertx,
            KeywayConfig config,
            Secrets secrets,
            Route route,
            ServiceIds ids,
            SharedPressure pressure,
            Meters meters,
            Egresses egresses,
            Home home,
            Supplier<FunctionTargets> functions,
            Handlers handlers,
            FailurePolicy.Source policies,
            Egress exactlyOnce)
            throws OptionException {
        this.config = config;
        this.context = ((VertxInternal) vertx).createEventLoopContext();
        this.route = route;
        this.running = new RunningSource(vertx, route, pressure, meters);
        Subscription subscription = subscription(home, config.instanceId());
        this.id = subscription.id();
        ClientProperties properties =
                ConsumerOptions.resolve(home.cluster(), subscription.options(), subscription.id());
        SlotWay way = new SlotWay(
                new Slots(config.state().slots()),
                home.shards(),
                home.topics(),
                home.trim(),
                functions,
                handlers,
                policies,
                ids,
                new SlotLimits(
                        config.state().acceptAfter().toMillis(),
                        BATCH_MESSAGES,
                        BATCH_BYTES,
                        UNWRITTEN_BYTES,
                        config.limits().partitionRecords() / TROUBLED_SHARE,
                        config.limits().partitionBytes() / TROUBLED_SHARE));
        this.wanted = RunningSource.Wanted.of(new SourceSpec(
                subscription,
                null,
                true,
                ids.of(subscription.id()),
                config,
                egresses,
                ConsumerSettings.consumer(secrets.resolve(properties.consumer())),
                secrets.resolve(properties.common()),
                ConsumerSettings.maxPollInterval(properties.consumer()),
                transactions(exactlyOnce, secrets),
                true,
                null,
                way));
    }

    private TransactionSettings transactions(Egress egress, Secrets secrets) throws OptionException {
        boolean stated = egress != null && egress.transactionTimeout() != null;
        return new TransactionSettings(
                config.kafka().prefix() + "/inbox/" + config.instanceId() + "/0",
                stated ? egress.transactionTimeout() : ProducerOptions.TRANSACTION_TIMEOUT,
                config.consumer().transactionLinger(),
                config.consumer().transactionCompletions(),
                egress == null
                        ? Map.of()
                        : secrets.resolve(ProducerOptions.resolve(null, egress).producer()));
    }

    private static Subscription subscription(Home home, String instance) {
        String inbox = home.topics().inbox();
        return new Subscription(
                inbox,
                "kafka://" + home.cluster().name() + "/" + inbox,
                "functions",
                home.cluster().name(),
                inbox,
                null,
                null,
                null,
                Map.of("group.id", inbox, "client.id", SlotOwners.CLIENT_ID_PREFIX + instance),
                null,
                OnFailure.PAUSE,
                OnTerminal.PAUSE,
                NullKey.REJECT,
                null,
                null,
                Map.of(),
                null,
                null,
                Map.of(),
                Desired.RUNNING,
                Instant.EPOCH);
    }

    public void start() {
        context.runOnContext(v -> running.apply(wanted));
    }

    /** Takes over what operators ask of messages of functions, which came from no ingress or subscription. */
    public void follow(RegistrySnapshot snapshot) {
        context.runOnContext(v -> {
            IngressState known = snapshot.ingresses().get(id);
            List<KeyAction> actions =
                    known == null ? List.of() : known.desired().keyActions();
            Subscription subscription = wanted.subscription();
            if (!actions.equals(subscription.desired().keyActions())) {
                Desired desired = new Desired(false, null, actions);
                wanted = RunningSource.Wanted.of(wanted.spec().with(subscription.with(desired)));
                running.apply(wanted);
            }
        });
    }

    /** Drains, commits and leaves the group; the shards are released, not closed. */
    public Future<Void> stop() {
        return here(running::stop);
    }

    /** Its state on this instance. */
    public Future<SubscriptionStatus> status() {
        return blocked(Integer.MAX_VALUE).compose(keys -> here(() -> running.status(keys)));
    }

    /** Blocked messages on this instance, oldest first. */
    public Future<List<BlockedKey>> blocked(int limit) {
        return Blocked.collect(route.runners(), id, limit);
    }

    /** Why it does not run, {@code null} if it does. */
    public Future<String> failure() {
        return here(() -> Future.succeededFuture(running.failure()));
    }

    private <T> Future<T> here(Supplier<Future<T>> action) {
        Promise<T> promise = Promise.promise();
        context.runOnContext(v -> action.get().onComplete(promise));
        return promise.future();
    }
}
