package dev.keyway.gateway.inbox;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;

/**
 * One record of the inbox: an invocation on its way to the slot that owns its target. The target's id is not in it: it
 * is the key of the record, as {@link #key} makes it, so that all that is meant for one id meets in one partition.
 *
 * <p>Immutable; any thread. Arrays are shared and not to be changed.
 *
 * @param target what is to be invoked
 * @param id of the target, the record's key
 * @param caller the function that sent it, {@code null} for what came from a topic or a client
 * @param argument what it is invoked with
 * @param headers of the source record, as far as they are to be passed on
 * @param mark where a record of a topic came from, by which the slot knows it again; {@code null} for what is written in
 *     a slot's own transaction
 * @param reply who waits for the answer, {@code null} if nobody does
 */
public record Envelope(
        Target target, String id, Caller caller, Argument argument, List<Header> headers, Mark mark, Reply reply) {
    /** The format that {@link EnvelopeCodec} writes. */
    public static final int VERSION = 1;

    public Envelope {
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(argument, "argument");
        headers = List.copyOf(headers);
    }

    /** What stands behind a target's two names. */
    public enum Kind {
        /** A StateFun function: namespace and name of its type. */
        FUNCTION(1),
        /** A handler of a service: service and handler. */
        HANDLER(2);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        static Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            return null;
        }
    }

    /**
     * What is invoked, without its id.
     *
     * @param owner namespace of a function's type, or the service
     * @param name of the function's type, or the handler
     */
    public record Target(Kind kind, String owner, String name) {
        public static Target function(String namespace, String name) {
            return new Target(Kind.FUNCTION, namespace, name);
        }

        public static Target handler(String service, String handler) {
            return new Target(Kind.HANDLER, service, handler);
        }

        @Override
        public String toString() {
            return owner + "/" + name;
        }
    }

    /** The address of the function that sent a message. */
    public record Caller(String namespace, String name, String id) {}

    /**
     * What the target is invoked with.
     *
     * @param typename empty where the target has no types
     * @param value {@code null} for no value, which is not the same as none of its bytes
     */
    public record Argument(String typename, byte[] value) {
        public boolean hasValue() {
            return value != null;
        }
    }

    /**
     * Where a record came from. A slot drops what is not above the highest offset that it has accepted from the same
     * source, epoch, topic, partition and target index, so a record may be written to the inbox any number of times as
     * long as no earlier one of its partition is still missing when it is.
     *
     * @param epoch number of the reading: another one wherever the source did not go on at an offset of its own
     * @param topic the name, for the target; the id is what tells topics apart
     * @param targetIndex place of the target among those of the topic
     * @param timestamp epoch milliseconds, -1 where the record has none
     * @param keyless the record had no key, which is not the same as an empty one
     */
    public record Mark(
            String source,
            long epoch,
            Uuid topicId,
            String topic,
            int partition,
            long offset,
            int targetIndex,
            long timestamp,
            boolean keyless) {

        /** Of a record that has a key. */
        public Mark(
                String source,
                long epoch,
                Uuid topicId,
                String topic,
                int partition,
                long offset,
                int targetIndex,
                long timestamp) {
            this(source, epoch, topicId, topic, partition, offset, targetIndex, timestamp, false);
        }
    }

    /**
     * Where the answer goes.
     *
     * @param instance {@code instance.id} of the process that holds the caller
     * @param correlation which of its callers it is
     * @param partition of the topic of replies that the process reads
     * @param deadlineMillis epoch milliseconds after which nobody waits any more
     */
    public record Reply(String instance, long correlation, int partition, long deadlineMillis) {}

    /** The key of the record: the bytes of the id, which choose the slot. */
    public byte[] key() {
        return key(id);
    }

    /** The key for an id. */
    public static byte[] key(String id) {
        return id.getBytes(StandardCharsets.UTF_8);
    }

    /** The id that a key of a source's record names; bytes that are not UTF-8 become U+FFFD, as StateFun does it. */
    public static String id(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }
}
