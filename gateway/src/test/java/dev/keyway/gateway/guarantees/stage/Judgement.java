package dev.keyway.gateway.guarantees.stage;

import dev.keyway.gateway.guarantees.check.Guarantee;
import dev.keyway.gateway.guarantees.check.Verdict;
import dev.keyway.gateway.guarantees.journal.Call;
import dev.keyway.gateway.guarantees.journal.History;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All guarantees on one run: a line of what was seen, or a failure with seed and evidence. */
final class Judgement {
    private static final int SHOWN = 5;

    private final String scenario;
    private final long seed;
    private final History history;

    Judgement(String scenario, long seed, History history) {
        this.scenario = scenario;
        this.seed = seed;
        this.history = history;
    }

    void pronounce() {
        StringBuilder failure = new StringBuilder();
        Map<String, List<String>> counted = new TreeMap<>();
        for (Guarantee guarantee : Guarantee.ALL) {
            Verdict verdict = guarantee.judge(history);
            verdict.counted().forEach(counted::put);
            List<String> violations = verdict.violations();
            if (!violations.isEmpty()) {
                failure.append("\n%s: broken %d times".formatted(guarantee.name(), violations.size()));
                violations.stream().limit(SHOWN).forEach(one -> failure.append("\n  ")
                        .append(one));
            }
        }
        System.out.println(summary(counted));
        counted.forEach((kind, cases) -> System.out.println("  " + kind + ", the first: " + cases.get(0)));
        if (!failure.isEmpty()) {
            failure.append("\nwhat happened: ").append(history.happenings());
            throw new AssertionError("scenario " + scenario + ", seed " + seed + failure);
        }
    }

    private String summary(Map<String, List<String>> counted) {
        long repeated = history.calls().stream().filter(Call::completed).count()
                - history.firstCompletions().size();
        Map<String, Integer> cases = new TreeMap<>();
        counted.forEach((kind, all) -> cases.put(kind, all.size()));
        return "guarantees: seed %d, %s: %d records, %d calls, %d completed again, %d processes; counted: %s"
                .formatted(
                        seed,
                        scenario,
                        history.ledger().size(),
                        history.calls().size(),
                        repeated,
                        history.calls().stream().map(Call::instance).distinct().count(),
                        cases);
    }
}
