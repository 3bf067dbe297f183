package dev.keyway.gateway.state.record;

import org.apache.kafka.common.Uuid;

/** The key of a record, decoded. One case for each {@link RecordKind}, and one for what a newer Keyway wrote. */
public sealed interface RecordKey {

    /** Its kind, or {@code null} for one that this version does not know. */
    RecordKind kind();

    /** A state by its name, unique in its address. */
    record State(Address address, String name) implements RecordKey {
        @Override
        public RecordKind kind() {
            return RecordKind.STATE;
        }
    }

    /** A place in the backlog of an address. @param sequence grows within the slot, so that scans give the order */
    record Queued(Address address, long sequence) implements RecordKey {
        @Override
        public RecordKind kind() {
            return RecordKind.QUEUED;
        }
    }

    /**
     * A delayed message. Sorts by due time, then by insertion.
     *
     * @param dueMillis epoch milliseconds, 0 or more
     * @param sequence grows within the slot
     * @param senderId the id of the address that sent it, which scopes the token
     * @param token what cancels it, empty for none. It is in the key so that a tombstone says which token is free again
     */
    record Timer(long dueMillis, long sequence, String senderId, String token) implements RecordKey {
        @Override
        public RecordKind kind() {
            return RecordKind.TIMER;
        }
    }

    /** An entry of the journal of an invocation of an address. */
    record Journal(Address address, String invocation, int index) implements RecordKey {
        @Override
        public RecordKind kind() {
            return RecordKind.JOURNAL;
        }
    }

    /** A promise by its name. */
    record Promise(Address address, String name) implements RecordKey {
        @Override
        public RecordKind kind() {
            return RecordKind.PROMISE;
        }
    }

    /** The end of an invocation. @param name an invocation id or an idempotency key, as {@code scope} says */
    record Outcome(Address address, Scope scope, String name) implements RecordKey {
        @Override
        public RecordKind kind() {
            return RecordKind.OUTCOME;
        }

        /** What an outcome's name is. */
        public enum Scope {
            INVOCATION,
            IDEMPOTENCY_KEY
        }
    }

    /**
     * An origin of forwarded records. The seek epoch comes last, so that a scan finds all of one origin.
     *
     * @param targetIndex which of the source's targets, since a record may go to several
     */
    record Dedup(String source, Uuid topicId, int partition, int targetIndex, long seekEpoch) implements RecordKey {
        @Override
        public RecordKind kind() {
            return RecordKind.DEDUP;
        }
    }

    /** What this version cannot read and keeps as it is. */
    record Unknown(int format, int code) implements RecordKey {
        @Override
        public RecordKind kind() {
            return null;
        }
    }
}
