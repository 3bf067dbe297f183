package dev.keyway.gateway.guarantees.journal;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All that is known of a run: what every guarantee is judged by.
 *
 * @param calls in the order of their start
 * @param stalls spans in which the handler's own event loop stood still, so that it saw arrivals late and in any order
 */
public record History(
        Ledger ledger,
        List<Call> calls,
        List<Happening> happenings,
        List<Commit> commits,
        List<Seek> seeks,
        List<Block> blocks,
        List<Sample> samples,
        List<Stall> stalls,
        Network network,
        Bounds bounds) {

    /** From the last sign of life to the next. */
    public record Stall(long from, long to) {}

    public History {
        calls = calls.stream().sorted(Comparator.comparingLong(Call::start)).toList();
        happenings = happenings.stream()
                .sorted(Comparator.comparingLong(Happening::nanos))
                .toList();
    }

    /** When each record was first completed; absent when never. */
    public Map<Ledger.Entry, Long> firstCompletions() {
        Map<Ledger.Entry, Long> first = new HashMap<>();
        for (Call call : calls) {
            Ledger.Entry entry = ledger.at(call.partition(), call.offset());
            if (call.completed() && entry != null) {
                first.merge(entry, call.end(), Math::min);
            }
        }
        return first;
    }

    /** The last seek of the partition, {@code null} when there was none. */
    public Seek seekOf(int partition) {
        return seeks.stream()
                .filter(seek -> seek.partition() == partition)
                .max(Comparator.comparingLong(Seek::nanos))
                .orElse(null);
    }

    /** An operator jumped over the record. */
    public boolean skipped(int partition, long offset) {
        return seeks.stream().anyMatch(seek -> seek.partition() == partition && offset < seek.offset());
    }

    /** When each process that is gone ended. */
    public Map<String, Long> ends() {
        Map<String, Long> ends = new HashMap<>();
        for (Happening happening : happenings) {
            if (happening.kind() == Happening.Kind.GONE || happening.kind() == Happening.Kind.DIED) {
                ends.put(happening.instance(), happening.nanos());
            }
        }
        return ends;
    }

    /** Whether between the two moments the instance was, at least for a while, dead, frozen or without its broker. */
    public boolean impaired(String instance, long from, long to) {
        boolean ill = false;
        for (Happening happening : happenings) {
            if (happening.nanos() > to) {
                break;
            }
            if (!happening.instance().equals(instance) && !happening.instance().equals(Happening.ALL)) {
                continue;
            }
            switch (happening.kind()) {
                case KILLED, DIED, FROZEN, CUT -> ill = true;
                case THAWED, HEALED -> {
                    if (ill && happening.nanos() >= from) {
                        return true;
                    }
                    ill = false;
                }
                default -> {}
            }
        }
        return ill;
    }

    /** Whether the instance lost partitions after this moment: its session ended, whatever the reason. */
    public boolean lostSince(String instance, long from) {
        long before = 0;
        long since = 0;
        for (Sample sample : samples) {
            if (sample.instance().equals(instance)) {
                if (sample.nanos() <= from) {
                    before = Math.max(before, sample.lost());
                } else {
                    since = Math.max(since, sample.lost());
                }
            }
        }
        return since > before;
    }

    /** Whether the handler stood still for a while at the end of this span, or shortly before it. */
    public boolean sawLate(long from, long to) {
        return stalls.stream().anyMatch(stall -> stall.to() >= from - 5_000_000_000L && stall.from() <= to);
    }
}
