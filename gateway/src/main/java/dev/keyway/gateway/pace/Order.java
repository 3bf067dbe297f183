package dev.keyway.gateway.pace;

/**
 * What the owner of a {@link Throttle} tells one loop.
 *
 * @param number counts the orders to this loop; its next {@link Report} answers it
 * @param quota calls that the loop may have in flight
 * @param tokens tokens of the rate, on top of those it has
 * @param retryAfterMillis how long the rate makes the rest of its calls wait, -1 when it does not
 * @param doubt whether the owner wants to hear of the next good answer
 * @param pausedBy why the circuit is open, {@code null} when it is closed
 * @param probe one call may go out although the circuit is open
 * @param gone the deployment is not registered any more
 */
record Order(
        int number,
        int cap,
        int quota,
        boolean rated,
        int tokens,
        long retryAfterMillis,
        boolean adaptive,
        boolean doubt,
        String pausedBy,
        boolean probe,
        boolean gone) {}
