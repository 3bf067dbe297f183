package dev.keyway.gateway.commit;

import java.time.Duration;
import java.util.Map;

/**
 * How a source runs its transactions. Immutable.
 *
 * @param transactionalId of this source on this instance, the same after a restart
 * @param timeout after which the broker ends a transaction by itself
 * @param linger how long completions may wait for company while transactions follow one another
 * @param maxCompletions with so many none waits
 * @param producer properties of the producer, Java client names, secrets resolved
 */
public record TransactionSettings(
        String transactionalId, Duration timeout, Duration linger, int maxCompletions, Map<String, Object> producer) {}
