package dev.keyway.gateway.dispatch;

import dev.keyway.gateway.invoke.Invoker;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * What one runner looks like at one moment.
 *
 * @param inFlight calls in flight, by deployment id
 * @param waiting calls that wait for their deployment, by its id
 * @param connections open connections, by deployment id
 */
public record RunnerStats(
        int mailboxes,
        long held,
        int blocked,
        Map<String, Integer> inFlight,
        Map<String, Integer> waiting,
        Map<String, Integer> connections) {

    static RunnerStats of(
            Turns turns, Collection<Invocation> troubled, Invoker invoker, Collection<String> deployments) {
        Map<String, Integer> inFlight = new HashMap<>();
        Map<String, Integer> waiting = new HashMap<>();
        Map<String, Integer> connections = new HashMap<>();
        for (String deployment : deployments) {
            inFlight.put(deployment, invoker.inFlight(deployment));
            waiting.put(deployment, invoker.waiting(deployment));
            connections.put(deployment, invoker.connections(deployment));
        }
        int blocked = 0;
        for (Invocation invocation : troubled) {
            blocked += invocation.state == Invocation.State.BLOCKED ? 1 : 0;
        }
        return new RunnerStats(turns.keys(), turns.held(), blocked, inFlight, waiting, connections);
    }
}
