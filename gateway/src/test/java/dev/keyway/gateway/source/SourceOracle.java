package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.fixture.VirtualLoops;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.ordering.OffsetMetadata;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What a source must do, said with plain sets; every rule throws with the record, the key and the partition. */
final class SourceOracle {

    /** What a commit said: everything done of the log at and above its offset, in log order. */
    private record Said(long offset, int epoch, Set<Long> above) {}

    /** One assignment as it should be. */
    static final class View {
        final TopicPartition partition;
        final long start;
        final int losses;
        final Set<Long> restored = new TreeSet<>();
        final TreeMap<Long, ByteBuffer> arrived = new TreeMap<>();
        final Map<Long, RecordInvocation> begun = new HashMap<>();
        final Set<Long> reported = new HashSet<>();
        final List<Said> said = new ArrayList<>();
        int epoch;
        long next;
        boolean draining;
        boolean ended;
        boolean full;
        boolean pressed;

        View(TopicPartition partition, PollLoop.Started started) {
            this.partition = partition;
            this.start = started.position();
            this.next = started.position();
            this.epoch = started.seekEpoch();
            this.losses = started.losses();
        }

        private int unfinished() {
            return arrived.size() - reported.size();
        }

        private long committable() {
            for (long offset : arrived.keySet()) {
                if (!reported.contains(offset)) {
                    return offset;
                }
            }
            return next;
        }

        /** Records from the oldest unfinished one to the newest. */
        private int span() {
            return arrived.tailMap(committable(), true).size();
        }
    }

    private final VirtualLoops loops;
    private final ModelBroker broker;
    private final KeywayConfig.Limits limits;
    private final Predicate<RecordInvocation> policyEnds;
    private final Map<Assignment, View> views = new IdentityHashMap<>();
    private final Map<TopicPartition, View> current = new HashMap<>();
    private final Map<ByteBuffer, RecordInvocation> flying = new HashMap<>();
    private final Set<RecordInvocation> answeredWell = new HashSet<>();
    /** All records that ever were, also those that compaction or retention took. */
    private final Map<TopicPartition, Set<Long>> everInLog = new HashMap<>();

    private final Map<TopicPartition, Set<Long>> saidDone = new HashMap<>();

    /** @param policyEnds whether something besides a good answer may have ended a record */
    SourceOracle(
            VirtualLoops loops,
            ModelBroker broker,
            KeywayConfig.Limits limits,
            Predicate<RecordInvocation> policyEnds) {
        this.loops = loops;
        this.broker = broker;
        this.limits = limits;
        this.policyEnds = policyEnds;
    }

    void produced(TopicPartition partition, long offset) {
        everInLog.computeIfAbsent(partition, p -> new TreeSet<>()).add(offset);
    }

    View current(TopicPartition partition) {
        return current.get(partition);
    }

    void started(Assignment assignment, PollLoop.Started started) {
        TopicPartition partition = assignment.partition();
        View before = current.get(partition);
        if (before != null) {
            before.ended = true;
        }
        View view = new View(partition, started);
        OffsetMetadata.Completions completions = started.completions();
        for (long offset : everInLog.getOrDefault(partition, Set.of())) {
            if (completions != null && offset >= view.start && completions.contains(offset - view.start)) {
                view.restored.add(offset);
            }
        }
        current.put(partition, view);
        views.put(assignment, view);
    }

    void arrived(View view, long offset, byte[] key) {
        view.next = Math.max(view.next, offset + 1);
        if (offset < view.start || view.restored.contains(offset)) {
            return;
        }
        view.arrived.put(offset, ByteBuffer.wrap(key));
    }

    /** The bounds after a batch, or after completions: pressed at the high mark, let go at half of it. */
    void pressure(Assignment assignment, boolean looked) {
        View view = views.get(assignment);
        int held = view.unfinished();
        view.full = view.full ? held > limits.partitionRecords() / 2 : held >= limits.partitionRecords();
        if (looked || view.pressed) {
            int span = view.span();
            view.pressed =
                    view.full || span >= limits.partitionSpan() || (view.pressed && span > limits.partitionSpan() / 2);
        }
        assertThat(assignment.pressed())
                .as(
                        "%s holds %d records, span %d, of %d and %d: paused",
                        view.partition, held, view.span(), limits.partitionRecords(), limits.partitionSpan())
                .isEqualTo(view.pressed);
        assertThat(held)
                .as("records held of %s", view.partition)
                .isLessThan(limits.partitionRecords() + ModelBroker.MAX_POLL_RECORDS);
        assertThat(view.span())
                .as("span of %s", view.partition)
                .isLessThan(limits.partitionSpan() + ModelBroker.MAX_POLL_RECORDS);
    }

    void begun(RecordInvocation call, boolean paused, int losses) {
        View view = views.get(call.assignment());
        long offset = call.record().offset();
        ByteBuffer key = ByteBuffer.wrap(call.mailboxKey());
        String what = call.coordinates() + ", key " + call.mailboxKey()[0];
        assertThat(broker.expelled())
                .as("%s starts, and the session is over", what)
                .isFalse();
        assertThat(view.losses).as("%s starts after its loss", what).isEqualTo(losses);
        assertThat(view.ended || view.draining)
                .as("%s starts although its assignment ended", what)
                .isFalse();
        assertThat(paused).as("%s starts although paused", what).isFalse();
        assertThat(flying.get(key))
                .as("%s starts beside another of its key", what)
                .isNull();
        flying.put(key, call);
        assertThat(view.reported).as("%s starts again when done", what).doesNotContain(offset);
        assertThat(view.arrived).as("%s was never delivered", what).containsKey(offset);
        view.arrived.headMap(offset).forEach((earlier, earlierKey) -> {
            if (earlierKey.equals(key)) {
                RecordInvocation before = view.begun.get(earlier);
                assertThat(before != null && before.state() == Invocation.State.DONE && ended(before))
                        .as("%s starts when %d of its key is done", what, earlier)
                        .isTrue();
            }
        });
        view.begun.put(offset, call);
    }

