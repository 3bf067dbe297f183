package dev.keyway.gateway.guarantees.check;

import dev.keyway.gateway.guarantees.journal.Call;
import dev.keyway.gateway.guarantees.journal.Commit;
import dev.keyway.gateway.guarantees.journal.History;
import dev.keyway.gateway.guarantees.journal.Ledger;
import dev.keyway.gateway.guarantees.journal.Seek;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A record's call starts after every earlier record of its key was completed. Within one assignment calls of a key never
 * step back; a new owner may begin again, but not below the offset that was committed before the call.
 */
final class KeyOrder implements Guarantee {
    private record Lane(int partition, String key) {}

    @Override
    public String name() {
        return "key order";
    }

    @Override
    public Verdict judge(History history) {
        Verdict verdict = new Verdict();
        predecessors(history, verdict);
        steps(history, verdict);
        committedPoint(history, verdict);
        return verdict;
    }

    private static void predecessors(History history, Verdict verdict) {
        Map<Ledger.Entry, Long> first = history.firstCompletions();
        // For each record, when all earlier ones of its key were done, and the one that was the last of them.
        Map<Ledger.Entry, Ledger.Entry> lastBefore = new HashMap<>();
        history.ledger().partitions().values().forEach(entries -> {
            Map<String, Ledger.Entry> slowest = new HashMap<>();
            for (Ledger.Entry entry : entries) {
                if (entry == null || history.skipped(entry.partition(), entry.offset())) {
                    continue;
                }
                Ledger.Entry before = slowest.get(entry.key());
                if (before != null) {
                    lastBefore.put(entry, before);
                }
                if (before == null || done(first, entry) >= done(first, before)) {
                    slowest.put(entry.key(), entry);
                }
            }
        });
        for (Call call : history.calls()) {
            Ledger.Entry before = lastBefore.get(history.ledger().at(call.partition(), call.offset()));
            if (before != null && done(first, before) > call.start()) {
                verdict.violated("overtook %s, which was %s: %s"
                        .formatted(
                                before,
                                first.containsKey(before)
                                        ? "completed at %.3f s".formatted(first.get(before) / 1e9)
                                        : "never completed",
                                call));
            }
        }
    }

    private static long done(Map<Ledger.Entry, Long> first, Ledger.Entry entry) {
        return first.getOrDefault(entry, Long.MAX_VALUE);
    }

    private static void steps(History history, Verdict verdict) {
        Map<Lane, List<Call>> lanes = new HashMap<>();
        for (Call call : history.calls()) {
            lanes.computeIfAbsent(new Lane(call.partition(), call.key()), lane -> new ArrayList<>())
                    .add(call);
        }
        lanes.forEach((lane, calls) -> {
            Map<String, Call> newest = new HashMap<>();
            Map<String, Integer> back = new HashMap<>();
            for (Call call : calls) {
                String owner = call.instance() + "/" + call.assignment();
                Call before = newest.put(owner, call);
                if (before == null || call.offset() >= before.offset()) {
                    continue;
                }
                if (back.merge(owner, 1, Integer::sum) <= seeksBefore(history, call)) {
                    continue;
                }
                if (history.network().late(call)) {
                    newest.put(owner, before);
                    verdict.counted("arrived late through a disturbed connection", before + " then " + call);
                } else {
                    verdict.violated("stepped back within one assignment: " + before + " then " + call);
                }
            }
        });
    }

    private static long seeksBefore(History history, Call call) {
        return history.seeks().stream()
                .filter(seek -> seek.partition() == call.partition() && seek.nanos() <= call.start())
                .count();
    }

    private static void committedPoint(History history, Verdict verdict) {
        Map<Integer, List<Commit>> commits = new HashMap<>();
        for (Commit commit : history.commits()) {
            commits.computeIfAbsent(commit.partition(), p -> new ArrayList<>()).add(commit);
        }
        commits.forEach((partition, seen) -> {
            seen.sort(Comparator.comparingLong(Commit::nanos));
            Seek seek = firstSeek(history, partition);
            // When the owner obeys a seek is not known, and it may lead to any place: from there on no floor is known.
            long known = seek == null ? Long.MAX_VALUE : seek.nanos();
            seen.removeIf(commit -> commit.nanos() >= known);
            for (int i = 1; i < seen.size(); i++) {
                if (seen.get(i).offset() < seen.get(i - 1).offset()) {
                    verdict.violated("the committed offset went back: " + seen.get(i - 1) + " then " + seen.get(i));
                }
            }
            long floor = 0;
            int next = 0;
            for (Call call : history.calls()) {
                if (call.partition() != partition || call.start() >= known) {
                    continue;
                }
                for (; next < seen.size() && seen.get(next).nanos() <= call.start(); next++) {
                    floor = Math.max(floor, seen.get(next).offset());
                }
                if (call.offset() < floor) {
                    if (history.network().late(call)) {
                        verdict.counted("arrived late through a disturbed connection", call.toString());
                    } else {
                        verdict.violated("below the offset " + floor + " that was committed before: " + call);
                    }
                }
            }
        });
    }

    private static Seek firstSeek(History history, int partition) {
        return history.seeks().stream()
                .filter(seek -> seek.partition() == partition)
                .min(Comparator.comparingLong(Seek::nanos))
                .orElse(null);
    }
}
