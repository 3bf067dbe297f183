package dev.keyway.benchmarks.load;

import java.util.List;

/** A {@link BareMain} process: the bare loop itself, or the caller of the gateway's RPC ingress. */
final class BareCaller implements Caller.OfMemory {
    private final String name;
    private final ChildJvm client;
    private final ChildJvm counted;
    private final boolean rpc;

    private BareCaller(String name, ChildJvm client, ChildJvm counted, boolean rpc) {
        this.name = name;
        this.client = client;
        this.counted = counted;
        this.rpc = rpc;
    }

    /** Vert.x's pooled client, as most programs use it. */
    static BareCaller pooled(Children children, List<String> jvmArgs, int port, int loops, int connections) {
        ChildJvm client = start(children, "bare pooled", jvmArgs, "pooled", port, loops, connections);
        return new BareCaller(client.name(), client, client, false);
    }

    /** Connections that are held: the ceiling of Vert.x's client. */
    static BareCaller held(Children children, List<String> jvmArgs, int port, int loops, int connections) {
        ChildJvm client = start(children, "bare held", jvmArgs, "held", port, loops, connections);
        return new BareCaller(client.name(), client, client, false);
    }

    /** Calls through the gateway, whose cost counts. */
    static BareCaller rpc(Children children, List<String> jvmArgs, KeywayProcess keyway) {
        ChildJvm client = start(children, "rpc client", jvmArgs, "rpc", keyway.ingressPort(), 1, 2);
        return new BareCaller("Keyway RPC", client, keyway.jvm(), true);
    }

    private static ChildJvm start(
            Children children, String name, List<String> jvmArgs, String kind, int port, int loops, int connections) {
        ChildJvm client = children.start(
                name,
                jvmArgs,
                BareMain.class,
                List.of(kind, Integer.toString(port), Integer.toString(loops), Integer.toString(connections)));
        client.await("READY");
        return client;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ChildJvm jvm() {
        return counted;
    }

    @Override
    public long loadPid() {
        return rpc ? client.pid() : OfMemory.super.loadPid();
    }

    @Override
    public boolean ordered() {
        return false;
    }

    @Override
    public void prepare(Workload workload) {
        client.tell("workload " + workload.toWord());
    }

    @Override
    public void backlog(int inFlight) {
        client.send("backlog " + inFlight);
    }

    @Override
    public void live(Schedule schedule) {
        client.send("live " + schedule.burst() + " " + schedule.leadIn() + " " + schedule.counted() + " "
                + schedule.perSecond());
    }
}
