package dev.keyway.benchmarks.load;

/**
 * How much a run measures.
 *
 * @param scale of the numbers of records
 * @param rounds passes as fast as possible of each caller in the main scenario
 * @param otherRounds the same in the other scenarios
 * @param liveSeconds length of a pass at a fixed rate
 * @param warmUps most passes before the first measured one
 * @param idleSeconds length of the look at idle subscriptions
 * @param lagSeconds most time that is spent on one lag
 */
record Depth(double scale, int rounds, int otherRounds, int liveSeconds, int warmUps, int idleSeconds, int lagSeconds) {
    static final Depth QUICK = new Depth(0.25, 1, 1, 2, 2, 3, 8);
    static final Depth STANDARD = new Depth(1, 3, 1, 5, 6, 10, 15);
    static final Depth ALL = new Depth(1, 5, 3, 15, 8, 20, 30);

    int records(int standard) {
        return Math.max(200, (int) (standard * scale));
    }
}
