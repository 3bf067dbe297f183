package dev.keyway.admin.model;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The REST view of a source with one topic and one target, together with its desired state. Immutable.
 *
 * @param id {@code sub_1…}
 * @param source {@code kafka://cluster/topic}, as Restate echoes it
 * @param sink {@code service://Service/handler}
 * @param handlerType frozen at creation
 * @param options consumer options as the user wrote them; {@code group.id} and {@code client.id} always present
 * @param retry {@code null} takes the handler's, then the service's, then the configured default
 * @param codec overrides the handler's codec when not {@code null}
 * @param deadLetterTopic {@code null} means {@code <topic>.dlq}
 * @param batch {@code null} sends every record in a request of its own
 * @param reply {@code null} drops the bodies of answers
 * @param start start offsets resolved at creation, by partition: where a partition begins that the group has no
 *     committed offset for. A partition missing here was found later and begins at its earliest offset
 */
public record Subscription(
        String id,
        String source,
        String sink,
        String cluster,
        String topic,
        String service,
        String handler,
        HandlerType handlerType,
        Map<String, String> options,
        RetryPolicy retry,
        OnFailure onFailure,
        OnTerminal onTerminal,
        NullKey nullKey,
        String deadLetterTopic,
        String codec,
        Map<String, String> codecOptions,
        Batch batch,
        Reply reply,
        Map<Integer, Long> start,
        Desired desired,
        Instant createdAt) {
    public Subscription {
        options = Copies.of(options);
        codecOptions = Copies.of(codecOptions);
        start = Copies.of(start);
    }

    /**
     * What an operator asked for; whoever owns a partition applies it (design section 5).
     *
     * @param seek the newest seek, {@code null} before the first
     * @param keyActions resume and discard requests, newest last, at most 256
     */
    public record Desired(boolean paused, Seek seek, List<KeyAction> keyActions) {
        public Desired {
            keyActions = Copies.of(keyActions);
        }

        public static final Desired RUNNING = new Desired(false, null, List.of());
    }

    /**
     * @param epoch grows by one with every seek of this subscription, from 1
     * @param topic the topic that it moves, {@code null} for all; of a source of several topics {@link Position#OFFSETS}
     *     names one
     * @param timestamp epoch milliseconds, for {@link Position#TIMESTAMP}
     * @param offsets by partition, for {@link Position#OFFSETS}; partitions not named stay where they are
     * @param earlier what earlier seeks said of partitions that this one does not move, {@code null} if nothing: their
     *     owners may not have applied it yet. No partition is named twice, so the chain is as long as there are
     *     partitions and topics at most
     */
    public record Seek(
            int epoch, Position position, String topic, Long timestamp, Map<Integer, Long> offsets, Seek earlier) {
        public Seek {
            offsets = Copies.of(offsets);
        }

        /** The seek of all topics that follows another, {@code null} before the first one. */
        public static Seek after(Seek last, Position position, Long timestamp, Map<Integer, Long> offsets) {
            return after(last, position, null, timestamp, offsets);
        }

        /** The seek that follows another, {@code null} before the first one. */
        public static Seek after(
                Seek last, Position position, String topic, Long timestamp, Map<Integer, Long> offsets) {
            Seek next = new Seek(last == null ? 1 : last.epoch + 1, position, topic, timestamp, offsets, null);
            return last == null ? next : new Seek(next.epoch, position, topic, timestamp, offsets, last.without(next));
        }

        /** What is left of it when a later one moves what that one moves. */
        private Seek without(Seek later) {
            if (later.topic == null && later.position != Position.OFFSETS) {
                return null;
            }
            if (topic == null && position != Position.OFFSETS) {
                return this;
            }
            Seek before = earlier == null ? null : earlier.without(later);
            boolean sameTopic = Objects.equals(topic, later.topic);
            if (sameTopic && later.position != Position.OFFSETS) {
                return before;
            }
            if (!sameTopic || position != Position.OFFSETS) {
                return new Seek(epoch, position, topic, timestamp, offsets, before);
            }
            Map<Integer, Long> left = new HashMap<>(offsets);
            left.keySet().removeAll(later.offsets.keySet());
            return left.isEmpty() ? before : new Seek(epoch, position, topic, timestamp, left, before);
        }

        /** The newest seek that moves a partition, {@code null} if none does. */
        public Seek moving(String ofTopic, int partition) {
            boolean moved = (topic == null || topic.equals(ofTopic))
                    && (position != Position.OFFSETS || offsets.containsKey(partition));
            if (moved) {
                return this;
            }
            return earlier == null ? null : earlier.moving(ofTopic, partition);
        }

        /** Whether a partition that has applied all seeks up to an epoch is moved by a later one. */
        public boolean moves(String ofTopic, int partition, int appliedEpoch) {
            Seek moving = moving(ofTopic, partition);
            return moving != null && moving.epoch > appliedEpoch;
        }

        /** Where a seek goes. */
        public enum Position {
            EARLIEST,
            LATEST,
            TIMESTAMP,
            OFFSETS
        }
    }

    /**
     * An operator's word on one blocked record, named by its coordinates, so that it can be applied only once.
     *
     * @param topic {@code null} for the only topic of a subscription
     */
    public record KeyAction(String topic, int partition, long offset, Action action, Instant at) {
        /** Whether it is about this record. */
        public boolean names(String ofTopic, int ofPartition, long ofOffset) {
            return partition == ofPartition && offset == ofOffset && (topic == null || topic.equals(ofTopic));
        }

        /** What to do with the record. */
        public enum Action {
            /** Start the attempts anew. */
            RESUME,
            /** Count the record as done. */
            DISCARD
        }
    }

    /** This subscription with other consumer options and start positions. */
    public Subscription with(Map<String, String> newOptions, Map<Integer, Long> newStart) {
        return copy(newOptions, newStart, desired);
    }

    /** This subscription with another desired state. */
    public Subscription with(Desired newDesired) {
        return copy(options, start, newDesired);
    }

    private Subscription copy(Map<String, String> newOptions, Map<Integer, Long> newStart, Desired newDesired) {
        return new Subscription(
                id,
                source,
                sink,
                cluster,
                topic,
                service,
                handler,
                handlerType,
                newOptions,
                retry,
                onFailure,
                onTerminal,
                nullKey,
                deadLetterTopic,
                codec,
                codecOptions,
                batch,
                reply,
                newStart,
                newDesired,
                createdAt);
    }

    /** The seek epoch that owners must have reached; 0 before the first seek. */
    public int seekEpoch() {
        return desired.seek() == null ? 0 : desired.seek().epoch();
    }

    /** The dead-letter topic in force. */
    public String effectiveDeadLetterTopic() {
        return deadLetterTopic != null ? deadLetterTopic : deadLetterTopicOf(topic);
    }

    /** Where the dead letters of a topic go unless another one is named. */
    public static String deadLetterTopicOf(String topic) {
        return topic + ".dlq";
    }
}
