package dev.keyway.gateway.source;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.Subscription;
import dev.keyway.gateway.dispatch.Batching;
import dev.keyway.gateway.dispatch.CompletionSink;
import dev.keyway.gateway.egress.DeadLetters;
import dev.keyway.gateway.egress.Delivery;
import dev.keyway.gateway.egress.Egresses;
import dev.keyway.gateway.egress.Outflow;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.metrics.SourceMeters;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * What all records of one source share: identity, the newest subscription and target, lease and meters. Written by the
 * source verticle, read by the runners.
 */
final class Origin {
    private final String id;
    private final String topic;
    private final int mailboxOwner;
    private final KeywayConfig config;
    private final SourceMeters meters;
    private final DeadLetters deadLetters;
    private final CompletionSink sink;
    private final Lease lease;
    private final Membership membership;
    private final LongSupplier clock;
    private final Outflow outflow = new Outflow();
    private volatile Egresses egresses;
    private volatile Delivery.Home home;
    private volatile Subscription subscription;
    private volatile Target target;
    private volatile boolean paused;
    private volatile Batching batching;
    private volatile int losses;
    private volatile boolean transactional;
    private Forwarding forwarding;
    private TopicIds topicIds;

    Origin(
            Subscription subscription,
            int mailboxOwner,
            KeywayConfig config,
            SourceMeters meters,
            DeadLetters deadLetters,
            CompletionSink sink,
            Membership membership) {
        this(subscription, mailboxOwner, config, meters, deadLetters, sink, membership, System::nanoTime);
    }

    /** @param clock the monotonic clock of leases and commits, as {@link System#nanoTime()} */
    Origin(
            Subscription subscription,
            int mailboxOwner,
            KeywayConfig config,
            SourceMeters meters,
            DeadLetters deadLetters,
            CompletionSink sink,
            Membership membership,
            LongSupplier clock) {
        this.id = subscription.id();
        this.topic = subscription.topic();
        this.mailboxOwner = mailboxOwner;
        this.config = config;
        this.meters = meters;
        this.deadLetters = deadLetters;
        this.sink = sink;
        this.membership = membership;
        this.clock = clock;
        this.lease = new Lease(Lease.validNanos(membership.sessionTimeoutMillis()), clock.getAsLong());
        this.subscription = subscription;
        this.paused = subscription.desired().paused();
        this.batching = subscription.batch() == null ? null : new RecordBatching(this, subscription.batch());
    }

    void update(Subscription newest) {
        this.subscription = newest;
        this.paused = newest.desired().paused();
        if (!Objects.equals(newest.batch(), batching == null ? null : batching.bounds())) {
            batching = newest.batch() == null ? null : new RecordBatching(this, newest.batch());
        }
    }

    void target(Target newest) {
        this.target = newest;
    }

    /** Before the consumer polls. */
    void forwarding(Forwarding way, TopicIds ids) {
        this.forwarding = way;
        this.topicIds = ids;
    }

    /** How its records go to the inbox; {@code null} when they are invoked in this process. */
    Forwarding forwarding() {
        return forwarding;
    }

    /** {@code null} unless it forwards. Poll thread only. */
    TopicIds topicIds() {
        return topicIds;
    }

    /** Where a partition begins that has never begun, {@code null} for the start of its log. */
    Beginning.Start start(TopicPartition partition) {
        if (forwarding != null) {
            return forwarding.starts().get(partition);
        }
        Long position = subscription.start().get(partition.partition());
        return position == null ? null : new Beginning.Start(position, 0);
    }

    String id() {
        return id;
    }

    String topic() {
        return topic;
    }

    int mailboxOwner() {
        return mailboxOwner;
    }

    KeywayConfig.Limits limits() {
        return config.limits();
    }

    KeywayConfig config() {
        return config;
    }

    SourceMeters meters() {
        return meters;
    }

    DeadLetters deadLetters() {
        return deadLetters;
    }

    /** Once, before the first record. */
    void writesTo(Egresses theEgresses, Map<String, Object> connection) {
        egresses = theEgresses;
        home = new Delivery.Home(subscription.cluster(), connection);
    }

    Egresses egresses() {
        return egresses;
    }

    /** Where its transactions live. */
    Delivery.Home home() {
        return home;
    }

    /** The egresses that its answers went to. */
    Outflow outflow() {
        return outflow;
    }

    CompletionSink sink() {
        return sink;
    }

    Lease lease() {
        return lease;
    }

    /** Whether effects and offsets are committed in transactions. Any thread; the source's context alone sets it, once. */
    boolean transactional() {
        return transactional;
    }

    void turnTransactional() {
        transactional = true;
    }

    /** Nanoseconds of the monotonic clock. Any thread. */
    long now() {
        return clock.getAsLong();
    }

    /** Whether the coordinator counts a commit as a heartbeat. */
    boolean classicProtocol() {
        return membership.classicProtocol();
    }

    long sessionNanos() {
        return membership.sessionTimeoutMillis() * 1_000_000;
    }

    /** How often all partitions were lost; assignments from before the newest loss are fenced. */
    int losses() {
        return losses;
    }

    /** Poll thread only, its single writer. */
    void lost() {
        losses = losses + 1;
    }

    Subscription subscription() {
        return subscription;
    }

    /** The newest target, {@code null} while no deployment serves the handler. */
    Target target() {
        return target;
    }

    /** How its records travel together; {@code null} when each goes alone. */
    Batching batching() {
        return batching;
    }

    boolean paused() {
        return paused;
    }
}
