package dev.keyway.gateway.dispatch;

import dev.keyway.gateway.invoke.Outcome;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Deployments whose last call of a runner failed through their own fault. Written by the runner, read by any thread. */
final class DeploymentFaults {
    private final Map<String, String> reasons = new ConcurrentHashMap<>();

    void note(String deployment, Outcome outcome) {
        if (outcome.fault() == Outcome.Fault.DEPLOYMENT) {
            reasons.put(deployment, outcome.reason());
        } else if (!reasons.isEmpty()) {
            reasons.remove(deployment);
        }
    }

    /** {@code null} when the last call went well, or failed through its record. */
    String reason(String deployment) {
        return reasons.get(deployment);
    }

    void keep(Collection<String> deployments) {
        reasons.keySet().retainAll(deployments);
    }
}
