package dev.keyway.gateway.dev;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Follows the handler's diary until everything is delivered, printing a line per tick. One thread. */
final class Progress {
    private static final Duration TICK = Duration.ofMillis(200);
    private static final Duration STALL = Duration.ofSeconds(60);
    private static final int KEYS_SHOWN = 2;
    private static final int SEQUENCE_SHOWN = 4;

    private final Rest rest;
    private final String handlerUrl;
    private final Proof airports;
    private final Proof log;
    private final PrintStream out;
    private final long start = System.nanoTime();
    private int read;
    private long lastNews = start;
    private int overlaps;
    private int refused;

    Progress(Rest rest, String handlerUrl, Proof airports, Proof log, PrintStream out) {
        this.rest = rest;
        this.handlerUrl = handlerUrl;
        this.airports = airports;
        this.log = log;
        this.out = out;
    }

    /** Returns when both are complete, or when nothing was delivered for {@link #STALL}; fails with the feed. */
    void untilDone(Feed feed) {
        boolean stalled = false;
        while (!(airports.complete() && log.complete()) && !stalled) {
            LockSupport.parkNanos(TICK.toNanos());
            if (Thread.currentThread().isInterrupted()) {
                throw new LocalFailure("interrupted");
            }
            feed.check();
            tick();
            stalled = System.nanoTime() - lastNews > STALL.toNanos();
        }
    }

    private void tick() {
        int before = read;
        long tickStart = lastNews;
        Map<String, StringBuilder> tails = new LinkedHashMap<>();
        JsonArray entries;
        do {
            JsonObject page = rest.get(handlerUrl + "/diary?from=" + read);
            entries = page.getJsonArray("entries");
            overlaps = page.getInteger("overlaps");
            refused = page.getInteger("refused");
            read += entries.size();
            entries.forEach(entry -> saw((JsonArray) entry, tails));
        } while (entries.size() == SampleHandler.PAGE);
        if (read > before) {
            lastNews = System.nanoTime();
            print(read - before, Duration.ofNanos(lastNews - tickStart), tails);
        }
    }

    private void saw(JsonArray entry, Map<String, StringBuilder> tails) {
        String key = entry.getString(1);
        int number = entry.getInteger(2);
        if (entry.getString(0).equals("Airport")) {
            int position = airports.saw(key, number);
            if (tails.size() < KEYS_SHOWN || tails.containsKey(key)) {
                StringBuilder tail = tails.computeIfAbsent(key, k -> new StringBuilder());
                if (tail.chars().filter(c -> c == '#').count() < SEQUENCE_SHOWN) {
                    tail.append(" #").append(position);
                }
            }
        } else {
            log.saw(key, number);
        }
    }

    private void print(int news, Duration time, Map<String, StringBuilder> tails) {
        String sequences = tails.entrySet().stream()
                .map(tail -> tail.getKey() + tail.getValue())
                .collect(Collectors.joining("   "));
        out.printf(
                "  %5.1f s  %,5d of %,d  %,6d/s   %s%n",
                Duration.ofNanos(lastNews - start).toMillis() / 1000.0,
                airports.delivered() + log.delivered(),
                airports.total() + log.total(),
                news * 1000L / Math.max(1, time.toMillis()),
                sequences);
    }

    Duration time() {
        return Duration.ofNanos(lastNews - start);
    }

    /** Calls that ran while another of the same key did; none may. */
    int overlaps() {
        return overlaps;
    }

    /** Calls that the handler answered with 503. */
    int refused() {
        return refused;
    }
}
