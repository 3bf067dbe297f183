package dev.keyway.gateway.source;

import dev.keyway.gateway.dispatch.Fence;
import dev.keyway.ordering.OffsetMetadata;
import dev.keyway.ordering.PressureGauge;
import dev.keyway.ordering.SharedPressure;
import dev.keyway.ordering.Tracker;
import org.apache.kafka.common.TopicPartition;

/**
 * One partition while this instance owns it: its fence, and on the source's event loop its tracker and bounds. A
 * partition that is revoked and comes back gets a new object; late completions of the old one find no home.
 */
final class Assignment extends Fence {
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

    Assignment(Origin origin, TopicPartition partition, PollLoop.Started started, int runners, SharedPressure process) {
        super(runners);
        this.origin = origin;
        this.partition = partition;
        this.started = started;
        this.tracker = new Tracker(started.position(), started.completions());
        this.gauge = new PressureGauge(
                origin.limits().partitionRecords(), origin.limits().partitionBytes(), process);
        // The group generation under which the partition was assigned grows with every owner.
        this.headers = new DeliveryHeaders(origin.id(), origin.topic(), partition.partition(), started.generation());
        this.seekEpoch = started.seekEpoch();
        this.losses = started.losses();
        this.committed = started.position();
    }

    @Override
    public boolean open(long nowNanos) {
        return current() && !origin.paused() && origin.lease().valid(nowNanos);
    }

    @Override
    public boolean held(long nowNanos) {
        return state() != State.DEAD
                && losses == origin.losses()
                && origin.lease().valid(nowNanos);
    }

    Origin origin() {
        return origin;
    }

    TopicPartition partition() {
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
        if (!tracker.complete(invocation.index())) {
            return false;
        }
        gauge.release(1, invocation.bytes());
        changed = true;
        return true;
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
        return gauge.pressed() || spanPressed;
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

    boolean dirty() {
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
        return OffsetMetadata.encode(seekEpoch, tracker.completions(), OffsetMetadata.MAX_CHARS);
    }
}
