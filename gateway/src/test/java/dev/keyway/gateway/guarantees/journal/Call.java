package dev.keyway.gateway.guarantees.journal;

/**
 * One call as the handler saw it. Times are {@link System#nanoTime()} of the process of the tests, in which the handler
 * and everything that starts, stops and disturbs instances runs too. Ended once, by the handler's event loop.
 */
public final class Call {
    /** How a call ended. */
    public enum Ending {
        /** It has not. */
        OPEN,
        /** The handler answered 2xx. */
        COMPLETED,
        /** The handler answered something else, or broke the stream or connection itself. */
        REFUSED,
        /** The gateway reset the stream. */
        RESET,
        /** The connection ended under the call. */
        CLOSED
    }

    private final String instance;
    private final String connection;
    private final long assignment;
    private final int partition;
    private final long offset;
    private final String key;
    private final int number;
    private final long start;
    private volatile long end = Long.MAX_VALUE;
    private volatile Ending ending = Ending.OPEN;

    /**
     * @param instance the process that called, one name for each incarnation
     * @param connection the address from which it came
     * @param assignment the value of {@code keyway-assignment}
     * @param number what the body says, to be compared with what was written
     */
    public Call(
            String instance,
            String connection,
            long assignment,
            int partition,
            long offset,
            String key,
            int number,
            long start) {
        this.instance = instance;
        this.connection = connection;
        this.assignment = assignment;
        this.partition = partition;
        this.offset = offset;
        this.key = key;
        this.number = number;
        this.start = start;
    }

    /** Only the first ending counts. */
    public Call end(Ending how, long nanos) {
        if (ending == Ending.OPEN) {
            end = nanos;
            ending = how;
        }
        return this;
    }

    public String instance() {
        return instance;
    }

    public String connection() {
        return connection;
    }

    public long assignment() {
        return assignment;
    }

    public int partition() {
        return partition;
    }

    public long offset() {
        return offset;
    }

    public String key() {
        return key;
    }

    public int number() {
        return number;
    }

    public long start() {
        return start;
    }

    /** {@link Long#MAX_VALUE} while it is open. */
    public long end() {
        return end;
    }

    public Ending ending() {
        return ending;
    }

    public boolean completed() {
        return ending == Ending.COMPLETED;
    }

    /** Same process, same assignment. */
    public boolean sameOwner(Call other) {
        return assignment == other.assignment && instance.equals(other.instance);
    }

    @Override
    public String toString() {
        return "%d@%d key %s by %s assignment %d on %s, from %.3f s to %s"
                .formatted(
                        partition,
                        offset,
                        key,
                        instance,
                        assignment,
                        connection,
                        start / 1e9,
                        ending == Ending.OPEN ? "now (open)" : "%.3f s (%s)".formatted(end / 1e9, ending));
    }
}
