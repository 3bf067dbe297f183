package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.StateValue;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The states of the addresses that are in use or were used lately. An address in use (an open turn, or changes that the
 * store does not hold yet) is pinned; how many there are is bounded by what the source holds. The others are kept up to a
 * bound in bytes, the least recently used go first. The shard's owner only.
 */
final class StateCache {
    /** Roughly what a group and an entry cost beside their bytes. */
    private static final int GROUP_BYTES = 250;

    private static final int ENTRY_BYTES = 120;

    private final Map<Address, Group> pinned = new HashMap<>();
    private final LinkedHashMap<Address, Group> idle = new LinkedHashMap<>(16, 0.75f, true);
    private final long maxIdleBytes;
    private long idleBytes;

    StateCache(long maxIdleBytes) {
        this.maxIdleBytes = maxIdleBytes;
    }

    /** A version of one state. @param value {@code null} for a removal */
    record Version(Sealed owner, StateValue value) {}

    /** The states of one address: what the store holds, and above it what it does not hold yet. */
    static final class Group {
        final Address address;
        /** As the store has it; {@code null} until it was loaded. */
        Map<String, StateValue> base;
        /** Present while it is being loaded. */
        Promise<Void> loading;

        private final Map<String, ArrayDeque<Version>> pending = new HashMap<>(2);
        private int pins;

        Group(Address address) {
            this.address = address;
        }

        private long bytes() {
            long bytes =
                    GROUP_BYTES + 2L * (address.type().length() + address.id().length());
            if (base != null) {
                for (Map.Entry<String, StateValue> entry : base.entrySet()) {
                    bytes += ENTRY_BYTES
                            + 2L
                                    * (entry.getKey().length()
                                            + entry.getValue().typename().length())
                            + entry.getValue().bytes().length;
                }
            }
            return bytes;
        }

        /** All states as the next turn sees them. */
        Map<String, StateValue> latest() {
            if (pending.isEmpty()) {
                return base;
            }
            Map<String, StateValue> states = new HashMap<>(base);
            pending.forEach((name, versions) -> {
                StateValue value = versions.getLast().value();
                if (value == null) {
                    states.remove(name);
                } else {
                    states.put(name, value);
                }
            });
            return states;
        }

        boolean isPending(String name) {
            return pending.containsKey(name);
        }
    }

    /** The group of an address, which stays until it is unpinned. */
    Group pin(Address address) {
        Group group = pinned.get(address);
        if (group == null) {
            group = idle.remove(address);
            if (group == null) {
                group = new Group(address);
            } else {
                idleBytes -= group.bytes();
            }
            pinned.put(address, group);
        }
        group.pins++;
        return group;
    }

    void unpin(Group group) {
        if (--group.pins > 0) {
            return;
        }
        pinned.remove(group.address);
        if (group.base == null) {
            return;
        }
        idle.put(group.address, group);
        idleBytes += group.bytes();
        for (Iterator<Group> eldest = idle.values().iterator(); idleBytes > maxIdleBytes && eldest.hasNext(); ) {
            idleBytes -= eldest.next().bytes();
            eldest.remove();
        }
    }

    /** The group if somebody uses it, else {@code null}. */
    Group inUse(Address address) {
        return pinned.get(address);
    }

    void add(Sealed owner, RecordKey.State key, StateValue value) {
        Group group = pin(key.address());
        group.pending.computeIfAbsent(key.name(), name -> new ArrayDeque<>(2)).add(new Version(owner, value));
    }

    /** Takes back what {@link #add} added; {@code written}: the store holds it now. */
    void settle(Sealed owner, RecordKey.State key, StateValue value, boolean written) {
        Group group = pinned.get(key.address());
        ArrayDeque<Version> versions = group.pending.get(key.name());
        versions.removeIf(version -> version.owner() == owner);
        if (versions.isEmpty()) {
            group.pending.remove(key.name());
        }
        if (written && group.base != null) {
            if (value == null) {
                group.base.remove(key.name());
            } else {
                group.base.put(key.name(), value);
            }
        }
        unpin(group);
    }

    /** Whether this change is the oldest one of its state that is not committed. */
    boolean isNext(Sealed owner, RecordKey.State key) {
        for (Version version : pinned.get(key.address()).pending.get(key.name())) {
            if (version.owner().state == Sealed.State.SEALED) {
                return version.owner() == owner;
            }
        }
        return false;
    }

    long idleBytes() {
        return idleBytes;
    }

    int pinnedGroups() {
        return pinned.size();
    }
}
