package dev.keyway.gateway.guarantees.check;

import dev.keyway.gateway.guarantees.journal.Call;
import dev.keyway.gateway.guarantees.journal.Commit;
import dev.keyway.gateway.guarantees.journal.History;
import dev.keyway.gateway.guarantees.journal.Ledger;
import dev.keyway.gateway.guarantees.journal.Seek;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Every acknowledged record was completed by its handler, with its own key and body; and at no time was an offset
 * committed before each record below it was. After a seek the records from there on were completed once more.
 */
final class NothingLost implements Guarantee {
    @Override
    public String name() {
        return "nothing lost";
    }

    @Override
    public Verdict judge(History history) {
        Verdict verdict = new Verdict();
        Map<Ledger.Entry, Long> last = new HashMap<>();
        for (Call call : history.calls()) {
            Ledger.Entry entry = history.ledger().at(call.partition(), call.offset());
            if (entry == null) {
                verdict.violated("a call for a record that nobody wrote: " + call);
            } else if (!entry.key().equals(call.key()) || entry.number() != call.number()) {
                verdict.violated("wrote " + entry + " but the handler got number " + call.number() + " in " + call);
            } else if (call.completed()) {
                last.merge(entry, call.start(), Math::max);
            }
        }
        Map<Ledger.Entry, Long> first = history.firstCompletions();
        history.ledger().partitions().forEach((partition, entries) -> {
            completed(history, verdict, partition, entries, last);
            commits(history, verdict, partition, entries, first);
        });
        return verdict;
    }

    private static void completed(
            History history, Verdict verdict, int partition, List<Ledger.Entry> entries, Map<Ledger.Entry, Long> last) {
        Seek seek = history.seekOf(partition);
        for (Ledger.Entry entry : entries) {
            if (entry == null) {
                continue;
            }
            Long completed = last.get(entry);
            if (completed == null && !history.skipped(partition, entry.offset())) {
                verdict.violated("never completed: " + entry + "; its calls: " + callsOf(history, entry));
            } else if (seek != null && entry.offset() >= seek.offset() && completed < seek.nanos()) {
                verdict.violated("not delivered again after " + seek + ": " + entry);
            }
        }
    }

    private static void commits(
            History history,
            Verdict verdict,
            int partition,
            List<Ledger.Entry> entries,
            Map<Ledger.Entry, Long> first) {
        // doneBy[o]: when the last of all records below o was completed for the first time.
        long[] doneBy = new long[entries.size() + 1];
        Ledger.Entry[] slowest = new Ledger.Entry[entries.size() + 1];
        doneBy[0] = Long.MIN_VALUE;
        for (int offset = 0; offset < entries.size(); offset++) {
            doneBy[offset + 1] = doneBy[offset];
            slowest[offset + 1] = slowest[offset];
            Ledger.Entry entry = entries.get(offset);
            if (entry != null && !history.skipped(partition, offset)) {
                long done = first.getOrDefault(entry, Long.MAX_VALUE);
                if (done > doneBy[offset + 1]) {
                    doneBy[offset + 1] = done;
                    slowest[offset + 1] = entry;
                }
            }
        }
        for (Commit commit : history.commits()) {
            if (commit.partition() == partition) {
                int offset = (int) Math.min(commit.offset(), entries.size());
                if (doneBy[offset] > commit.nanos()) {
                    verdict.violated("%s at %.3f s stands above %s, which was not completed by then; its calls: %s"
                            .formatted(
                                    commit, commit.nanos() / 1e9, slowest[offset], callsOf(history, slowest[offset])));
                }
            }
        }
    }

    private static List<Call> callsOf(History history, Ledger.Entry entry) {
        return history.calls().stream()
                .filter(call -> call.partition() == entry.partition() && call.offset() == entry.offset())
                .toList();
    }
}
