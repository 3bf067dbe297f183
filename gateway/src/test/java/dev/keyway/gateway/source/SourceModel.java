package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.OnTerminal;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.model.Subscription.KeyAction;
import dev.keyway.admin.model.Subscription.Seek;
import dev.keyway.codecs.CodecException;
import dev.keyway.codecs.Codecs;
import dev.keyway.gateway.dispatch.CompletionSink;
import dev.keyway.gateway.dispatch.DirectRoute;
import dev.keyway.gateway.dispatch.Fence;
import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.dispatch.Runner;
import dev.keyway.gateway.dispatch.VirtualRunner;
import dev.keyway.gateway.egress.DeadLetters;
import dev.keyway.gateway.fixture.SubscriptionDraft;
import dev.keyway.gateway.fixture.VirtualLoops;
import dev.keyway.gateway.fixture.World;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.metrics.SourceMeters;
import dev.keyway.ordering.SharedPressure;
import io.vertx.core.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * A source verticle, its poll loop and two mailbox runners as they run in production, above a model of the broker and of
 * the handlers, on virtual time and without a thread; an oracle looks at every start, completion and commit.
 */
final class SourceModel implements AutoCloseable {
    static final int PARTITIONS = 3;
    private static final int KEYS_OF_PARTITION = 3;
    private static final KeywayConfig.Limits LIMITS = new KeywayConfig.Limits(6, 1 << 20, 12, 64L << 20, 256, 100);
    private static final SourceMeters METERS = new SourceMeters(new Meters(), "model");

    private final VirtualLoops loops = new VirtualLoops();
    private final ModelBroker broker;
    private final SourceOracle oracle;
    private final List<ModelInvoker> invokers = new ArrayList<>();
    private final List<Runner> runners = new ArrayList<>();
    private final SharedPressure process = new SharedPressure(Long.MAX_VALUE, LIMITS.processBytes());
    private final List<Runnable> letters = new ArrayList<>();
    private final Set<ConsumerRecord<byte[], byte[]>> acknowledged = new HashSet<>();
    private final List<Runnable> refusedLetters = new ArrayList<>();
    private final SourceVerticle source;
    private final PollLoop loop;
    private final Origin origin;
    private final Context context;
    private final Target target;
    private final KeywayConfig config = World.config(LIMITS);
    private Subscription subscription;
    private boolean paused;
    private int drainStyle;

    SourceModel(OnFailure onFailure, OnTerminal onTerminal) {
        broker = new ModelBroker(loops, PARTITIONS, this::accepted);
        oracle = new SourceOracle(loops, broker, LIMITS, this::policyEnds);
        Deployment deployment = World.deployment("http://127.0.0.1:1/");
        Service service = World.service("Orders", ServiceType.VIRTUAL_OBJECT, deployment, "binary");
        try {
            target = new Target(
                    deployment,
                    service,
                    service.handlers().get(0),
                    Codecs.load(SourceModel.class.getClassLoader()).create("binary", Map.of()));
        } catch (CodecException e) {
            throw new IllegalStateException(e);
        }
        subscription = new SubscriptionDraft(World.subscription(ModelBroker.TOPIC, service))
                .onFailure(onFailure)
                .onTerminal(onTerminal)
                .done();
        VirtualLoops.Loop own = loops.loop();
        context = own.context();
        for (int i = 0; i < 2; i++) {
            ModelInvoker invoker = new ModelInvoker(this::begun, oracle::landed);
            invokers.add(invoker);
            runners.add(VirtualRunner.keyed(i, loops, invoker));
        }
        DirectRoute route = new DirectRoute(runners, List.of());
        source = new SourceVerticle(spec(), route, process, METERS);
        source.init(own.vertx(), context);
        CompletionSink sink = new CompletionSink(context, runners.size()) {
            @Override
            protected void onDone(List<Invocation> done) {
                reported(done);
            }
        };
        DeadLetters deadLetters = new DeadLetters(own.vertx(), subscription.id(), Map.of()) {
            @Override
            public void send(Letter letter, Context sender, Consumer<String> done) {
                letters.add(() -> {
                    acknowledged.add(letter.record());
                    sender.runOnContext(v -> done.accept(null));
                });
                refusedLetters.add(() -> sender.runOnContext(v -> done.accept("refused by the model")));
            }
        };
        origin = new Origin(
                subscription,
                1,
                config,
                METERS,
                deadLetters,
                sink,
                new Membership(true, ModelBroker.SESSION_MILLIS),
                loops::now);
        loop = new PollLoop(
                ConsumerSettings.consumer(Map.of(
                        "bootstrap.servers",
                        "127.0.0.1:1",
                        "group.id",
                        "model",
                        "metric.reporters",
                        "",
                        "enable.metrics.push",
                        "false")),
                origin,
                new Heard(),
                config.consumer().drainTimeout().toMillis());
        broker.serve(loop);
        source.own(origin, loop);
        broker.toGive.addAll(broker.partitions);
    }

