package dev.keyway.gateway.source;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.gateway.commit.Part;
import dev.keyway.gateway.dispatch.Fence;
import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.dispatch.Route;
import dev.keyway.gateway.dispatch.Runner;
import dev.keyway.gateway.slot.Orders;
import dev.keyway.gateway.slot.Slot;
import dev.keyway.gateway.slot.SlotCompletion;
import dev.keyway.gateway.slot.SlotHost;
import dev.keyway.gateway.slot.SlotInvocation;
import dev.keyway.gateway.slot.SlotScope;
import dev.keyway.gateway.state.Shard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Gives the records of the inbox to their slots, each of which is restored when its partition is assigned. */
final class SlotIntake implements Intake {
    private static final Logger LOG = LoggerFactory.getLogger(SlotIntake.class);
    private static final long RESTORE_RETRY_MS = 2_000;
    private static final long TRIM_MS = 60_000;
    private static final Forwarding.InvalidRecords UNREADABLE =
            new Forwarding.InvalidRecords(OnFailure.PAUSE, Level.ERROR, null);

    private final Vertx vertx;
    private final Route route;
    private final Origin origin;
    private final SlotWay way;
    private final SlotScope scope;
    private final Events events;
    private final Map<Part, Slot> slots;
    private final Map<Assignment, Slot> byAssignment = new LinkedHashMap<>();
    private final Map<Integer, Future<Void>> released = new HashMap<>();
    private SlotCommitter committer;
    private long trimmedAt = System.currentTimeMillis();
    private boolean trimming;

    /** What the source hears. */
    interface Events {
        /** A slot cannot be restored, or {@code null} when all can. */
        void problem(String reason);

        /** The source has to begin anew. */
        void broken(String reason);
    }

    /** @param slots where those that are owned are kept for the committer */
    SlotIntake(Vertx vertx, Route route, Origin origin, SlotWay way, Map<Part, Slot> slots, Events events) {
        this.vertx = vertx;
        this.route = route;
        this.origin = origin;
        this.way = way;
        this.slots = slots;
        this.events = events;
        this.scope = new SlotScope(
                origin.id(),
                way.topics().inbox(),
                way.slots(),
                way.functions(),
                way.handlers(),
                way.policies(),
                Orders.of(way.handlers().registry()),
                way.ids(),
                origin.sink(),
                origin.egresses(),
                origin.home(),
                origin.outflow(),
                origin.meters(),
                way.limits(),
                System::currentTimeMillis);
    }

    /** Once, before the first record. */
    void commitsTo(SlotCommitter to) {
        committer = to;
    }

    @Override
    public void begin(Assignment assignment) {
        int number = assignment.partition().partition();
        Slot slot = new Slot(number, scope, new Host(assignment));
        byAssignment.put(assignment, slot);
        slots.put(assignment, slot);
        assignment.accompanied(new Assignment.Companion() {
            @Override
            public List<ProducerRecord<byte[], byte[]>> at(OffsetAndMetadata offset) {
                return slot.companions(offset.offset());
            }

            @Override
            public void returned() {
                slot.returned();
            }
        });
        released.getOrDefault(number, Future.succeededFuture()).onComplete(v -> restore(slot));
    }

    /** The offsets have been fetched before the assignment began, so that the shard is never older than they are. */
    private void restore(Slot slot) {
        if (slot.ended()) {
            return;
        }
        way.shards()
                .assign(slot.number(), CompletableFuture.completedFuture(null))
                .onComplete(assigned -> {
                    if (slot.ended()) {
                        return;
                    }
                    if (assigned.succeeded()) {
                        events.problem(null);
                        restored(slot, assigned.result());
                        return;
                    }
                    LOG.atWarn()
                            .addKeyValue("slot", slot.number())
                            .addKeyValue("cause", assigned.cause().toString())
                            .log("Slot not restored, will try again");
                    events.problem("slot " + slot.number() + " cannot be restored: "
                            + assigned.cause().getMessage());
                    vertx.setTimer(RESTORE_RETRY_MS, id -> restore(slot));
                });
    }

    private static void restored(Slot slot, Shard shard) {
        slot.restored(shard);
    }

    @Override
    public int copies(Assignment assignment) {
        return 1;
    }

    @Override
    public void known(Assignment assignment, ConsumerRecord<byte[], byte[]> record) {
        byAssignment.get(assignment).arrived(record, -1, 0);
    }

    @Override
    public void take(Assignment assignment, ConsumerRecord<byte[], byte[]> record, long index, int bytes) {
        byAssignment.get(assignment).arrived(record, index, bytes);
    }

    @Override
    public void flush() {
        byAssignment.values().forEach(Slot::flush);
    }

