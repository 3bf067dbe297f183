package dev.keyway.gateway.source;

import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.port.RuntimeView.SubscriptionStatus;
import dev.keyway.gateway.commit.Lane;
import dev.keyway.gateway.commit.Part;
import dev.keyway.gateway.commit.ProducerLane;
import dev.keyway.gateway.commit.TransactionSettings;
import dev.keyway.gateway.dispatch.CompletionSink;
import dev.keyway.gateway.dispatch.Fence;
import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.dispatch.Route;
import dev.keyway.gateway.egress.DeadLetters;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.metrics.SourceMeters;
import dev.keyway.gateway.slot.Slot;
import dev.keyway.ordering.SharedPressure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.kafka.client.consumer.KafkaReadStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one consumer: its partitions, trackers, pauses and commits. Records leave it in batches, one hop per runner and
 * batch; what is done comes back in batches too.
 */
class SourceVerticle extends VerticleBase implements PollLoop.Events {
    private static final Logger LOG = LoggerFactory.getLogger(SourceVerticle.class);
    private static final long MAX_POLL_MS = 1_000;
    private static final long OPEN_RETRY_MS = 1_000;
    static final int RECORD_OVERHEAD = 256;
    /** A partition that fell silent behind a burst does not trim its tracker by itself. */
    private static final int TICKS_PER_TRIM = 10;

    private final SourceSpec spec;
    private final Route route;
    private final SharedPressure process;
    private final SourceMeters meters;
    private final Map<TopicPartition, Assignment> assignments = new HashMap<>();
    private final Set<Subscription.KeyAction> appliedActions = new HashSet<>();
    private final SourceReport report;
    private final Consumer<String> onFailed;
    private Origin origin;
    private PollLoop consumer;
    private KafkaReadStream<byte[], byte[]> stream;
    private Committer<?> committer;
    private Committer<RecordInvocation> records;
    private Lane lane;
    private SourceSpec newest;
    private volatile TransactionSettings transactions;
    private DeadLetters deadLetters;
    private Intake intake;
    private SlotIntake slots;
    private TopicIds topicIds;
    private boolean everAssigned;
    private String problem;
    private String transactionProblem;
    private boolean closing;
    private String inboxProblem;
    private long pressureTimer = -1;
    private int ticks;

    SourceVerticle(SourceSpec spec, Route route, SharedPressure process, SourceMeters meters) {
        this(spec, route, process, meters, reason -> {});
    }

    /** @param onFailed hears on this verticle's context why the source can never go on */
    SourceVerticle(
            SourceSpec spec, Route route, SharedPressure process, SourceMeters meters, Consumer<String> onFailed) {
        this.onFailed = onFailed;
        this.spec = spec;
        this.newest = spec;
        this.route = route;
        this.process = process;
        this.meters = meters;
        this.report = new SourceReport(assignments, meters);
    }

    @Override
    public Future<?> start() {
        deadLetters = new DeadLetters(vertx, spec.subscription().id(), spec.connection());
        CompletionSink sink = sink();
        appliedActions.addAll(spec.subscription().desired().keyActions());
        if (spec.transactional()) {
            openLane();
        }
        return vertx.executeBlocking(() -> {
                    Membership membership = Membership.of(spec.consumer(), spec.connection());
                    if (spec.forwarding() != null) {
                        topicIds = new TopicIds(spec.connection());
                    }
                    return membership;
                })
                .compose(membership -> {
                    Origin shared = new Origin(
                            spec.subscription(),
                            spec.mailboxOwner(),
                            spec.config(),
                            meters,
                            deadLetters,
                            sink,
                            membership);
                    return vertx.executeBlocking(() -> new PollLoop(spec.consumer(), shared, this, spec.revokeMillis()))
                            .onSuccess(loop -> own(shared, loop));
                })
                .compose(this::openTransactions)
                .compose(loop -> {
                    stream = KafkaReadStream.create(vertx, loop);
                    stream.pollTimeout(
                            Duration.ofMillis(Math.min(MAX_POLL_MS, ConsumerSettings.beat(spec.consumer()))));
                    stream.exceptionHandler(failure -> LOG.atWarn()
                            .addKeyValue("subscription", origin.id())
                            .addKeyValue("cause", failure.toString())
                            .log("Consumer failed"));
                    stream.batchHandler(this::onBatch);
                    vertx.setPeriodic(spec.config().consumer().commitInterval().toMillis(), id -> tick());
                    return stream.subscribe(spec.topics());
                })
                .onFailure(failure -> {
                    deadLetters.close();
                    closeTopicIds();
                    if (lane != null) {
                        lane.close();
                    }
                    if (consumer != null && stream == null) {
                        vertx.executeBlocking(() -> {
                            consumer.close();
                            return null;
                        });
                    }
                });
    }

