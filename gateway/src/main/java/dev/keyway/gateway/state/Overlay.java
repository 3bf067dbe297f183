package dev.keyway.gateway.state;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Versions of records that the store does not hold yet, newest last. The shard's owner only. */
final class Overlay {

    /** @param value {@code null} for a removal */
    record Version(Sealed owner, byte[] value) {}

    private final NavigableMap<byte[], ArrayDeque<Version>> versions = new TreeMap<>(Arrays::compareUnsigned);

    void add(Sealed owner, Change change) {
        versions.computeIfAbsent(change.bytes(), key -> new ArrayDeque<>(2)).add(new Version(owner, change.value()));
    }

    void remove(Sealed owner, Change change) {
        ArrayDeque<Version> of = versions.get(change.bytes());
        if (of == null) {
            return;
        }
        for (Iterator<Version> each = of.iterator(); each.hasNext(); ) {
            if (each.next().owner() == owner) {
                each.remove();
            }
        }
        if (of.isEmpty()) {
            versions.remove(change.bytes());
        }
    }

    /** The newest version, or {@code null} if the store's counts. */
    Version latest(byte[] key) {
        ArrayDeque<Version> of = versions.get(key);
        return of == null ? null : of.getLast();
    }

    /** The oldest version that is not committed, or {@code null}. */
    Sealed firstSealed(byte[] key) {
        ArrayDeque<Version> of = versions.get(key);
        if (of != null) {
            for (Version version : of) {
                if (version.owner().state == Sealed.State.SEALED) {
                    return version.owner();
                }
            }
        }
        return null;
    }

    /** The newest committed version, or {@code null} if the store's counts. */
    Version latestCommitted(byte[] key) {
        Version found = null;
        ArrayDeque<Version> of = versions.get(key);
        if (of != null) {
            for (Version version : of) {
                if (version.owner().state == Sealed.State.COMMITTED) {
                    found = version;
                }
            }
        }
        return found;
    }

    /** Keys from {@code from} to before {@code to}. */
    NavigableMap<byte[], ArrayDeque<Version>> range(byte[] from, byte[] to) {
        return Arrays.compareUnsigned(from, to) >= 0 ? new TreeMap<>() : versions.subMap(from, true, to, false);
    }

    int size() {
        return versions.size();
    }
}
