package dev.keyway.gateway.pace;

/**
 * What one loop tells the owner of a {@link Throttle}.
 *
 * @param answers the newest {@link Order} that the loop has taken in
 * @param held calls that it may have in flight from now on
 * @param demand calls in flight and waiting
 * @param tokensWanted calls that wait for nothing but a token
 * @param tokensBack tokens that found no call, less those that calls of several events took on credit
 * @param good whether a whole answer came that is not the deployment's fault
 * @param faults calls that failed through the deployment's fault after that
 * @param connects connections that could not be made after that
 * @param reason of the last one of these
 * @param completed calls completed since the last report, {@code nanos} their times together, {@code most} the most in
 *     flight at once
 * @param dropped calls that timed out or were refused for overload
 */
record Report(
        int answers,
        int held,
        int demand,
        int tokensWanted,
        int tokensBack,
        boolean good,
        int faults,
        int connects,
        String reason,
        Probe probe,
        int completed,
        long nanos,
        int most,
        int dropped) {

    /** What became of a probe. */
    enum Probe {
        /** Nothing new. */
        NONE,
        FAILED,
        /** No call was there to be sent, or it said nothing. */
        UNUSED
    }
}