    /** Before the consumer joins: what an earlier life left open would keep the offsets from everybody. */
    private Future<PollLoop> openTransactions(PollLoop loop) {
        if (lane == null) {
            return Future.succeededFuture(loop);
        }
        return lane.open().map(v -> {
            ((TransactionCommitter<?>) committer).ready();
            return loop;
        });
    }

    private RecordTransactions transactions(OffsetCommitter before) {
        return new RecordTransactions(
                vertx,
                context,
                origin,
                consumer,
                assignments,
                route,
                spec,
                transactions,
                lane,
                before,
                new TransactionEvents());
    }

    private void openLane() {
        transactions = newest.transactions();
        lane = lane(transactions);
    }

    /** Where its transactions run. */
    Lane lane(TransactionSettings settings) {
        String followed = spec.slots() == null ? null : spec.slots().topics().changelog();
        return new ProducerLane(spec.subscription().id(), settings, spec.connection(), followed);
    }

    /** The settings of its transactions, {@code null} while it has none. Any thread. */
    TransactionSettings transactionsInUse() {
        return transactions;
    }

    /** With the first effect: offsets alone are committed no more, once what is under way has ended. */
    private void turnTransactional() {
        openLane();
        OffsetCommitter before = (OffsetCommitter) committer;
        RecordTransactions next = transactions(before);
        committer = next;
        records = next;
        before.end(() -> openLater(next));
    }

    private void openLater(RecordTransactions next) {
        lane.open()
                .onComplete(opened -> context.runOnContext(v -> {
                    if (opened.succeeded()) {
                        transactionProblem = null;
                        next.ready();
                    } else if (!closing) {
                        transactionProblem =
                                "transactions cannot begin: " + opened.cause().getMessage();
                        LOG.atWarn()
                                .addKeyValue("subscription", origin.id())
                                .addKeyValue("cause", opened.cause().toString())
                                .log("Transactions cannot begin, will try again");
                        vertx.setTimer(OPEN_RETRY_MS, id -> openLater(next));
                    }
                }));
    }

    /** Where runners report what is done. */
    CompletionSink sink() {
        return new CompletionSink(context, route.runners().size()) {
            @Override
            protected void onDone(List<Invocation> done) {
                SourceVerticle.this.onDone(done);
            }
        };
    }

    /** The consumer whose partitions this source holds from now on. */
    void own(Origin theOrigin, PollLoop loop) {
        origin = theOrigin;
        origin.target(spec.target());
        origin.forwarding(spec.forwarding(), topicIds);
        origin.writesTo(spec.egresses(), spec.connection());
        consumer = loop;
        if (spec.slots() != null) {
            ownSlots(loop);
            return;
        }
        records = lane == null ? new OffsetCommitter(origin, context, loop, assignments) : transactions(null);
        committer = records;
        intake = spec.forwarding() == null
                ? new DirectIntake(route, spec.exclusive(), origin.mailboxOwner())
                : new ForwardIntake(vertx, context, origin, route, new InboxEvents());
    }

