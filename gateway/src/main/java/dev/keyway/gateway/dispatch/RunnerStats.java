package dev.keyway.gateway.dispatch;

import java.util.Map;

/**
 * What one runner looks like at one moment.
 *
 * @param inFlight calls in flight, by deployment id
 * @param connections open connections, by deployment id
 */
public record RunnerStats(
        int mailboxes, long held, int blocked, Map<String, Integer> inFlight, Map<String, Integer> connections) {}
