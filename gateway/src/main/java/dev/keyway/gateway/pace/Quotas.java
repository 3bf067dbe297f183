package dev.keyway.gateway.pace;

import java.util.Arrays;

/**
 * Lends the permits of one deployment to loops, by demand. A loop keeps what it was lent until another one needs it, so a
 * load that stays as it is moves nothing. Shares are max-min fair; when there are fewer permits than loops that want one,
 * {@link #rotate} passes them on.
 *
 * <p>Safe because a permit counts as lent until its loop has said that it gave it back: the sum of {@code held} never
 * grows above the limit. Owner only.
 */
final class Quotas {
    private int limit;
    private int loops;
    private int turn;
    /** What each loop was told it may have in flight. */
    private int[] quota = new int[4];
    /** What each loop may still have in flight, as far as it has said: at least its quota. */
    private int[] held = new int[4];

    private int[] demand = new int[4];

    Quotas(int limit) {
        this.limit = limit;
    }

    /** One loop more, without permits; answers its number. */
    int add() {
        if (loops == quota.length) {
            quota = Arrays.copyOf(quota, loops * 2);
            held = Arrays.copyOf(held, loops * 2);
            demand = Arrays.copyOf(demand, loops * 2);
        }
        return loops++;
    }

    int limit() {
        return limit;
    }

    void limit(int permits) {
        limit = permits;
    }

    int quota(int loop) {
        return quota[loop];
    }

    int demand(int loop) {
        return demand[loop];
    }

    /** Calls of a loop that are in flight or wait. */
    void demand(int loop, int calls) {
        demand[loop] = calls;
    }

    /** The loop, knowing its newest quota, has at most so many in flight from now on. */
    void held(int loop, int permits) {
        held[loop] = Math.max(permits, quota[loop]);
    }

    /** Permits that are lent, or not yet given back. */
    int lent() {
        int sum = 0;
        for (int i = 0; i < loops; i++) {
            sum += held[i];
        }
        return sum;
    }

    /** Whether a loop with work has no permit and will not get one before {@link #rotate}. */
    boolean starving() {
        int wanting = 0;
        boolean without = false;
        for (int i = 0; i < loops; i++) {
            wanting += demand[i] > 0 ? 1 : 0;
            without |= demand[i] > 0 && quota[i] == 0;
        }
        return without && wanting > limit;
    }

    /** Lets the next loop come first. */
    void rotate() {
        turn++;
    }

    /** Sets the quotas anew; answers which loops must be told. */
    boolean[] settle() {
        int[] target = targets();
        boolean[] changed = new boolean[loops];
        boolean shortage = lent() > limit;
        for (int i = 0; i < loops; i++) {
            shortage |= demand[i] > quota[i] && target[i] > quota[i];
        }
        if (!shortage) {
            return changed;
        }
        int free = limit - lent();
        for (int n = 0; n < loops; n++) {
            int i = (turn + n) % loops;
            if (demand[i] > quota[i] && target[i] > quota[i]) {
                int next = Math.min(target[i], held[i] + Math.max(0, free));
                if (next > quota[i]) {
                    free -= Math.max(0, next - held[i]);
                    held[i] = Math.max(held[i], next);
                    quota[i] = next;
                    changed[i] = true;
                }
            }
        }
        if (!satisfied(target) || free < 0) {
            for (int i = 0; i < loops; i++) {
                if (quota[i] > target[i]) {
                    quota[i] = target[i];
                    changed[i] = true;
                }
            }
        }
        return changed;
    }

    private boolean satisfied(int[] target) {
        for (int i = 0; i < loops; i++) {
            if (demand[i] > quota[i] && target[i] > quota[i]) {
                return false;
            }
        }
        return true;
    }

    /** Everybody gets what it wants, up to an equal share; what is left over is headroom, with one share for a newcomer. */
    private int[] targets() {
        int[] target = new int[loops];
        int left = limit;
        int active = 0;
        for (int i = 0; i < loops; i++) {
            active += demand[i] > 0 ? 1 : 0;
        }
        int unmet = active;
        while (left > 0 && unmet > 0) {
            int share = Math.max(1, left / unmet);
            unmet = 0;
            for (int n = 0; n < loops && left > 0; n++) {
                int i = (turn + n) % loops;
                int more = Math.min(Math.min(share, demand[i] - target[i]), left);
                if (more > 0) {
                    target[i] += more;
                    left -= more;
                    unmet += target[i] < demand[i] ? 1 : 0;
                }
            }
        }
        if (left > 0 && active > 0) {
            int bonus = left / (active + 1);
            for (int i = 0; i < loops; i++) {
                target[i] += demand[i] > 0 ? bonus : 0;
            }
        }
        return target;
    }
}