    private void ownSlots(PollLoop loop) {
        Map<Part, Slot> owned = new IdentityHashMap<>();
        SlotCommitter transactional = new SlotCommitter(
                vertx,
                context,
                origin,
                loop,
                assignments,
                spec,
                lane,
                new TransactionEvents(),
                owned,
                spec.slots().topics().changelog());
        slots = new SlotIntake(vertx, route, origin, spec.slots(), owned, new SlotEvents());
        slots.commitsTo(transactional);
        committer = transactional;
        intake = slots;
    }

    /** What is owned now. Own context. */
    Map<TopicPartition, Assignment> assignments() {
        return assignments;
    }

    /** Once per commit interval. */
    void tick() {
        committer.tick();
        intake.tick();
        pressAll();
        if (++ticks % TICKS_PER_TRIM == 0) {
            assignments.values().forEach(assignment -> assignment.tracker().trim());
        }
        report.publish();
    }

    /** Drains, commits and leaves the group: closing the consumer revokes its partitions. */
    @Override
    public Future<?> stop() {
        if (stream == null) {
            return deadLetters == null ? Future.succeededFuture() : deadLetters.close();
        }
        closing = true;
        return stream.close()
                .eventually(intake::close)
                .eventually(deadLetters::close)
                .eventually(this::closeTopicIds)
                .eventually(() -> committer.close())
                .eventually(() -> {
                    meters.close();
                    return Future.succeededFuture();
                });
    }

    private Future<Void> closeTopicIds() {
        return topicIds == null
                ? Future.succeededFuture()
                : vertx.executeBlocking(() -> {
                    topicIds.close();
                    return null;
                });
    }

    /** What one poll brought. */
    void onBatch(ConsumerRecords<byte[], byte[]> records) {
        long now = System.currentTimeMillis();
        for (TopicPartition partition : records.partitions()) {
            Assignment assignment = assignments.get(partition);
            if (assignment != null && assignment.state() == Fence.State.LIVE) {
                onPartition(assignment, records.records(partition), now);
                if (records.nextOffsets().containsKey(partition)) {
                    assignment
                            .tracker()
                            .position(records.nextOffsets().get(partition).offset());
                }
                press(assignment);
            }
        }
        intake.flush();
    }

    private void onPartition(Assignment assignment, List<ConsumerRecord<byte[], byte[]>> records, long now) {
        int copies = intake.copies(assignment);
        int taken = 0;
        long bytes = 0;
        for (int i = 0; i < records.size(); i++) {
            ConsumerRecord<byte[], byte[]> record = records.get(i);
            long index = assignment.tracker().arrive(record.offset(), now);
            if (index < 0) {
                intake.known(assignment, record);
                continue;
            }
            int size = (int) Math.min(Integer.MAX_VALUE, (long) copies * size(record));
            taken++;
            bytes += size;
            intake.take(assignment, record, index, size);
        }
        assignment.took(taken, bytes);
        meters.received(taken);
    }

    private static int size(ConsumerRecord<byte[], byte[]> record) {
        return RECORD_OVERHEAD
                + Math.max(0, record.serializedKeySize())
                + Math.max(0, record.serializedValueSize())
                + headerBytes(record.headers());
    }

