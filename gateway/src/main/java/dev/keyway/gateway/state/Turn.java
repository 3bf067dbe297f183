package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.StateValue;
import java.util.List;
import java.util.Map;

/**
 * One invocation batch of an address, with all its states as they were at its start: every attempt of the call sees the
 * same. Ends with {@link Shard#seal} or {@link Shard#discard}. The shard's owner only.
 */
public final class Turn {
    private final Address address;
    private final long startedMillis;
    private final Map<String, StateValue> states;
    final List<String> expired;
    final StateCache.Group group;
    final long opened;
    boolean ended;
    boolean stale;

    Turn(
            Address address,
            long startedMillis,
            Map<String, StateValue> states,
            List<String> expired,
            StateCache.Group group,
            long opened) {
        this.address = address;
        this.startedMillis = startedMillis;
        this.states = states;
        this.expired = expired;
        this.group = group;
        this.opened = opened;
    }

    public Address address() {
        return address;
    }

    /** Processing time of the start, epoch milliseconds. */
    public long startedMillis() {
        return startedMillis;
    }

    /** By name; unmodifiable. Expired states are not there. */
    public Map<String, StateValue> states() {
        return states;
    }

    /** Whether changes that this turn has seen were dropped, so that it has to begin anew. */
    public boolean stale() {
        return stale;
    }
}
