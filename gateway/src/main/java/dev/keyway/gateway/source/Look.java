package dev.keyway.gateway.source;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the source once a second how far its consumer has read, and where the logs end. A position moves without a record
 * over what is no record to this consumer: markers and aborted records of transactions, gaps at the end of a log. Poll
 * thread only.
 */
final class Look {
    private static final Logger LOG = LoggerFactory.getLogger(Look.class);
    private static final long EVERY_NANOS = 1_000_000_000;

    private final Consumer<?, ?> consumer;
    private final Origin origin;
    private final PollLoop.Events events;
    private long next;

    Look(Consumer<?, ?> consumer, Origin origin, PollLoop.Events events) {
        this.consumer = consumer;
        this.origin = origin;
        this.events = events;
    }

    /**
     * Before a poll, because then all records up to the positions have been handed over.
     *
     * @param unstarted partitions whose position is not decided yet
     */
    void beforePoll(Set<TopicPartition> unstarted) {
        long now = origin.now();
        if (now - next < 0) {
            return;
        }
        next = now + EVERY_NANOS;
        Map<TopicPartition, Long> read = new HashMap<>();
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (TopicPartition partition : consumer.assignment()) {
            if (unstarted.contains(partition)) {
                continue;
            }
            try {
                long position = consumer.position(partition, Duration.ofMillis(1));
                read.put(partition, position);
                OptionalLong lag = consumer.currentLag(partition);
                if (lag.isPresent()) {
                    ends.put(partition, position + lag.getAsLong());
                }
            } catch (TimeoutException e) {
                LOG.trace("the position of {} is being validated", partition);
            }
        }
        events.looked(read, ends);
    }
}
