package dev.keyway.gateway.guarantees.journal;

import dev.keyway.gateway.guarantees.journal.History.Stall;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** What is written down during a run. Any thread may write. */
public final class Journal {
    private final Ledger ledger = new Ledger();
    private final ConcurrentLinkedQueue<Call> calls = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Commit> commits = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Seek> seeks = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Block> blocks = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Sample> samples = new ConcurrentLinkedQueue<>();
    private final Set<Long> completed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger started = new AtomicInteger();
    private final Map<String, Integer> startedBy = new ConcurrentHashMap<>();
    private final Map<Integer, Call> owners = new ConcurrentHashMap<>();

    public Ledger ledger() {
        return ledger;
    }

    public void call(Call call) {
        calls.add(call);
        owners.merge(call.partition(), call, (a, b) -> b.assignment() >= a.assignment() ? b : a);
        started.incrementAndGet();
        startedBy.merge(call.instance(), 1, Integer::sum);
    }

    /** Beside {@link Call#end}: for what waits for progress. */
    public void completed(Call call) {
        completed.add(((long) call.partition() << 48) | call.offset());
    }

    public boolean isCompleted(int partition, long offset) {
        return completed.contains(((long) partition << 48) | offset);
    }

    /** Distinct records. */
    public int completedCount() {
        return completed.size();
    }

    public int callCount() {
        return started.get();
    }

    public int callCount(String instance) {
        return startedBy.getOrDefault(instance, 0);
    }

    public void add(Commit commit) {
        commits.add(commit);
    }

    public void add(Seek seek) {
        seeks.add(seek);
    }

    public void add(Block block) {
        blocks.add(block);
    }

    public void add(Sample sample) {
        samples.add(sample);
    }

    /** Who called last under the newest assignment of each partition. */
    public Map<Integer, String> owners() {
        Map<Integer, String> instances = new TreeMap<>();
        owners.forEach((partition, call) -> instances.put(partition, call.instance()));
        return instances;
    }

    public History history(List<Happening> happenings, List<Stall> stalls, Network network, Bounds bounds) {
        return new History(
                ledger,
                List.copyOf(calls),
                happenings,
                List.copyOf(commits),
                List.copyOf(seeks),
                List.copyOf(blocks),
                List.copyOf(samples),
                stalls,
                network,
                bounds);
    }
}
