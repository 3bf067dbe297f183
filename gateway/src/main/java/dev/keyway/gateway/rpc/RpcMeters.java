package dev.keyway.gateway.rpc;

import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.metrics.Metric;
import io.micrometer.core.instrument.Counter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts RPC calls by how they ended. Any thread. */
public final class RpcMeters {
    private static final List<String> OUTCOMES =
            List.of("completed", "failed", "timed-out", "blocked", "overloaded", "unsent", "unknown");

    private final Map<String, Counter> counters = new HashMap<>();

    public RpcMeters(Meters meters) {
        OUTCOMES.forEach(outcome -> counters.put(outcome, meters.counter(Metric.RPC_CALLS, outcome)));
    }

    public void count(RpcCall.Reply reply) {
        counters.get(name(reply)).increment();
    }

    private static String name(RpcCall.Reply reply) {
        if (reply instanceof RpcCall.Reply.Answered answered) {
            return answered.outcome().kind() == Outcome.Kind.COMPLETED ? "completed" : "failed";
        } else if (reply instanceof RpcCall.Reply.TimedOut) {
            return "timed-out";
        } else if (reply instanceof RpcCall.Reply.Blocked) {
            return "blocked";
        } else if (reply instanceof RpcCall.Reply.Overloaded) {
            return "overloaded";
        } else if (reply instanceof RpcCall.Reply.Unsent) {
            return "unsent";
        }
        return "unknown";
    }
}
