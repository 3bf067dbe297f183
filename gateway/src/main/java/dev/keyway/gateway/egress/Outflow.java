package dev.keyway.gateway.egress;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The egresses that the answers of one source went to lately. While one of them holds more than its bound, no further
 * call of the source starts. Any thread; few entries, as handlers write to few egresses.
 */
public final class Outflow {
    private static final int MOST = 64;

    private final List<Outlet> outlets = new CopyOnWriteArrayList<>();

    void uses(Outlet outlet) {
        if (outlets.contains(outlet)) {
            return;
        }
        outlets.removeIf(Outlet::closed);
        if (outlets.size() < MOST) {
            outlets.add(outlet);
        }
    }

    /** Whether calls should wait. */
    public boolean full() {
        for (Outlet outlet : outlets) {
            if (outlet.full()) {
                return true;
            }
        }
        return false;
    }
}
