package dev.keyway.gateway.guarantees.journal;

import java.util.Locale;

/**
 * Something that was done to an instance, or with {@link #ALL} to the broker and so to all of them.
 *
 * @param instance as in {@link Call#instance()}
 * @param nanos for what makes an instance worse a moment before it, for what makes it better a moment after it
 */
public record Happening(String instance, Kind kind, long nanos) {
    /** Stands for every instance. */
    public static final String ALL = "*";

    /** What happened. */
    public enum Kind {
        STARTED,
        /** SIGTERM. */
        STOPPING,
        /** SIGKILL. */
        KILLED,
        /** The process is gone, as it was told to. */
        GONE,
        /** The process is gone and nobody asked for it. */
        DIED,
        /** SIGSTOP. */
        FROZEN,
        /** SIGCONT. */
        THAWED,
        /** No byte passes between it and the broker any more. */
        CUT,
        HEALED
    }

    @Override
    public String toString() {
        return "%.3f s %s %s".formatted(nanos / 1e9, instance, kind.name().toLowerCase(Locale.ROOT));
    }
}
