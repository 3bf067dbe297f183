package dev.keyway.benchmarks.soak;

import java.util.HashMap;
import java.util.Map;

/**
 * Whether every stream moves: one that has something to do, is not paused, and gets nothing done for too long stands
 * still, and so does one with a single record that is too old though hardly any others wait: behind a long queue, on a
 * machine that cannot keep up, every record is old. One thread.
 */
final class Progress {

    /**
     * One subscription at one moment.
     *
     * @param produced records written to its topic
     * @param done records that the handler has answered well
     * @param oldestSeconds age of the oldest unfinished record as Keyway tells it, 0 if there is none
     * @param paused whether it may stand still
     */
    record Stream(long produced, long done, double oldestSeconds, boolean paused) {}

    /**
     * @param stream which one stands still
     * @param reason why it is said to
     */
    record Standstill(String stream, String reason) {}

    private record Moved(double seconds, long done) {}

    private final double bound;
    private final long shortQueue;
    private final Map<String, Moved> moved = new HashMap<>();
    private final Map<String, Double> running = new HashMap<>();

    /**
     * @param bound seconds without progress that are too long
     * @param shortQueue records of one stream that may wait while one of them is old
     */
    Progress(double bound, long shortQueue) {
        this.bound = bound;
        this.shortQueue = shortQueue;
    }

    /** The first stream that stands still, or null. */
    Standstill look(double seconds, Map<String, Stream> streams) {
        Standstill first = null;
        for (Map.Entry<String, Stream> entry : streams.entrySet()) {
            String found = look(seconds, entry.getKey(), entry.getValue());
            if (found != null && first == null) {
                first = new Standstill(entry.getKey(), found);
            }
        }
        return first;
    }

    private String look(double seconds, String name, Stream stream) {
        Moved before = moved.get(name);
        if (before == null || stream.paused() || stream.done() >= stream.produced() || stream.done() > before.done()) {
            before = new Moved(seconds, stream.done());
            moved.put(name, before);
        }
        if (stream.paused()) {
            running.put(name, seconds);
        }
        double idle = seconds - before.seconds();
        if (idle > bound) {
            return String.format(
                    "%s stands still: %d of %d records done, none more for %.0f s",
                    name, stream.done(), stream.produced(), idle);
        }
        double sinceResume = seconds - running.getOrDefault(name, 0.0);
        boolean queueIsShort = stream.produced() - stream.done() <= shortQueue;
        if (stream.oldestSeconds() > bound && sinceResume > bound && queueIsShort) {
            return String.format("%s has a record that is unfinished for %.0f s", name, stream.oldestSeconds());
        }
        return null;
    }
}
