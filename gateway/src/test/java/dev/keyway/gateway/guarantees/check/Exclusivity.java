package dev.keyway.gateway.guarantees.check;

import dev.keyway.gateway.guarantees.journal.Call;
import dev.keyway.gateway.guarantees.journal.History;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * No call starts after its partition went to another owner, and no two calls of one key run at once. What the promise
 * leaves open is counted: a call that outlived the drain bound, its process or its session, and one that arrived late
 * because the network kept it back or the handler stood still.
 */
final class Exclusivity implements Guarantee {
    private record Lane(int partition, String key) {}

    @Override
    public String name() {
        return "no call after the loss, one in flight per key";
    }

    @Override
    public Verdict judge(History history) {
        Verdict verdict = new Verdict();
        Map<Integer, Call> newestOwner = new HashMap<>();
        Map<Lane, List<Call>> open = new HashMap<>();
        Map<String, Long> ends = history.ends();
        for (Call call : history.calls()) {
            Call owner = newestOwner.get(call.partition());
            if (owner == null || call.assignment() > owner.assignment()) {
                newestOwner.put(call.partition(), call);
            } else if (!call.sameOwner(owner)) {
                stale(history, verdict, owner, call);
            }
            List<Call> before = open.computeIfAbsent(new Lane(call.partition(), call.key()), lane -> new ArrayList<>());
            before.removeIf(earlier -> over(history, ends, earlier) <= call.start());
            before.forEach(earlier -> overlap(history, verdict, earlier, call));
            before.add(call);
        }
        return verdict;
    }

    /** When the call was over at the latest: its process or its connection may have ended before the handler knew. */
    private static long over(History history, Map<String, Long> ends, Call call) {
        long known = Math.min(
                ends.getOrDefault(call.instance(), Long.MAX_VALUE),
                history.network().cutAt(call.connection()));
        return Math.min(call.end(), Math.max(known, call.start()));
    }

    private static void stale(History history, Verdict verdict, Call owner, Call call) {
        String evidence = call + " after the partition's new owner had called: " + owner;
        if (history.network().late(call)) {
            verdict.counted("arrived late through a disturbed connection", evidence);
        } else if (history.sawLate(owner.start(), call.start())) {
            verdict.counted("perhaps seen late by a handler that stood still", evidence);
        } else {
            verdict.violated("started after the loss: " + evidence);
        }
    }

    private static void overlap(History history, Verdict verdict, Call earlier, Call later) {
        String evidence = earlier + " and " + later;
        if (history.network().late(earlier) || history.network().late(later)) {
            verdict.counted("overlap, arrived late through a disturbed connection", evidence);
        } else if (earlier.instance().equals(later.instance())) {
            if (earlier.ending() == Call.Ending.CLOSED && !earlier.connection().equals(later.connection())) {
                verdict.counted("overlap, the end of the connection was noticed late", evidence);
            } else {
                verdict.violated("two calls of one key at once: " + evidence);
            }
        } else if (history.impaired(earlier.instance(), earlier.start(), later.start())
                || history.lostSince(earlier.instance(), earlier.start())) {
            verdict.counted("overlap, the call outlived its process or session", evidence);
        } else if (!earlier.completed()
                && later.start() - earlier.start() >= history.bounds().drainNanos()) {
            verdict.counted("overlap, the call outlived the drain bound", evidence);
        } else if (history.sawLate(earlier.start(), later.start())) {
            verdict.counted("overlap, perhaps seen late by a handler that stood still", evidence);
        } else {
            verdict.violated("two calls of one key at once: " + evidence);
        }
    }
}
