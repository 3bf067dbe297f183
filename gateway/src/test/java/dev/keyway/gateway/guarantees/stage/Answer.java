package dev.keyway.gateway.guarantees.stage;

/**
 * How the handler treats one call.
 *
 * @param delayMillis before it does so
 */
public record Answer(Kind kind, int delayMillis) {
    /** What a handler can do to its caller. */
    public enum Kind {
        OK,
        /** 500. */
        ERROR,
        /** 503. */
        UNAVAILABLE,
        /** 429 with a Retry-After of 0 s. */
        TOO_MANY,
        /** Resets the stream. */
        RESET,
        /** A status and half of the announced body, then a reset. */
        HALF,
        /** Closes the connection, with all its calls. */
        CLOSE,
        /** An outcome that does not exist. */
        GARBAGE,
        /** Never answers. */
        HANG,
        /** 400: refused for good. */
        REFUSE,
        /** Keeps the call until {@link ObservedHandler#release}, then 200. */
        HOLD
    }

    /** At once and well. */
    public static final Answer OK = new Answer(Kind.OK, 0);

    public static Answer ok(int delayMillis) {
        return new Answer(Kind.OK, delayMillis);
    }
}
