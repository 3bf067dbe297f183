package dev.keyway.gateway.guarantees.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a guarantee has to say about a run. Not thread-safe. */
public final class Verdict {
    private final List<String> violations = new ArrayList<>();
    private final Map<String, List<String>> counted = new TreeMap<>();

    /** The promise was broken; says which record, which key, which calls. */
    void violated(String evidence) {
        violations.add(evidence);
    }

    /** Something that the promise allows but that has to be told. */
    void counted(String kind, String evidence) {
        counted.computeIfAbsent(kind, k -> new ArrayList<>()).add(evidence);
    }

    public List<String> violations() {
        return violations;
    }

    /** Cases by kind, each with its evidence. */
    public Map<String, List<String>> counted() {
        return counted;
    }
}
