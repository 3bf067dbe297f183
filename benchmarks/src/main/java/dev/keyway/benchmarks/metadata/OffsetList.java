package dev.keyway.benchmarks.metadata;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Baseline: the completed offsets as text, comma-separated. */
final class OffsetList {
    private OffsetList() {}

    static String encode(long[] done) {
        return Arrays.stream(done).mapToObj(Long::toString).collect(Collectors.joining(","));
    }

    static Set<Long> decode(String text) {
        Set<Long> done = new HashSet<>();
        for (String offset : text.split(",")) {
            done.add(Long.parseLong(offset));
        }
        return done;
    }
}
