package dev.keyway.benchmarks.load;

import java.util.EnumMap;
import java.util.Map;

/** Processor time and memory of the processes that take part in a pass. One thread. */
final class Gauges {
    /** The processes. */
    enum Of {
        /** Keyway, the bare loop, or the peer. */
        CALLER,
        BROKER,
        HANDLER,
        /** The runner with its producer, or the caller of the RPC ingress. */
        LOAD
    }

    private final ChildJvm caller;
    private final Map<Of, Long> pids = new EnumMap<>(Of.class);

    Gauges(Caller caller, ChildJvm broker, ChildJvm handler) {
        this(caller.jvm(), broker, handler, caller.loadPid());
    }

    Gauges(ChildJvm caller, ChildJvm broker, ChildJvm handler, long loadPid) {
        this.caller = caller;
        pids.put(Of.CALLER, caller.pid());
        pids.put(Of.BROKER, broker.pid());
        pids.put(Of.HANDLER, handler.pid());
        pids.put(Of.LOAD, loadPid);
    }

    /** Throws if the caller has ended. */
    void requireCaller() {
        caller.requireAlive();
    }

    void resetPeaks() {
        pids.values().forEach(ProcFs::resetPeak);
    }

    long[] cpuNanos() {
        long[] cpu = new long[Of.values().length];
        pids.forEach((of, pid) -> cpu[of.ordinal()] = ProcFs.cpuNanos(pid));
        return cpu;
    }

    /** The costs between two samples. */
    Map<Of, Cost> costs(Sample from, Sample to) {
        Map<Of, Cost> costs = new EnumMap<>(Of.class);
        long events = Math.max(1, to.events() - from.events());
        pids.forEach((of, pid) -> costs.put(
                of,
                new Cost(
                        (to.cpuNanos()[of.ordinal()] - from.cpuNanos()[of.ordinal()]) / 1e3 / events,
                        ProcFs.peakBytes(pid))));
        return costs;
    }
}
