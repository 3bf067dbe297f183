package dev.keyway.gateway.dev;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares what the handler process saw with what was written to the topic. A Virtual Object must have seen each key's
 * reports all, in the order written, and never two at once; a Service must have seen all. A repeated delivery is allowed
 * (delivery is at least once) and counted, but only where it does not go back behind a later report of its key.
 */
final class Proof {
    private final Map<String, List<Integer>> written = new LinkedHashMap<>();
    private final Map<String, Integer> positions = new HashMap<>();
    private final Set<Integer> missing = new HashSet<>();
    private final boolean keyed;
    private final int total;
    private final List<String> faults = new ArrayList<>();
    private int repeated;

    Proof(List<BirdStrikes.Strike> strikes, boolean keyed) {
        this.keyed = keyed;
        this.total = strikes.size();
        for (BirdStrikes.Strike strike : strikes) {
            written.computeIfAbsent(strike.airport(), key -> new ArrayList<>()).add(strike.number());
            missing.add(strike.number());
        }
    }

    /**
     * The next completed call that the handler reports.
     *
     * @return the position of the report in its key's sequence, from 1; 0 if there is no order to speak of
     */
    int saw(String key, int number) {
        if (!missing.remove(number)) {
            if (total() < number || number < 1) {
                faults.add("report " + number + " was never written");
                return 0;
            }
            repeated++;
        }
        return keyed ? inSequence(key, number) : 0;
    }

    private int inSequence(String key, int number) {
        List<Integer> sequence = written.getOrDefault(key, List.of());
        int done = positions.getOrDefault(key, 0);
        boolean next = done < sequence.size() && sequence.get(done) == number;
        boolean again = done > 0 && sequence.get(done - 1) == number;
        if (next) {
            positions.put(key, done + 1);
            return done + 1;
        }
        if (!again) {
            Object expected = done < sequence.size() ? sequence.get(done) : "nothing more";
            faults.add(key + ": got report " + number + " where " + expected + " was due");
        }
        return done;
    }

    int total() {
        return total;
    }

    int delivered() {
        return total - missing.size();
    }

    int keys() {
        return written.size();
    }

    int repeated() {
        return repeated;
    }

    boolean complete() {
        return missing.isEmpty();
    }

    /** What speaks against order and completeness; empty when they are proven. */
    List<String> faults() {
        List<String> all = new ArrayList<>(faults);
        if (!missing.isEmpty()) {
            all.add(missing.size() + " of " + total + " reports were not delivered");
        }
        return all;
    }
}
