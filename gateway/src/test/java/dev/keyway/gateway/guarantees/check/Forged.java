package dev.keyway.gateway.guarantees.check;

import dev.keyway.gateway.guarantees.journal.Block;
import dev.keyway.gateway.guarantees.journal.Bounds;
import dev.keyway.gateway.guarantees.journal.Call;
import dev.keyway.gateway.guarantees.journal.Call.Ending;
import dev.keyway.gateway.guarantees.journal.Commit;
import dev.keyway.gateway.guarantees.journal.Happening;
import dev.keyway.gateway.guarantees.journal.History.Stall;
import dev.keyway.gateway.guarantees.journal.Journal;
import dev.keyway.gateway.guarantees.journal.Network;
import dev.keyway.gateway.guarantees.journal.Sample;
import dev.keyway.gateway.guarantees.journal.Seek;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A journal that nobody lived through, to see what the guarantees make of it. Times are in milliseconds. */
final class Forged {
    static final long DRAIN_MS = 3_000;

    private final Journal journal = new Journal();
    private final List<Happening> happenings = new ArrayList<>();
    private final List<Stall> stalls = new ArrayList<>();
    private final Map<String, Long> cuts = new HashMap<>();
    private final Set<String> held = new HashSet<>();

    /** Records of partition 0 with these keys, at offsets from 0. */
    Forged written(String... keys) {
        for (String key : keys) {
            long offset = journal.ledger().end(0);
            journal.ledger().add(0, offset, key, (int) offset);
        }
        return this;
    }

    /** A call for a written record. */
    Forged call(String instance, int assignment, int offset, int from, int to, Ending ending) {
        return call(instance, "c-" + instance, assignment, offset, from, to, ending);
    }

    Forged call(String instance, String connection, int assignment, int offset, int from, int to, Ending ending) {
        String key = journal.ledger().at(0, offset).key();
        return call(new Call(instance, connection, assignment, 0, offset, key, offset, nanos(from)), to, ending);
    }

    Forged call(Call call, int to, Ending ending) {
        journal.call(ending == Ending.OPEN ? call : call.end(ending, nanos(to)));
        return this;
    }

    /** A call of instance a, assignment 1, that takes a millisecond and is completed. */
    Forged done(int offset, int from) {
        return call("a", 1, offset, from, from + 1, Ending.COMPLETED);
    }

    Forged committed(int offset, int at) {
        journal.add(new Commit(0, offset, nanos(at)));
        return this;
    }

    Forged sought(int offset, int at) {
        journal.add(new Seek(0, offset, nanos(at)));
        return this;
    }

    Forged blocked(int offset, int released) {
        journal.add(new Block(0, offset, journal.ledger().at(0, offset).key(), nanos(released)));
        return this;
    }

    Forged happened(String instance, Happening.Kind kind, int at) {
        happenings.add(new Happening(instance, kind, nanos(at)));
        return this;
    }

    Forged stalled(int from, int to) {
        stalls.add(new Stall(nanos(from), nanos(to)));
        return this;
    }

    Forged cut(String connection, int at) {
        cuts.put(connection, nanos(at));
        return this;
    }

    Forged held(String connection) {
        held.add(connection);
        return this;
    }

    Forged sampled(Sample sample) {
        journal.add(sample);
        return this;
    }

    /** The instance has lost so many partitions up to then. */
    Forged lost(String instance, int partitions, int at) {
        return sampled(new Sample(instance, 0, 0, 0, 0, 0, partitions, false, nanos(at)));
    }

    Verdict judgedBy(Guarantee guarantee) {
        Bounds bounds = new Bounds(nanos(DRAIN_MS), 100, 10, 1_000, 10, 10_000);
        return guarantee.judge(journal.history(happenings, stalls, new Network(cuts, held), bounds));
    }

    private static long nanos(long millis) {
        return millis * 1_000_000;
    }
}
