package dev.keyway.gateway.dispatch;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** The invocations of one runner that do not get on, oldest trouble first. The runner's context only. */
final class Troubles {
    private final Set<Invocation> troubled = new LinkedHashSet<>();

    /** Notes what the newest trouble is; the time of the first one stays. */
    void add(Invocation invocation, String reason) {
        invocation.reason = reason;
        if (invocation.troubledSinceMillis == 0) {
            invocation.troubledSinceMillis = System.currentTimeMillis();
        }
        troubled.add(invocation);
    }

    void remove(Invocation invocation) {
        if (invocation.troubledSinceMillis != 0) {
            troubled.remove(invocation);
        }
    }

    Collection<Invocation> all() {
        return troubled;
    }
}
