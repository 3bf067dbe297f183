package dev.keyway.gateway.state.record;

/**
 * When a state is forgotten, in processing time.
 *
 * @param ttlMillis from the last write or use; 0 for {@link Mode#NONE}
 */
public record Expiration(Mode mode, long ttlMillis) {
    /** Never. */
    public static final Expiration NONE = new Expiration(Mode.NONE, 0);

    /** What moves the deadline. Ordinals are in the records. */
    public enum Mode {
        NONE,
        AFTER_WRITE,
        /** Every invocation of the address, as each reads all its states. */
        AFTER_INVOKE
    }

    public Expiration {
        if (ttlMillis < 0 || mode == Mode.NONE && ttlMillis != 0) {
            throw new IllegalArgumentException("expiration " + mode + " after " + ttlMillis + " ms");
        }
    }

    /** The deadline of a state that is written or used now, 0 for none. */
    long deadline(long nowMillis) {
        return mode == Mode.NONE ? 0 : nowMillis > Long.MAX_VALUE - ttlMillis ? Long.MAX_VALUE : nowMillis + ttlMillis;
    }
}