    static int headerBytes(Headers headers) {
        int size = 0;
        for (Header header : headers) {
            size += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return size;
    }

    void onDone(List<Invocation> done) {
        if (slots != null) {
            slots.done(done);
            pressAll();
            return;
        }
        List<RecordInvocation> owned = new ArrayList<>(done.size());
        boolean effects = false;
        for (int i = 0; i < done.size(); i++) {
            RecordInvocation invocation = (RecordInvocation) done.get(i);
            Assignment assignment = invocation.assignment();
            if (assignments.get(assignment.partition()) == assignment) {
                owned.add(invocation);
                effects |= !invocation.effects().isEmpty();
            }
        }
        if (effects && !origin.transactional()) {
            turnTransactional();
        }
        records.done(owned);
        pressAll();
    }

    private void pressAll() {
        for (Assignment assignment : assignments.values()) {
            press(assignment);
        }
    }

    /** Pauses or resumes the partition when it crosses a bound. */
    private void press(Assignment assignment) {
        boolean over = assignment.overBound();
        if (over == assignment.pressed()) {
            return;
        }
        assignment.pressed(over);
        if (over) {
            consumer.executeAfterPoll(() -> consumer.pressed(assignment, true));
        } else {
            consumer.execute(() -> consumer.pressed(assignment, false));
        }
        if (over && pressureTimer < 0) {
            // Another source may be what fills the process: look again without a completion of our own.
            pressureTimer = vertx.setPeriodic(100, id -> releasePressure());
        }
    }

    private void releasePressure() {
        boolean any = false;
        for (Assignment assignment : assignments.values()) {
            if (assignment.pressed()) {
                press(assignment);
                any |= assignment.pressed();
            }
        }
        if (!any) {
            vertx.cancelTimer(pressureTimer);
            pressureTimer = -1;
        }
    }

    @Override
    public void started(Map<TopicPartition, PollLoop.Started> partitions) {
        context.runOnContext(v -> partitions.forEach((partition, start) -> {
            everAssigned = true;
            kill(assignments.remove(partition));
            Assignment assignment =
                    new Assignment(origin, partition, start, route.runners().size(), process);
            assignments.put(partition, assignment);
            intake.begin(assignment);
        }));
    }

    @Override
    public CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> revoking(Collection<TopicPartition> partitions) {
        CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> answer = new CompletableFuture<>();
        context.runOnContext(v -> {
            // A seek that is under way has ended an assignment already; what it did is not to be committed any more.
            List<Assignment> revoked = owned(partitions);
            revoked.removeIf(assignment -> assignment.state() == Fence.State.DEAD);
            revoked.forEach(assignment -> assignment.state(Fence.State.DRAINING));
            Future<Void> calls = Drains.run(vertx, route.runners(), revoked, spec.drainMillis());
            Future<Void> forwards = Drains.within(vertx, intake.drain(revoked), spec.drainMillis());
            Future.join(calls, forwards).onComplete(drained -> {
                if (drained.failed()) {
                    meters.drainTimedOut();
                }
                Drains.within(vertx, intake.landed(revoked), spec.drainMillis())
                        .otherwiseEmpty()
                        .compose(settled -> committer.revoke(revoked))
                        .onComplete(answered ->
                                answer.complete(answered.otherwise(Map.of()).result()));
            });
        });
        return answer;
    }

    @Override
    public void revoked(Collection<TopicPartition> partitions) {
        context.runOnContext(v -> partitions.forEach(partition -> kill(assignments.remove(partition))));
    }

    @Override
    public void lost(Collection<TopicPartition> partitions) {
        // Origin.lost() has fenced all of them on the poll thread already; here they are cleared away.
        context.runOnContext(v -> {
            List<Assignment> gone = owned(partitions);
            meters.lost(gone.size());
            partitions.forEach(partition -> kill(assignments.remove(partition)));
            route.runners().forEach(runner -> runner.context().runOnContext(w -> runner.abandon(gone)));
        });
    }

    private List<Assignment> owned(Collection<TopicPartition> partitions) {
        List<Assignment> owned = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            Assignment assignment = assignments.get(partition);
            if (assignment != null) {
                owned.add(assignment);
            }
        }
        return owned;
    }

    private void kill(Assignment assignment) {
        if (assignment == null) {
            return;
        }
        assignment.state(Fence.State.DEAD);
        assignment.release();
        intake.drop(assignment);
        Set<Assignment> dead = Set.of(assignment);
        route.runners().forEach(runner -> runner.context().runOnContext(v -> runner.drain(dead, () -> {})));
    }

