package dev.keyway.gateway.state.record;

/** What a record of a slot is about; the second byte of its key. Codes are never used again for something else. */
public enum RecordKind {
    /** One named state of one address. */
    STATE(1),
    /** An invocation that waits in the durable backlog of its address. */
    QUEUED(2),
    /** A delayed message, in the order of the due times. */
    TIMER(3),
    /** One entry of the journal of an invocation. */
    JOURNAL(4),
    /** A durable promise of an address. */
    PROMISE(5),
    /** How an invocation ended, or which invocation an idempotency key stands for. */
    OUTCOME(6),
    /** The highest offset that was accepted from one origin. */
    DEDUP(7);

    private static final RecordKind[] BY_CODE = new RecordKind[8];

    static {
        for (RecordKind kind : values()) {
            BY_CODE[kind.code] = kind;
        }
    }

    private final int code;

    RecordKind(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** The kind of this code, or {@code null} if this version knows none. */
    static RecordKind of(int code) {
        return code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