    void landed(RecordInvocation call, Outcome outcome) {
        ByteBuffer key = ByteBuffer.wrap(call.mailboxKey());
        assertThat(flying.remove(key)).isSameAs(call);
        if (outcome.kind() == Outcome.Kind.COMPLETED || outcome.kind() == Outcome.Kind.DISCARD) {
            answeredWell.add(call);
        }
    }

    private boolean ended(RecordInvocation call) {
        return answeredWell.contains(call) || policyEnds.test(call);
    }

    /** A runner reported the record. */
    void reported(RecordInvocation call) {
        View view = views.get(call.assignment());
        assertThat(ended(call))
                .as("%s is reported as done, and nothing ended it", call.coordinates())
                .isTrue();
        if (view == current.get(view.partition) && !view.ended) {
            view.reported.add(call.record().offset());
        }
    }

    /** What a commit of this moment must say. */
    void say(View view) {
        long base = view.committable();
        Set<Long> above = new TreeSet<>();
        for (long offset : everInLog.getOrDefault(view.partition, Set.of())) {
            if (offset >= base && (view.restored.contains(offset) || view.reported.contains(offset))) {
                above.add(offset);
            }
        }
        Said said = new Said(base, view.epoch, above);
        if (view.said.isEmpty() || !view.said.get(view.said.size() - 1).equals(said)) {
            view.said.add(said);
        }
    }

    void accepted(TopicPartition partition, OffsetAndMetadata before, OffsetAndMetadata offset, boolean start) {
        OffsetMetadata.Decoded metadata = OffsetMetadata.decode(offset.metadata());
        assertThat(metadata.kind()).isEqualTo(OffsetMetadata.Kind.OURS);
        Set<Long> above = new TreeSet<>();
        for (long known : everInLog.getOrDefault(partition, Set.of())) {
            if (known >= offset.offset() && metadata.completions().contains(known - offset.offset())) {
                above.add(known);
            }
        }
        saidDone.put(partition, above);
        if (start) {
            return;
        }
        View view = current.get(partition);
        String what = partition + " commits " + offset.offset();
        assertThat(view).as("%s without owning it", what).isNotNull();
        assertThat(offset.offset()).as("%s below its start", what).isGreaterThanOrEqualTo(view.start);
        assertThat(offset.offset())
                .as("%s, which goes back from %s", what, before)
                .isGreaterThanOrEqualTo(before.offset());
        for (long below : everInLog.getOrDefault(partition, Set.of())) {
            boolean there = view.arrived.containsKey(below)
                    || broker.logs.get(partition).keys.containsKey(below);
            if (there && below >= view.start && below < offset.offset() && !view.restored.contains(below)) {
                assertThat(view.reported)
                        .as("%s, and record %d is not done", what, below)
                        .contains(below);
            }
        }
        // A run may pass over what compaction took before it was read.
        above.removeIf(known -> !broker.logs.get(partition).keys.containsKey(known)
                && !view.arrived.containsKey(known)
                && !view.restored.contains(known));
        assertThat(view.said)
                .as("%s with metadata that is not what was done at any commit", what)
                .contains(new Said(offset.offset(), metadata.seekEpoch(), above));
    }

    /** Somebody else committed. */
    void foreign(TopicPartition partition, Set<Long> done) {
        saidDone.put(partition, done);
    }

    /** A partition begins where the group is, with what the group knows to be done. */
    void resumes(TopicPartition partition, PollLoop.Started started) {
        OffsetAndMetadata offset = broker.committed.get(partition);
        assertThat(started.position()).as("%s begins", partition).isEqualTo(offset.offset());
        Set<Long> restored = new TreeSet<>();
        for (long known : everInLog.getOrDefault(partition, Set.of())) {
            if (known >= started.position()
                    && started.completions() != null
                    && started.completions().contains(known - started.position())) {
                restored.add(known);
            }
        }
        assertThat(restored)
                .as("%s begins with what is done", partition)
                .isEqualTo(saidDone.getOrDefault(partition, Set.of()));
    }

    /** Everything in the log is done and committed. */
    boolean finished() {
        for (TopicPartition partition : broker.partitions) {
            OffsetAndMetadata offset = broker.committed.get(partition);
            View view = current.get(partition);
            if (offset == null || view == null || view.ended || offset.offset() != broker.logs.get(partition).end) {
                return false;
            }
            if (view.unfinished() > 0) {
                return false;
            }
        }
        return flying.isEmpty();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (TopicPartition partition : broker.partitions) {
            View view = current.get(partition);
            text.append(partition)
                    .append(" end ")
                    .append(broker.logs.get(partition).end)
                    .append(" committed ")
                    .append(broker.committed.get(partition));
            if (view != null) {
                text.append(view.ended ? " (ended)" : "").append(" unfinished ");
                view.arrived.keySet().stream()
                        .filter(offset -> !view.reported.contains(offset))
                        .forEach(offset -> text.append(offset).append(' '));
            }
            text.append("; ");
        }
        return text.append("flying ")
                .append(flying.size())
                .append(" at ")
                .append(loops.now())
                .toString();
    }
}
