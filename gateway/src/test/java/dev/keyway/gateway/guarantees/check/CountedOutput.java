package dev.keyway.gateway.guarantees.check;

import dev.keyway.gateway.guarantees.journal.Emission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Exactly-once output: a function that counts the records of its key in a state and emits {@code key:count} for each has
 * emitted 1..n for each key, in this order, without a gap and without a repetition, where n is the number of records that
 * the broker acknowledged.
 */
public final class CountedOutput {
    private CountedOutput() {}

    /**
     * @param written records by key
     * @param emitted as read; those of one key are in one partition
     */
    public static Verdict judge(Map<String, Integer> written, List<Emission> emitted) {
        Verdict verdict = new Verdict();
        Map<String, List<Emission>> byKey = new TreeMap<>();
        emitted.forEach(one ->
                byKey.computeIfAbsent(one.key(), key -> new ArrayList<>()).add(one));
        byKey.forEach((key, values) -> {
            if (!written.containsKey(key)) {
                verdict.violated("output of key " + key + ", of which nothing was written: " + values.get(0));
            }
        });
        written.forEach((key, count) -> judge(verdict, key, count, byKey.getOrDefault(key, List.of())));
        return verdict;
    }

    private static void judge(Verdict verdict, String key, int written, List<Emission> values) {
        if (values.stream().map(Emission::partition).distinct().count() > 1) {
            verdict.violated("key %s is in several partitions: %s".formatted(key, values));
        }
        long last = 0;
        for (Emission value : values) {
            long count = count(value);
            if (count > last + 1) {
                verdict.violated("gap of key %s: after %d comes %s".formatted(key, last, value));
            } else if (count <= last) {
                verdict.violated("repetition of key %s: after %d comes %s".formatted(key, last, value));
            }
            last = count;
        }
        if (last != written) {
            verdict.violated("key %s ends at %d, and %d records were written".formatted(key, last, written));
        }
    }

    private static long count(Emission value) {
        int colon = value.value().lastIndexOf(':');
        if (!value.value().substring(0, Math.max(0, colon)).equals(value.key())) {
            throw new IllegalArgumentException("an output of key " + value.key() + " is " + value);
        }
        return Long.parseLong(value.value().substring(colon + 1));
    }
}