    private SourceSpec spec() {
        return new SourceSpec(
                subscription,
                target,
                true,
                1,
                config,
                null,
                Map.of(),
                Map.of(),
                300_000,
                TestSettings.transactions("model"),
                false);
    }

    // Steps.

    void produce(int where, int count) {
        TopicPartition partition = partition(where);
        ModelBroker.Log log = broker.logs.get(partition);
        for (int i = 0; i < count; i++) {
            // The last key is not UTF-8, so its records cannot become invocations.
            int key = Math.floorMod(where / PARTITIONS + i, KEYS_OF_PARTITION);
            byte[] bytes = {(byte) (key == 2 && where % 7 == 0 ? 0xf0 : 'a' + key), (byte) ('0' + partition.partition())
            };
            log.keys.put(log.end, bytes);
            oracle.produced(partition, log.end);
            log.end++;
        }
    }

    /** Offsets without a record: a transaction's marker, an aborted batch. */
    void gap(int where, int count) {
        broker.logs.get(partition(where)).end += count;
    }

    /** Retention or compaction takes records away. */
    void cut(int where, int count) {
        ModelBroker.Log log = broker.logs.get(partition(where));
        if (where % 2 == 0) {
            log.begin = Math.min(log.end, log.begin + count);
            log.keys.headMap(log.begin).clear();
        } else {
            Long at = log.keys.ceilingKey(log.end - count);
            if (at != null) {
                log.keys.remove(at);
            }
        }
    }

    void poll() {
        ConsumerRecords<byte[], byte[]> records = loop.poll(java.time.Duration.ofSeconds(1));
        if (!records.isEmpty()) {
            context.runOnContext(v -> onBatch(records));
            // Vert.x polls again when the handler has had its batch.
            runAll();
        }
    }