    @Override
    public void looked(Map<TopicPartition, Long> positions, Map<TopicPartition, Long> ends) {
        context.runOnContext(v -> {
            report.logEnds(ends);
            positions.forEach((partition, position) -> {
                Assignment assignment = assignments.get(partition);
                if (assignment != null && assignment.current()) {
                    assignment.tracker().position(position);
                }
            });
        });
    }

    @Override
    public void problem(String reason) {
        context.runOnContext(v -> problem = reason);
    }

    @Override
    public void outOfRange(int partitions) {
        meters.outOfRange(partitions);
    }

    /** Applies a spec that needs no restart. Any context. */
    void apply(SourceSpec newest) {
        context.runOnContext(v -> {
            this.newest = newest;
            update(newest.subscription(), newest.target());
        });
    }

    private void update(Subscription newest, Target target) {
        int before = origin.subscription().seekEpoch();
        boolean wasPaused = origin.paused();
        origin.target(target);
        origin.update(newest);
        if (newest.seekEpoch() > before) {
            Subscription.Seek seek = newest.desired().seek();
            Set<TopicPartition> ended = new HashSet<>();
            for (Assignment assignment : assignments.values()) {
                if (seek.moves(
                        assignment.partition().topic(), assignment.partition().partition(), before)) {
                    assignment.state(Fence.State.DEAD);
                    ended.add(assignment.partition());
                } else {
                    assignment.seekEpoch(newest.seekEpoch());
                }
            }
            List<Assignment> moved = new ArrayList<>(assignments.values());
            moved.removeIf(assignment -> assignment.state() != Fence.State.DEAD);
            committer.whenFree(moved, () -> consumer.execute(() -> consumer.reposition(ended, seek, before)));
        }
        if (origin.paused() != wasPaused) {
            consumer.execute(consumer::applyPauses);
        }
        List<Subscription.KeyAction> actions = newest.desired().keyActions().stream()
                .filter(action -> !appliedActions.contains(action))
                .toList();
        appliedActions.retainAll(newest.desired().keyActions());
        appliedActions.addAll(actions);
        for (Subscription.KeyAction action : actions) {
            route.runners()
                    .forEach(runner -> runner.context().runOnContext(v -> KeyActions.apply(runner, origin, action)));
        }
    }

    /** The state on this instance. Any context. */
    Future<SubscriptionStatus> status(Map<TopicPartition, Integer> blocked) {
        Promise<SubscriptionStatus> promise = Promise.promise();
        context.runOnContext(v -> promise.complete(report.status(origin, firstProblem(), everAssigned, blocked)));
        return promise.future();
    }

    private String firstProblem() {
        if (problem != null) {
            return problem;
        }
        return transactionProblem != null ? transactionProblem : inboxProblem;
    }

    /** What transactions tell. */
    private final class TransactionEvents implements TransactionCommitter.Events {
        @Override
        public void relieved() {
            pressAll();
        }

        @Override
        public void problem(String reason) {
            transactionProblem = reason;
        }

        @Override
        public void failed(String reason) {
            onFailed.accept(reason);
        }
    }

    /** What slots tell. */
    private final class SlotEvents implements SlotIntake.Events {
        @Override
        public void problem(String reason) {
            inboxProblem = reason;
        }

        @Override
        public void broken(String reason) {
            onFailed.accept(reason);
        }
    }

    /** What the way to the inbox tells. */
    private final class InboxEvents implements ForwardIntake.Events {
        @Override
        public void progressed() {
            pressAll();
        }

        @Override
        public void problem(String reason) {
            if (reason != null) {
                LOG.atWarn()
                        .addKeyValue("subscription", origin.id())
                        .addKeyValue("cause", reason)
                        .log("Records not forwarded, will try again");
            }
            inboxProblem = reason;
        }
    }
}
