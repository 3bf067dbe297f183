package dev.keyway.gateway.guarantees.check;

import dev.keyway.gateway.guarantees.journal.Block;
import dev.keyway.gateway.guarantees.journal.Call;
import dev.keyway.gateway.guarantees.journal.Commit;
import dev.keyway.gateway.guarantees.journal.History;
import dev.keyway.gateway.guarantees.journal.Ledger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything came to its end: each partition is committed up to its last record, and while a key was blocked all records
 * of other keys were completed. A run ends only when this is so or nothing has moved for minutes, so what is missing
 * here has stalled.
 */
final class Liveness implements Guarantee {
    private static final int SHOWN = 3;

    @Override
    public String name() {
        return "liveness";
    }

    @Override
    public Verdict judge(History history) {
        Verdict verdict = new Verdict();
        Map<Integer, Commit> newest = new HashMap<>();
        for (Commit commit : history.commits()) {
            newest.merge(commit.partition(), commit, (a, b) -> b.nanos() >= a.nanos() ? b : a);
        }
        Map<Ledger.Entry, Long> first = history.firstCompletions();
        history.ledger().partitions().forEach((partition, entries) -> {
            Commit commit = newest.get(partition);
            if (commit == null || commit.offset() < entries.size()) {
                verdict.violated("partition %d stalled: its log ends at %d, %s; open: %s"
                        .formatted(partition, entries.size(), commit, open(history, entries, first)));
            }
        });
        for (Block block : history.blocks()) {
            blocked(history, verdict, block, first);
        }
        return verdict;
    }

    private static List<String> open(History history, List<Ledger.Entry> entries, Map<Ledger.Entry, Long> first) {
        return entries.stream()
                .filter(entry -> entry != null && !first.containsKey(entry))
                .limit(SHOWN)
                .map(entry -> entry + ", last call " + lastCall(history, entry))
                .toList();
    }

    private static Call lastCall(History history, Ledger.Entry entry) {
        return history.calls().stream()
                .filter(call -> call.partition() == entry.partition() && call.offset() == entry.offset())
                .reduce(null, (a, b) -> b);
    }

    private static void blocked(History history, Verdict verdict, Block block, Map<Ledger.Entry, Long> first) {
        history.ledger().partitions().values().forEach(entries -> entries.stream()
                .filter(entry -> entry != null && !entry.key().equals(block.key()))
                .filter(entry -> !history.skipped(entry.partition(), entry.offset()))
                .filter(entry -> first.getOrDefault(entry, Long.MAX_VALUE) > block.released())
                .limit(SHOWN)
                .forEach(entry -> verdict.violated("not completed while only %s should have waited: %s, last call %s"
                        .formatted(block, entry, lastCall(history, entry)))));
    }
}
