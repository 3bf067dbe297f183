package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.broker.TestTopics;
import dev.keyway.codecs.Codecs;
import dev.keyway.gateway.TestPlane;
import dev.keyway.gateway.commit.Lane;
import dev.keyway.gateway.commit.TransactionSettings;
import dev.keyway.gateway.dispatch.DirectRoute;
import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.dispatch.RunnerVerticle;
import dev.keyway.gateway.fixture.SubscriptionDraft;
import dev.keyway.gateway.fixture.World;
import dev.keyway.gateway.invoke.Call;
import dev.keyway.gateway.invoke.Invoker;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.metrics.SourceMeters;
import dev.keyway.ordering.SharedPressure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Sources on a real broker whose handler is this process: every record of the input causes one of the output, in the
 * transaction that commits it.
 */
final class CopyScene implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(90);

    final TestTopics topics;
    final String input;
    final String output;
    final int partitions;
    final Vertx vertx = Vertx.vertx();
    /** Records whose call does not end before {@link #releaseAll}. */
    volatile Predicate<ConsumerRecord<byte[], byte[]>> held = record -> false;
    /** Every call, in order. */
    final ConcurrentLinkedQueue<String> calls = new ConcurrentLinkedQueue<>();

    /** Why sources failed for good. */
    final Queue<String> failures = new ConcurrentLinkedQueue<>();

    /** How a call ends. */
    Function<ConsumerRecord<byte[], byte[]>, Outcome> outcomes = record -> Outcome.COMPLETED;

    Function<ConsumerRecord<byte[], byte[]>, List<ProducerRecord<byte[], byte[]>>> effects;
    Duration transactionTimeout = Duration.ofSeconds(10);
    Map<String, Object> producer = Map.of();
    UnaryOperator<Lane> lanes = lane -> lane;
    private final String bootstrap;
    private final Target target;
    private final List<Copier> copiers = new ArrayList<>();
    private final Map<Copier, String> deployed = new HashMap<>();
    private final Set<RecordInvocation> waiting = ConcurrentHashMap.newKeySet();
    /** Their effects are those of the scene; that of a failed one is its dead letter. */
    private final Set<RecordInvocation> answered = ConcurrentHashMap.newKeySet();

    Subscription subscription;
    KeywayConfig config = World.config();

    /** One instance's source. */
    final class Copier extends SourceVerticle {
        final Meters meters;
        final String instance;
        /** Partitions that it was asked to give away, and perhaps has not yet. */
        final Set<TopicPartition> revoking = ConcurrentHashMap.newKeySet();

        private final DirectRoute route;

        Copier(SourceSpec spec, DirectRoute route, Meters meters, String instance) {
            super(
                    spec,
                    route,
                    new SharedPressure(Long.MAX_VALUE, 64 << 20),
                    new SourceMeters(meters, spec.subscription().id()),
                    failures::add);
            this.meters = meters;
            this.route = route;
            this.instance = instance;
        }

        @Override
        Lane lane(TransactionSettings settings) {
            return lanes.apply(super.lane(settings));
        }

        @Override
        public CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> revoking(
                Collection<TopicPartition> partitions) {
            revoking.addAll(partitions);
            return super.revoking(partitions);
        }

        @Override
        void onDone(List<Invocation> done) {
            for (Invocation invocation : done) {
                RecordInvocation record = (RecordInvocation) invocation;
                if (answered.remove(record)) {
                    record.effects(effects.apply(record.record()));
                }
            }
            super.onDone(done);
        }

        /** Why keys wait for an operator. */
        List<String> blockedReasons() {
            return TestPlane.await(Blocked.collect(route.runners(), subscription.id(), 100)).stream()
                    .map(BlockedKey::reason)
                    .toList();
        }

        double metric(String name) {
            return meters.scrape()
                    .lines()
                    .filter(line -> line.startsWith(name))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }
    }

    /** Answers every call at once, unless it is held. */
    private final class Answering implements Invoker {
        @Override
        public void submit(Call call) {
            RecordInvocation invocation = (RecordInvocation) call;
            if (!invocation.begin()) {
                return;
            }
            String coordinates = invocation.partition() + "@" + invocation.offset();
            calls.add(coordinates);
            if (held.test(invocation.record())) {
                waiting.add(invocation);
            } else {
                answer(invocation);
            }
        }

        @Override
        public void abort(Call call) {
            if (waiting.remove((RecordInvocation) call)) {
                call.done(Outcome.retry(Outcome.Fault.RECORD, "aborted"));
            }
        }

        @Override
        public int inFlight(String deploymentId) {
            return 0;
        }

        @Override
        public int waiting(String deploymentId) {
            return 0;
        }

        @Override
        public int connections(String deploymentId) {
            return 1;
        }

        @Override
        public void forget(String deploymentId) {}

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }

    CopyScene(String bootstrap, int partitions) throws Exception {
        this.bootstrap = bootstrap;
        this.topics = new TestTopics(bootstrap);
        this.partitions = partitions;
        this.input = topics.create("in", partitions);
        this.output = topics.create("out", partitions);
        this.effects = record -> List.of(copy(record));
        Deployment deployment = World.deployment("http://127.0.0.1:1/");
        Service service = World.service("Orders", ServiceType.VIRTUAL_OBJECT, deployment, "binary");
        this.target = new Target(
                deployment,
                service,
                service.handlers().get(0),
                Codecs.load(CopyScene.class.getClassLoader()).create("binary", Map.of()));
        this.subscription = new SubscriptionDraft(World.subscription(input, service))
                .option("heartbeat.interval.ms", "300")
                .option("fetch.max.wait.ms", "50")
                .done();
    }

    ProducerRecord<byte[], byte[]> copy(ConsumerRecord<byte[], byte[]> record) {
        return new ProducerRecord<>(output, record.partition(), record.key(), record.value());
    }

    private void answer(RecordInvocation invocation) {
        Outcome outcome = outcomes.apply(invocation.record());
        if (outcome.kind() == Outcome.Kind.COMPLETED) {
            answered.add(invocation);
        }
        invocation.done(outcome);
    }

    /** Starts a source that commits in transactions from its start, or from its first effect. */
    Copier instance(String name, boolean fromStart) {
        List<RunnerVerticle> runners = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            RunnerVerticle runner = new RunnerVerticle(
                    RunnerVerticle.Kind.MAILBOX, i, Duration.ofSeconds(20), (context, timers) -> new Answering());
            TestPlane.await(vertx.deployVerticle(runner));
            runners.add(runner);
        }
        DirectRoute route =
                new DirectRoute(runners.stream().map(RunnerVerticle::runner).toList(), List.of());
        Copier copier = new Copier(spec(name, fromStart), route, new Meters(), name);
        copiers.add(copier);
        deployed.put(copier, TestPlane.await(vertx.deployVerticle(copier)));
        return copier;
    }

    /** The subscription was changed. */
    void tell(Copier copier) {
        copier.apply(spec(copier.instance, true));
    }

    private SourceSpec spec(String name, boolean fromStart) {
        Map<String, Object> connection = Map.of("bootstrap.servers", bootstrap);
        Map<String, Object> consumer = new HashMap<>(connection);
        consumer.putAll(subscription.options());
        return new SourceSpec(
                subscription,
                target,
                true,
                1,
                config,
                null,
                ConsumerSettings.consumer(consumer),
                connection,
                300_000,
                TestSettings.transactions(id(name), transactionTimeout, producer),
                fromStart);
    }

    String id(String instance) {
        return "keyway./" + subscription.id() + "/" + instance + "/0";
    }

    /** Writes {@code count} records, keys in turn within a partition, values {@code 1..n} per key. */
    void produce(int count, int keys) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int partition = i % partitions;
            int turn = i / partitions;
            records.add(new ProducerRecord<>(
                    input,
                    partition,
                    bytes("p" + partition + "k" + turn % keys),
                    bytes(Integer.toString(turn / keys + 1))));
        }
        topics.sendAll(records);
    }

    /** Calls that are held. */
    int waiting() {
        return waiting.size();
    }

    /** Lets every held call end, and holds no more. */
    void releaseAll() {
        held = record -> false;
        for (RecordInvocation invocation : waiting) {
            invocation.runner().context().runOnContext(v -> {
                if (waiting.remove(invocation)) {
                    answer(invocation);
                }
            });
        }
    }

    long committedTotal() {
        return topics.committed(subscription.id()).values().stream()
                .mapToLong(offset -> offset.offset())
                .sum();
    }

    long committed(int partition) {
        var offset = topics.committed(subscription.id()).get(new TopicPartition(input, partition));
        return offset == null ? -1 : offset.offset();
    }

    /** What a read-committed consumer sees, by key, in order. */
    Map<String, List<String>> outputByKey(int count) {
        Map<String, List<String>> byKey = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : topics.read(output, count)) {
            byKey.computeIfAbsent(text(record.key()), k -> new ArrayList<>()).add(text(record.value()));
        }
        return byKey;
    }

    /** Each key of each round has {@code 1..n} in the output, round after round, and nothing else is there. */
    void assertOnce(int total, int rounds, int perRound) {
        List<String> wanted = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (int i = 1; i <= perRound; i++) {
                wanted.add(Integer.toString(i));
            }
        }
        Map<String, List<String>> byKey = outputByKey(total);
        assertThat(byKey).hasSize(total / wanted.size());
        byKey.forEach((key, values) -> assertThat(values).as(key).isEqualTo(wanted));
    }

    void awaitCommitted(long total) {
        await().atMost(SOON).until(() -> committedTotal() == total);
    }

    void stop(Copier copier) {
        String id = deployed.remove(copier);
        copiers.remove(copier);
        if (id != null) {
            TestPlane.await(vertx.undeploy(id));
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        List.copyOf(copiers).forEach(this::stop);
        TestPlane.await(vertx.close());
        topics.close();
    }
}
