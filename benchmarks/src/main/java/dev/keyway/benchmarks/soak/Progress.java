package dev.keyway.benchmarks.soak;

import java.util.HashMap;
import java.util.Map;

/**
 * Whether every stream moves: one that has something to do, is not paused, and gets nothing done for too long stands
 * still, and so does one with a single record that is too old. One thread.
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

    private record Moved(double seconds, long done) {}

    private final double bound;
    private final Map<String, Moved> moved = new HashMap<>();
    private final Map<String, Double> running = new HashMap<>();

    /** @param bound seconds without progress that are too long */
    Progress(double bound) {
        this.bound = bound;
    }

    /** Why a stream stands still, or null. */
    String look(double seconds, Map<String, Stream> streams) {
        String reason = null;
        for (Map.Entry<String, Stream> entry : streams.entrySet()) {
            String found = look(seconds, entry.getKey(), entry.getValue());
            reason = reason == null ? found : reason;
        }
        return reason;
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
        if (stream.oldestSeconds() > bound && sinceResume > bound) {
            return String.format("%s has a record that is unfinished for %.0f s", name, stream.oldestSeconds());
        }
        return null;
    }
}
