package dev.keyway.benchmarks.soak;

import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * One line of the run's table.
 *
 * @param seconds since the start
 * @param state of the first instance
 * @param done records done, over all subscriptions
 * @param perSecond records done per second since the sample before
 * @param lag records written and not done
 * @param oldestSeconds age of the oldest unfinished record of a subscription that is not paused
 * @param repeats deliveries of records that were done
 * @param faults answers that the handler spoiled or held back
 * @param rpc RPC calls answered well
 * @param errors RPC calls answered badly and lines of level ERROR in Keyway's logs
 * @param mishaps what happened since the sample before
 */
record Sample(
        double seconds,
        ProcessState state,
        long done,
        double perSecond,
        long lag,
        double oldestSeconds,
        long repeats,
        long faults,
        long rpc,
        long errors,
        String mishaps) {
    static final String HEAD = String.format(
            "%6s %8s %8s %5s %7s %11s %8s %8s %8s %7s %7s %8s %6s  %s",
            "time",
            "live MB",
            "RSS MB",
            "fds",
            "threads",
            "delivered",
            "per s",
            "lag",
            "oldest s",
            "repeats",
            "faults",
            "rpc",
            "errors",
            "what happened");

    double liveMegabytes() {
        return state.liveBytes() / 1e6;
    }

    double residentMegabytes() {
        return state.residentBytes() / 1e6;
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%3d:%02d %8.1f %8.1f %5d %7d %,11d %8.0f %8d %8.1f %7d %7d %8d %6d  %s",
                (int) seconds / 60,
                (int) seconds % 60,
                liveMegabytes(),
                residentMegabytes(),
                state.fileCount(),
                state.threadCount(),
                done,
                perSecond,
                lag,
                oldestSeconds,
                repeats,
                faults,
                rpc,
                errors,
                mishaps);
    }

    JsonObject json() {
        return new JsonObject()
                .put("seconds", seconds)
                .put("live_bytes", state.liveBytes())
                .put("resident_bytes", state.residentBytes())
                .put("files", state.fileCount())
                .put("threads", state.threadCount())
                .put("delivered", done)
                .put("per_second", perSecond)
                .put("lag", lag)
                .put("oldest_seconds", oldestSeconds)
                .put("repeats", repeats)
                .put("faults", faults)
                .put("rpc", rpc)
                .put("errors", errors)
                .put("mishaps", mishaps);
    }
}
