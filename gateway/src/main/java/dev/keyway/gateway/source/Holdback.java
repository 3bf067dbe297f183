package dev.keyway.gateway.source;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a fetch from waiting at the broker while a partition is paused for its bounds. The client has one fetch under way
 * per broker. Were it sent for partitions only that are read to their end, the broker would answer it after
 * {@code fetch.max.wait.ms}, and the paused partition, which goes on in a moment, would have to wait for that: half a second
 * of work for a few milliseconds of back-pressure.
 *
 * <p>So, when all others are at their ends, those are paused too, and their log ends are asked for instead. This ends as
 * soon as no partition is paused for its bounds, and at the latest {@code fetch.max.wait.ms} after the newest was: a partition
 * that took longer to work off half of what it held has as much left, so that the answer is here before it runs dry. Poll
 * thread only.
 */
final class Holdback {
    /** How late a record may be noticed that comes to a partition which is held back. */
    static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private static final Duration LOOK_TIMEOUT = Duration.ofMillis(250);
    private static final Logger LOG = LoggerFactory.getLogger(Holdback.class);

    private final Consumer<?, ?> consumer;
    private final long fetchWaitNanos;
    private final Set<TopicPartition> held = new HashSet<>();
    /** Log ends above the position of partitions that were let go, until they have been read. */
    private final Map<TopicPartition, Long> news = new HashMap<>();

    private long newestPress;
    private long nextLook;

    /** @param fetchWaitNanos {@code fetch.max.wait.ms} of the consumer */
    Holdback(Consumer<?, ?> consumer, long fetchWaitNanos) {
        this.consumer = consumer;
        this.fetchWaitNanos = fetchWaitNanos;
    }

    /** One more partition is paused for its bounds. */
    void pressed(long now) {
        newestPress = now;
    }

    /**
     * Decides anew which partitions are held back.
     *
     * @param anyPressed whether a partition is paused for its bounds
     * @param others all that are assigned and would be fetched
     * @return whether {@link #holds} answers otherwise than before
     */
    boolean beforePoll(boolean anyPressed, Set<TopicPartition> others, long now) {
        if (!anyPressed && held.isEmpty()) {
            return false;
        }
        if (!anyPressed || now - newestPress >= fetchWaitNanos || !atEnds(others)) {
            return letGo();
        }
        if (!held.equals(others)) {
            held.clear();
            held.addAll(others);
            nextLook = now + LOOK_EVERY.toNanos();
            return true;
        }
        return now - nextLook >= 0 && look(now) && letGo();
    }

    private boolean letGo() {
        boolean any = !held.isEmpty();
        held.clear();
        return any;
    }

    private boolean atEnds(Set<TopicPartition> partitions) {
        news.keySet().removeIf(partition -> !partitions.contains(partition) || read(partition));
        for (TopicPartition partition : partitions) {
            OptionalLong lag = consumer.currentLag(partition);
            if (lag.isEmpty() || lag.getAsLong() > 0) {
                return false;
            }
        }
        return news.isEmpty() && !partitions.isEmpty();
    }

    private boolean read(TopicPartition partition) {
        return position(partition) >= news.get(partition);
    }

    /** Of a partition whose position is being validated: the end, as if nothing were there to read. */
    private long position(TopicPartition partition) {
        try {
            return consumer.position(partition, Duration.ofMillis(1));
        } catch (TimeoutException e) {
            return Long.MAX_VALUE;
        }
    }

    /** Whether to fetch: because there is something to read, which is answered at once, or because the ends are unknown. */
    private boolean look(long now) {
        nextLook = now + LOOK_EVERY.toNanos();
        try {
            consumer.endOffsets(held, LOOK_TIMEOUT).forEach((partition, end) -> {
                if (end > position(partition)) {
                    news.put(partition, end);
                }
            });
            return !news.isEmpty();
        } catch (TimeoutException e) {
            LOG.trace("no log ends of {}, fetching as usual", held);
            newestPress = now - fetchWaitNanos;
            return true;
        }
    }

    boolean holds(TopicPartition partition) {
        return held.contains(partition);
    }

    /** The longest that a poll may take. */
    Duration bound(Duration timeout) {
        return held.isEmpty() || timeout.compareTo(LOOK_EVERY) < 0 ? timeout : LOOK_EVERY;
    }
}