    private void onBatch(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition partition : records.partitions()) {
            SourceOracle.View view = oracle.current(partition);
            if (view != null && !view.ended && !view.draining) {
                records.records(partition).forEach(record -> oracle.arrived(view, record.offset(), record.key()));
                view.next =
                        Math.max(view.next, records.nextOffsets().get(partition).offset());
            }
        }
        source.onBatch(records);
        assignments().forEach((partition, assignment) -> {
            SourceOracle.View view = oracle.current(partition);
            if (!view.ended && !view.draining) {
                oracle.pressure(assignment, records.partitions().contains(partition));
            }
        });
    }

    void run(int count, int choice) {
        for (int i = 0; i < count && loops.runOne(choice + i * 7); i++) {
            // The loops take their turns.
        }
    }

    private void runAll() {
        for (int i = 0; loops.runOne(i); i++) {
            assertThat(i).as("tasks without an end").isLessThan(100_000);
        }
    }

    void begin(int which, int count) {
        for (int i = 0; i < count; i++) {
            invokers.get((which + i) % 2).begin(which);
        }
    }

    void land(int which, Outcome outcome) {
        ModelInvoker invoker = invokers.get(which % 2);
        if (!invoker.land(which / 2, outcome)) {
            invokers.get((which + 1) % 2).land(which / 2, outcome);
        }
    }

    void letter(int which, boolean taken) {
        if (!letters.isEmpty()) {
            int at = Math.floorMod(which, letters.size());
            Runnable ack = letters.remove(at);
            Runnable refusal = refusedLetters.remove(at);
            (taken ? ack : refusal).run();
        }
    }

    /** Time passes, and the client's own thread keeps the membership. */
    void advance(long millis) {
        for (long left = millis; left > 0; left -= 500) {
            loops.advance(Math.min(500, left));
            broker.heartbeat();
        }
    }

    /** The process sleeps. */
    void freeze(long millis) {
        loops.advance(millis);
    }

    void tick() {
        context.runOnContext(v -> {
            assignments().forEach((partition, assignment) -> sayIfLive(assignment));
            source.tick();
        });
    }

    private void sayIfLive(Assignment assignment) {
        SourceOracle.View view = oracle.current(assignment.partition());
        if (view != null && !view.ended) {
            oracle.say(view);
        }
    }

    void network() {
        broker.deliverCommit();
    }

    void networkCut(boolean cut) {
        broker.cut = cut;
    }

    void assign(int where) {
        broker.toGive.add(partition(where));
    }

    void revoke(int where, int style) {
        drainStyle = style;
        broker.toTake.add(partition(where));
        broker.toGive.remove(partition(where));
    }

    /** Another member goes on where the group is, if it may. */
    void other(int where, int count, boolean withMetadata) {
        TopicPartition partition = partition(where);
        OffsetAndMetadata at = broker.committed.get(partition);
        if (at == null || (broker.ours.contains(partition) && !broker.expelled())) {
            return;
        }
        ModelBroker.Log log = broker.logs.get(partition);
        long next = Math.min(log.end, Math.max(log.begin, at.offset() + count));
        String metadata = withMetadata
                ? OffsetMetadataText.at(OffsetMetadataText.epoch(at, subscription.seekEpoch()))
                : "somebody else";
        broker.committed.put(partition, new OffsetAndMetadata(Math.max(next, at.offset()), metadata));
        oracle.foreign(partition, Set.of());
    }

    void desire(boolean pause) {
        update(new Subscription.Desired(
                pause, subscription.desired().seek(), subscription.desired().keyActions()));
    }

    void seek(int kind, int where) {
        Map<Integer, Long> offsets = new HashMap<>();
        offsets.put(where % PARTITIONS, (long) where);
        Seek seek = Seek.after(
                subscription.desired().seek(),
                Seek.Position.values()[Math.floorMod(kind, 4)],
                kind % 4 == 2 ? (long) where : null,
                kind % 4 == 3 ? offsets : Map.of());
        update(new Subscription.Desired(paused, seek, subscription.desired().keyActions()));
    }

    /** An operator's word on something that is in trouble. */
    void act(int which, boolean discard) {
        List<RecordInvocation> troubled = new ArrayList<>();
        runners.forEach(runner -> runner.troubled().forEach(call -> troubled.add((RecordInvocation) call)));
        if (troubled.isEmpty()) {
            return;
        }
        RecordInvocation call = troubled.get(Math.floorMod(which, troubled.size()));
        List<KeyAction> actions = new ArrayList<>(subscription.desired().keyActions());
        actions.add(new KeyAction(
                null,
                call.record().partition(),
                call.record().offset(),
                discard ? KeyAction.Action.DISCARD : KeyAction.Action.RESUME,
                Instant.ofEpochSecond(actions.size())));
        update(new Subscription.Desired(paused, subscription.desired().seek(), actions));
    }

    private void update(Subscription.Desired desired) {
        subscription = subscription.with(desired);
        paused = desired.paused();
        Subscription newest = subscription;
        int[] before = new int[1];
        context.runOnContext(v -> before[0] = origin.subscription().seekEpoch());
        source.apply(spec());
        context.runOnContext(v -> {
            if (newest.seekEpoch() > before[0]) {
                assignments().forEach((partition, assignment) -> {
                    SourceOracle.View view = oracle.current(partition);
                    if (newest.desired().seek().moves(partition.topic(), partition.partition(), before[0])) {
                        view.ended = true;
                    } else {
                        view.epoch = newest.seekEpoch();
                    }
                });
            }
        });
    }

    // What production tells.

    private void begun(RecordInvocation call) {
        oracle.begun(call, origin.paused(), origin.losses());
    }

    private void reported(List<Invocation> done) {
        for (Invocation invocation : done) {
            oracle.reported((RecordInvocation) invocation);
        }
        source.onDone(done);
        assignments().forEach((partition, assignment) -> {
            SourceOracle.View view = oracle.current(partition);
            if (view != null && !view.ended && !view.draining) {
                oracle.pressure(assignment, false);
            }
        });
    }

    /** Whether something besides a good answer may have ended the record: its policy, a letter, an operator. */
    private boolean policyEnds(RecordInvocation call) {
        boolean troubled = call.reason() != null;
        boolean discards = subscription.onFailure() == OnFailure.DISCARD
                || subscription.onTerminal() == OnTerminal.DISCARD
                || subscription.onTerminal() == OnTerminal.COMPLETE;
        boolean told = subscription.desired().keyActions().stream()
                .anyMatch(action -> action.action() == KeyAction.Action.DISCARD
                        && action.partition() == call.record().partition()
                        && action.offset() == call.record().offset());
        return troubled && (discards || told || acknowledged.contains(call.record()));
    }

    private void accepted(TopicPartition partition, OffsetAndMetadata before, OffsetAndMetadata offset, boolean start) {
        oracle.accepted(partition, before, offset, start);
    }

    private Map<TopicPartition, Assignment> assignments() {
        return source.assignments();
    }

    private TopicPartition partition(int where) {
        return broker.partitions.get(Math.floorMod(where, PARTITIONS));
    }

    /** What a poll loop says, on its way to the source. */
    private final class Heard implements PollLoop.Events {
        @Override
        public void started(Map<TopicPartition, PollLoop.Started> partitions) {
            partitions.forEach(oracle::resumes);
            source.started(partitions);
            context.runOnContext(v -> partitions.forEach((partition, start) -> {
                Assignment assignment = assignments().get(partition);
                if (assignment != null) {
                    oracle.started(assignment, start);
                }
            }));
        }

        /** The poll thread waits; everything else goes on. */
        @Override
        public Future<Map<TopicPartition, OffsetAndMetadata>> revoking(Collection<TopicPartition> partitions) {
            CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> answer = source.revoking(partitions);
            context.runOnContext(v -> partitions.forEach(partition -> {
                SourceOracle.View view = oracle.current(partition);
                if (view != null) {
                    view.draining = true;
                }
            }));
            for (int i = 0; !answer.isDone(); i++) {
                assertThat(i).as("rounds of a drain").isLessThan(100_000);
                if (loops.runOne(i * 5 + drainStyle)) {
                    continue;
                }
                if (drainStyle % 3 == 0) {
                    advance(500);
                } else {
                    land(i, drainStyle % 3 == 1 ? Outcome.COMPLETED : Outcome.retry(Outcome.Fault.RECORD, "drained"));
                    advance(10);
                }
            }
            for (TopicPartition partition : partitions) {
                Assignment assignment = assignments().get(partition);
                if (assignment != null && assignment.state() != Fence.State.DEAD) {
                    oracle.say(oracle.current(partition));
                }
            }
            return answer;
        }

        @Override
        public void revoked(Collection<TopicPartition> partitions) {
            source.revoked(partitions);
            context.runOnContext(v -> partitions.forEach(this::end));
        }

        @Override
        public void lost(Collection<TopicPartition> partitions) {
            source.lost(partitions);
            context.runOnContext(v -> partitions.forEach(this::end));
        }

        private void end(TopicPartition partition) {
            SourceOracle.View view = oracle.current(partition);
            if (view != null) {
                view.ended = true;
            }
        }

        @Override
        public void looked(Map<TopicPartition, Long> positions, Map<TopicPartition, Long> ends) {
            context.runOnContext(v -> positions.forEach((partition, position) -> {
                Assignment assignment = assignments().get(partition);
                SourceOracle.View view = oracle.current(partition);
                if (assignment != null && view != null && !view.ended && !view.draining && assignment.current()) {
                    view.next = Math.max(view.next, position);
                }
            }));
            source.looked(positions, ends);
        }

        @Override
        public void problem(String reason) {
            source.problem(reason);
        }

        @Override
        public void outOfRange(int partitions) {
            source.outOfRange(partitions);
        }
    }

    /** Faults stop; everything must finish. */
    void finish() {
        networkCut(false);
        desire(false);
        Set<TopicPartition> all = new HashSet<>(broker.partitions);
        for (int round = 0; round < 600; round++) {
            runAll();
            broker.toTake.clear();
            if (!broker.ours.containsAll(all) && broker.toGive.isEmpty()) {
                broker.toGive.addAll(all);
            }
            poll();
            runAll();
            for (ModelInvoker invoker : invokers) {
                while (invoker.begin(0)) {
                    runAll();
                }
                while (invoker.land(0, Outcome.COMPLETED)) {
                    runAll();
                }
            }
            while (!letters.isEmpty()) {
                letter(0, true);
            }
            if (round % 10 == 9) {
                act(round, true);
            }
            tick();
            runAll();
            while (broker.commitsUnderWay()) {
                network();
                poll();
                runAll();
            }
            if (oracle.finished()) {
                settled();
                return;
            }
            advance(200);
        }
        throw new AssertionError("not everything finished: " + oracle);
    }

    private void settled() {
        // What an ended assignment left parked or settling goes at its next look.
        for (int i = 0; i < 200 && held() > 0; i++) {
            letter(0, true);
            advance(200);
            runAll();
            invokers.forEach(invoker -> invoker.begin(0));
            runAll();
        }
        for (Runner runner : runners) {
            assertThat(runner.troubled()).isEmpty();
        }
        assertThat(held()).as("invocations left").isZero();
        assertThat(process.bytes()).as("bytes left").isZero();
        assertThat(process.records()).as("records left").isZero();
    }

    private long held() {
        return runners.stream().mapToLong(VirtualRunner::held).sum();
    }

    @Override
    public void close() {
        loop.close();
    }
}
