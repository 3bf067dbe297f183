package dev.keyway.gateway.source;

import dev.keyway.gateway.commit.Part;
import dev.keyway.gateway.dispatch.Fence;
import dev.keyway.gateway.invoke.DeliveryHeaders;
import dev.keyway.ordering.OffsetMetadata;
import dev.keyway.ordering.PressureGauge;
import dev.keyway.ordering.SharedPressure;
import dev.keyway.ordering.Tracker;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * One partition while this instance owns it: its fence, and on the source's event loop its tracker and bounds. A
 * partition that is revoked and comes back gets a new object; late completions of the old one find no home.
 */
final class Assignment extends Fence implements Part {
    private final Origin origin;
    private final TopicPartition partition;
    private final PollLoop.Started started;
    private final Tracker tracker;
    private final PressureGauge gauge;
    private final DeliveryHeaders headers;
    private final int losses;
    private int seekEpoch;
    private long committed;
    private boolean changed;
    private boolean pressed;
    private boolean full;
    /** Of the offset that a transaction may hold. */
    private int offeredEpoch;

    private Companion companion;

    Assignment(Origin origin, TopicPartition partition, PollLoop.Started started, int runners, SharedPressure process) {
        super(runners);
        this.origin = origin;
        this.partition = partition;
        this.started = started;
        this.tracker = new Tracker(started.position(), started.completions());
        this.gauge = new PressureGauge(
                origin.limits().partitionRecords(), origin.limits().partitionBytes(), process);
        // The group generation under which the partition was assigned grows with every owner.
        this.headers = new DeliveryHeaders(origin.id(), partition.topic(), partition.partition(), started.generation());
        this.seekEpoch = started.seekEpoch();
        this.losses = started.losses();
        this.committed = started.position();
    }

    @Override
    public boolean open(long nowNanos) {
        return current()
                && !origin.paused()
                && !origin.outflow().full()
                && origin.lease().valid(nowNanos);
    }

    @Override
    public boolean held(long nowNanos) {
        return state() != State.DEAD
                && losses == origin.losses()
                && origin.lease().valid(nowNanos);
    }

    /** What writes along with its offsets, and builds on their order. */
    interface Companion {
        List<ProducerRecord<byte[], byte[]>> at(OffsetAndMetadata offset);

        void returned();
    }

    /** Once, before its first record is done. A slot is never seeked, so that the epoch can number its transactions. */
    void accompanied(Companion by) {
        companion = by;
        seekEpoch = ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE / 2);
    }

    @Override
    public boolean inOrder() {
        return companion != null;
    }

    @Override
    public List<ProducerRecord<byte[], byte[]>> companions(OffsetAndMetadata offset) {
        if (companion == null) {
            return List.of();
        }
        seekEpoch++;
        return companion.at(offset);
    }

    @Override
    public void returned() {
        if (companion != null) {
            companion.returned();
        }
    }

    Origin origin() {
        return origin;
    }

    @Override
    public TopicPartition partition() {
        return partition;
    }

    /** How it began. */
    PollLoop.Started started() {
        return started;
    }

    DeliveryHeaders headers() {
        return headers;
    }

    Tracker tracker() {
        return tracker;
    }

    /** Still the owner's: neither being revoked nor lost nor seeked away. Any thread. */
    boolean current() {
        return state() == State.LIVE && losses == origin.losses();
    }

    /** A seek that leaves this partition where it is. */
    void seekEpoch(int epoch) {
        seekEpoch = epoch;
        changed = true;
    }

    /** Counts a delivered record. */
    void took(int records, long bytes) {
        gauge.add(records, bytes);
    }

    /** A record of this assignment is done; false when it was already. */
    boolean completed(RecordInvocation invocation) {
        return completed(invocation.index(), invocation.bytes());
    }

    /**
     * The record with this arrival number is done; false when it was already.
     *
     * @param bytes what it counts for against the byte bounds
     */
    boolean completed(long index, int bytes) {
        if (!tracker.complete(index)) {
            return false;
        }
        gauge.release(1, bytes);
        changed = true;
        return true;
    }

    /** Effects of a record that wait for their transaction count like bytes of records. */
    void holds(long effectBytes) {
        gauge.add(0, effectBytes);
    }

    /** Effects that will not be written after all, while their record is still not done. */
    void drops(long effectBytes) {
        gauge.release(0, effectBytes);
    }

    /** Records and their effects are committed. */
    void done(int records, long bytes) {
        gauge.release(records, bytes);
    }

    @Override
    public Object beginning() {
        return started;
    }

    @Override
    public boolean alive() {
        return state() != State.DEAD && losses == origin.losses();
    }

    @Override
    public void enter(long index) {
        tracker.enter(index);
    }

    @Override
    public void leave(long index) {
        tracker.leave(index);
    }

    @Override
    public OffsetAndMetadata offset() {
        offeredEpoch = seekEpoch;
        OffsetMetadata.Encoded metadata = OffsetMetadata.encode(
                seekEpoch, started.reading(), tracker.enteredCompletions(), OffsetMetadata.MAX_CHARS);
        return metadata.complete() ? new OffsetAndMetadata(tracker.entered(), Optional.empty(), metadata.text()) : null;
    }

    @Override
    public void settled(OffsetAndMetadata offset) {
        tracker.settle();
        committed(offset.offset());
        changed &= companion == null && offeredEpoch != seekEpoch;
    }

    @Override
    public void full(boolean waits) {
        full = waits;
    }

    /** What it held counts against the process no longer. */
    void release() {
        gauge.clear();
    }

    /** Over one of its bounds, with hysteresis. */
    boolean overBound() {
        int span = tracker.span();
        int limit = origin.limits().partitionSpan();
        boolean spanPressed = span >= limit || (pressed && span > limit / 2);
        return gauge.pressed() || spanPressed || full;
    }

    boolean pressed() {
        return pressed;
    }

    void pressed(boolean value) {
        pressed = value;
    }

    long committed() {
        return committed;
    }

    @Override
    public boolean dirty() {
        return changed || tracker.committable() > committed;
    }

    void offered() {
        changed = false;
    }

    void refused() {
        changed = true;
    }

    void committed(long offset) {
        committed = Math.max(committed, offset);
    }

    OffsetMetadata.Encoded metadata() {
        return OffsetMetadata.encode(seekEpoch, started.reading(), tracker.completions(), OffsetMetadata.MAX_CHARS);
    }
}