    /** Invocations have ended on their runners. */
    void done(List<Invocation> done) {
        Map<Slot, List<SlotInvocation>> bySlot = new IdentityHashMap<>();
        for (Invocation invocation : done) {
            if (invocation instanceof SlotInvocation batch) {
                bySlot.computeIfAbsent(batch.slot(), slot -> new ArrayList<>()).add(batch);
            } else {
                misfit((RecordInvocation) invocation);
            }
        }
        bySlot.forEach(Slot::landed);
    }

    private void misfit(RecordInvocation record) {
        Slot slot = byAssignment.get(record.assignment());
        if (slot != null) {
            committer.done(
                    List.of(SlotCompletion.of(record.assignment(), record.index(), record.bytes(), record.effects())));
        }
    }

    @Override
    public Future<Void> drain(List<Assignment> revoked) {
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> landed(List<Assignment> revoked) {
        List<Future<Void>> quiet = new ArrayList<>();
        for (Assignment assignment : revoked) {
            Slot slot = byAssignment.get(assignment);
            if (slot != null) {
                quiet.add(slot.drain());
            }
        }
        return Future.join(quiet).mapEmpty();
    }

    @Override
    public void tick() {
        byAssignment.forEach((assignment, slot) -> slot.tick(assignment.pressed()));
        trim();
    }

    private void trim() {
        long now = System.currentTimeMillis();
        if (trimming || now - trimmedAt < TRIM_MS) {
            return;
        }
        trimmedAt = now;
        Map<Integer, Long> committed = new HashMap<>();
        byAssignment.keySet().forEach(assignment -> {
            if (assignment.current()) {
                committed.put(assignment.partition().partition(), assignment.committed());
            }
        });
        if (committed.isEmpty()) {
            return;
        }
        trimming = true;
        vertx.executeBlocking(() -> {
                    way.trim().trim(committed);
                    return null;
                })
                .onComplete(trimmed -> {
                    trimming = false;
                    if (trimmed.failed()) {
                        LOG.atWarn()
                                .addKeyValue("topic", way.topics().inbox())
                                .addKeyValue("cause", trimmed.cause().toString())
                                .log("What is done is not deleted from the inbox yet");
                    }
                });
    }

    @Override
    public void drop(Assignment assignment) {
        Slot slot = byAssignment.remove(assignment);
        slots.remove(assignment);
        if (slot != null) {
            slot.end();
            released.put(slot.number(), way.shards().release(slot.number()));
        }
    }

    @Override
    public Future<Void> close() {
        List.copyOf(byAssignment.keySet()).forEach(this::drop);
        return Future.join(List.copyOf(released.values())).mapEmpty();
    }

    /** The source as one slot sees it. */
    private final class Host implements SlotHost {
        private final Assignment assignment;

        Host(Assignment assignment) {
            this.assignment = assignment;
        }

        @Override
        public Part part() {
            return assignment;
        }

        @Override
        public Fence fence() {
            return assignment;
        }

        @Override
        public int epoch() {
            return assignment.headers().epoch();
        }

        @Override
        public void submit(List<SlotInvocation> batches) {
            Map<Runner, List<SlotInvocation>> byRunner = new IdentityHashMap<>();
            for (SlotInvocation batch : batches) {
                Runner runner = route.runner(true, batch.owner(), batch.mailboxId());
                byRunner.computeIfAbsent(runner, absent -> new ArrayList<>()).add(batch);
            }
            byRunner.forEach(Runner::submit);
        }

        @Override
        public void complete(List<SlotCompletion> completions) {
            if (!completions.isEmpty()) {
                committer.done(completions);
            }
        }

        @Override
        public void withdraw(Set<SlotCompletion> completions) {
            committer.withdraw(completions);
        }

        @Override
        public void took(int records, long bytes) {
            assignment.took(records, bytes);
        }

        @Override
        public void left(int records, long bytes) {
            assignment.done(records, bytes);
        }

        @Override
        public void putAside(SlotInvocation batch) {
            batch.runner().context().runOnContext(v -> batch.putAside());
        }

        @Override
        public void unreadable(ConsumerRecord<byte[], byte[]> record, long index, int bytes, String reason) {
            Misfit misfit = new Misfit(assignment, record, index, bytes, reason, UNREADABLE);
            route.runner(false, origin.mailboxOwner(), misfit.mailboxKey()).submit(List.of(misfit));
        }

        @Override
        public void after(long millis, Runnable action) {
            vertx.setTimer(Math.max(1, millis), id -> action.run());
        }

        @Override
        public void broken(String reason) {
            LOG.atError()
                    .addKeyValue("slot", assignment.partition().partition())
                    .addKeyValue("cause", reason)
                    .log("Slot failed");
            events.broken(reason);
        }
    }
}
