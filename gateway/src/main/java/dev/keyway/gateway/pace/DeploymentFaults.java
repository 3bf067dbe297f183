package dev.keyway.gateway.pace;

import dev.keyway.gateway.invoke.Outcome;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Deployments whose last call of a loop failed through their own fault. Written by the loop, read by any thread. */
final class DeploymentFaults {
    private final Map<String, String> reasons = new ConcurrentHashMap<>();

    void note(String deployment, Outcome outcome) {
        if (outcome.fault() == Outcome.Fault.DEPLOYMENT) {
            reasons.put(deployment, outcome.reason());
        } else if (!reasons.isEmpty()) {
            reasons.remove(deployment);
        }
    }

    void forget(String deployment) {
        reasons.remove(deployment);
    }

    /** {@code null} when the last call went well, or failed through its record. */
    String reason(String deployment) {
        return reasons.get(deployment);
    }
}
