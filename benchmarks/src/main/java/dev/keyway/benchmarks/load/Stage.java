package dev.keyway.benchmarks.load;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;

/** The processes of a run: broker and handler from the begin, callers when they are first needed. One thread. */
final class Stage implements AutoCloseable {
    /** The callers, in the order of the tables. */
    enum Part {
        POOLED,
        HELD,
        PEER,
        OBJECT,
        BATCH_100,
        BATCH_500,
        REPLY,
        REPLY_ONCE,
        SERVICE,
        RPC
    }

    private final Setup setup;
    private final Children children = new Children();
    private final Map<Part, Caller> callers = new EnumMap<>(Part.class);
    private final ChildJvm broker;
    private final ChildJvm handler;
    private final String bootstrapServers;
    private final int handlerPort;
    private final Admin admin;
    private final Topics topics;
    private final Commits commits;
    private final Set<String> atRates = new HashSet<>();
    private KeywayProcess keyway;

    Stage(Setup setup) {
        this.setup = setup;
        try {
            broker = children.start("broker", List.of("-Xmx1g"), BrokerMain.class, List.of());
            handler = children.start(
                    "handler", List.of("-Xmx512m"), HandlerMain.class, List.of(Integer.toString(setup.handlerLoops)));
            bootstrapServers = broker.await("READY");
            handlerPort = Integer.parseInt(handler.await("READY"));
            admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        } catch (RuntimeException e) {
            children.close();
            throw e;
        }
        topics = new Topics(bootstrapServers, admin);
        commits = new Commits(admin);
    }

    /** Starts it if it does not run. */
    Caller caller(Part part) {
        return callers.computeIfAbsent(part, this::start);
    }

    private Caller start(Part part) {
        return switch (part) {
            case POOLED ->
                BareCaller.pooled(children, setup.jvmArgs, handlerPort, setup.bareLoops, setup.bareConnections);
            case HELD -> BareCaller.held(children, setup.jvmArgs, handlerPort, setup.bareLoops, setup.bareConnections);
            case PEER -> new PeerCaller(children, setup.jvmArgs, setup.peerJar, bootstrapServers, handlerPort);
            case OBJECT -> KeywayCaller.object(keyway());
            case BATCH_100 -> KeywayCaller.batch(keyway(), 100);
            case BATCH_500 -> KeywayCaller.batch(keyway(), 500);
            case REPLY -> KeywayCaller.reply(keyway(), "at-least-once");
            case REPLY_ONCE -> KeywayCaller.reply(keyway(), "exactly-once");
            case SERVICE -> KeywayCaller.service(keyway());
            case RPC -> BareCaller.rpc(children, setup.jvmArgs, keyway());
        };
    }

    /** A {@link BareConsumersMain}, which the caller ends. */
    ChildJvm bareConsumers() {
        ChildJvm consumers =
                children.start("bare consumers", setup.jvmArgs, BareConsumersMain.class, List.of(bootstrapServers));
        consumers.await("READY");
        return consumers;
    }

    /** A gateway with functions that read one topic and write another, which the caller ends. */
    FunctionKeyway functions(String in, String out) {
        return new FunctionKeyway(children, setup, bootstrapServers, in, out);
    }

    /** What the functions' processes and the broker take. */
    Gauges gauges(FunctionKeyway functions) {
        return new Gauges(
                functions.gateway(),
                broker,
                functions.functions(),
                ProcessHandle.current().pid());
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    /** Why there are no functions to call, or empty. */
    String missingFunctions() {
        return FunctionKeyway.missing(setup);
    }

    /** The gateway; starts it if it does not run. */
    KeywayProcess keyway() {
        if (keyway == null) {
            keyway = new KeywayProcess(children, setup, bootstrapServers, handlerPort);
        }
        return keyway;
    }

    /** Whether the caller, as it runs now, has had no pass at the rate before. */
    boolean firstAt(Caller caller, int perSecond) {
        return atRates.add(caller.name() + " " + perSecond);
    }

    /** Ends the gateway and all callers after a failure; the next scenario starts new ones, which are cold. */
    void endCallers() {
        callers.clear();
        atRates.clear();
        keyway = null;
        children.endAllBut(broker, handler);
    }

    Topics topics() {
        return topics;
    }

    Commits commits() {
        return commits;
    }

    Gauges gauges(Caller caller) {
        return new Gauges(caller, broker, handler);
    }

    /** Calls that a bare loop keeps in flight, for a handler that takes so long. */
    int inFlight(int serviceMicros) {
        return serviceMicros == 0 ? setup.bareInFlight : Math.max(1, KeywayProcess.CONCURRENCY / setup.bareLoops);
    }

    /** Begins a pass at the handler. */
    void reset(Workload workload, int serviceMicros) {
        handler.tell("reset " + workload.records() + " " + workload.keys().count() + " " + serviceMicros);
    }

    /** What the handler has seen in this pass. */
    Seen seen() {
        return Seen.parse(handler.ask("seen"));
    }

    /** From due time to handler, once all calls have come. */
    Latency latency() {
        return Latency.of(Latency.decode(handler.ask("latency")));
    }

    /** Names of the headers of the pass's first call. */
    String headers() {
        return handler.ask("names");
    }

    /** Where the logs stay after a failure. */
    String keepLogs() {
        children.keepLogs();
        return children.directory().toString();
    }

    @Override
    public void close() {
        admin.close();
        children.close();
    }
}
