package dev.keyway.ordering;

import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.function.Consumer;

/**
 * The mailboxes of one event loop: a FIFO per keyed instance (owner and raw key bytes), of which only the head may be
 * in flight. A mailbox exists only while it has work, so idle keys cost nothing. Owner thread only.
 *
 * <pre>
 *   enqueue, key unknown ──► head (start it) ──finish──► gone, and the next waiting entry is head (start it)
 *   enqueue, key busy ─────► waiting ──its turn──► head
 *                               └──remove──► gone
 * </pre>
 *
 * There is no object per mailbox: a table with open addressing holds the heads, and a head holds what belongs to its
 * mailbox (newest entry, depth). A busy key costs a slot of 8 bytes, at a load of a half at most, beside its entries.
 * The table grows by doubling and shrinks when it was mostly empty for a while.
 *
 * @param <E> the entries
 */
public final class Mailboxes<E extends MailboxEntry> {
    private static final int MIN_CAPACITY = 64;
    private static final int MAX_CAPACITY = 1 << 30;

    private final KeyHash hash;
    private MailboxEntry[] heads = new MailboxEntry[MIN_CAPACITY];
    /** Hash of the head in the same slot, 0 for a free slot: most probes end here without touching an entry. */
    private int[] hashes = new int[MIN_CAPACITY];

    private int size;
    private long entries;
    /** Most mailboxes at a time since the last look at the capacity. */
    private int peak;
    /** Mailboxes that may still go before the next look at the capacity. */
    private int untilLook = MIN_CAPACITY;
    /** Changes of the table, to notice one during an iteration. */
    private int changes;

    /** Mailboxes with a seed of their own. */
    public Mailboxes() {
        this(KeyHash.random());
    }

    /**
     * @param hash the hash of keys; give the one that also picks the event loop, to hash a key only once
     */
    public Mailboxes(KeyHash hash) {
        this.hash = hash;
    }

    /**
     * Puts an entry behind all others of its key.
     *
     * @param owner number of the keyed service
     * @param key raw key; must not change while the entry is in the mailbox
     * @return true if the entry is the head: nothing else of this key is in flight, start it
     * @throws IllegalStateException if the entry is in a mailbox already
     */
    public boolean enqueue(int owner, byte[] key, E entry) {
        return enqueue(owner, key, hash.of(owner, key), entry);
    }

    /** As {@link #enqueue(int, byte[], MailboxEntry)}, with the hash that {@link KeyHash#of} gave for the same key. */
    public boolean enqueue(int owner, byte[] key, int keyHash, E entry) {
        if (entry.hash != 0) {
            throw new IllegalStateException("the entry is already in a mailbox");
        }
        if (keyHash == 0) {
            throw new IllegalArgumentException("the hash of a key is never 0");
        }
        int slot = find(owner, key, keyHash);
        entry.owner = owner;
        entry.hash = keyHash;
        entries++;
        if (slot >= 0) {
            MailboxEntry head = heads[slot];
            // All entries share the key of the oldest, so that equal arrays do not pile up.
            entry.key = head.key;
            entry.previous = head.tail;
            head.tail.next = entry;
            head.tail = entry;
            head.depth++;
            return false;
        }
        if (size >= heads.length >>> 1) {
            resize(heads.length << 1);
            slot = find(owner, key, keyHash);
        }
        entry.key = key;
        entry.tail = entry;
        entry.depth = 1;
        heads[~slot] = entry;
        hashes[~slot] = keyHash;
        changes++;
        if (++size > peak) {
            peak = size;
        }
        return true;
    }

    /**
     * Puts an entry right behind another of its mailbox, before those that wait there.
     *
     * @throws IllegalStateException if the entry is in a mailbox already, or the other in none
     */
    public void insertBehind(E other, E entry) {
        if (entry.hash != 0 || other.hash == 0) {
            throw new IllegalStateException(
                    entry.hash != 0 ? "the entry is already in a mailbox" : "the other entry is in no mailbox");
        }
        MailboxEntry head = head(other);
        MailboxEntry after = other.next;
        entry.owner = other.owner;
        entry.hash = other.hash;
        entry.key = other.key;
        entry.previous = other;
        entry.next = after;
        other.next = entry;
        if (after == null) {
            head.tail = entry;
        } else {
            after.previous = entry;
        }
        head.depth++;
        entries++;
    }

    /**
     * Takes the head away because it is done or was given up.
     *
     * @return the new head, to be started, or null: the mailbox is gone
     * @throws IllegalStateException if the entry is not the head of a mailbox of this object
     */
    @SuppressWarnings("unchecked")
    public E finish(E head) {
        int slot = slotOf(head);
        MailboxEntry successor = head.next;
        if (successor == null) {
            free(slot);
        } else {
            successor.previous = null;
            successor.tail = head.tail;
            successor.depth = head.depth - 1;
            heads[slot] = successor;
        }
        entries--;
        forget(head);
        return (E) successor;
    }

    /**
     * Takes a waiting entry out of its mailbox.
     *
     * @return false if the entry is the head or in no mailbox: nothing has changed
     */
    public boolean remove(E queued) {
        MailboxEntry before = queued.previous;
        if (before == null) {
            return false;
        }
        MailboxEntry head = head(queued);
        MailboxEntry after = queued.next;
        before.next = after;
        if (after == null) {
            head.tail = before;
        } else {
            after.previous = before;
        }
        head.depth--;
        entries--;
        forget(queued);
        return true;
    }

    /** Whether the entry is the head of a mailbox. */
    public boolean isHead(E entry) {
        return entry.hash != 0 && entry.previous == null;
    }

    /** The head of the entry's mailbox, or null if the entry is in none. */
    @SuppressWarnings("unchecked")
    public E headOf(E entry) {
        return entry.hash == 0 ? null : (E) head(entry);
    }

    /** The head of the mailbox of this owner and key, or null if there is none. */
    @SuppressWarnings("unchecked")
    public E head(int owner, byte[] key) {
        int slot = find(owner, key, hash.of(owner, key));
        return slot < 0 ? null : (E) heads[slot];
    }

    /** The entry behind this one in the same mailbox, or null. From the head on this walks over the waiting entries. */
    @SuppressWarnings("unchecked")
    public E next(E entry) {
        return (E) entry.next;
    }

    /** Entries of the entry's mailbox, the head included; 0 if it is in none. */
    public int depth(E entry) {
        return entry.hash == 0 ? 0 : head(entry).depth;
    }

    /** Number of mailboxes: keys with work. */
    public int size() {
        return size;
    }

    /** Number of entries in all mailboxes. */
    public long entries() {
        return entries;
    }

    /**
     * Visits the head of every mailbox, in no order. The action may remove waiting entries and enqueue behind a head,
     * but must not make or end a mailbox.
     *
     * @throws ConcurrentModificationException if it did
     */
    @SuppressWarnings("unchecked")
    public void forEachHead(Consumer<E> action) {
        int expected = changes;
        for (MailboxEntry head : heads) {
            if (head != null) {
                action.accept((E) head);
                if (expected != changes) {
                    throw new ConcurrentModificationException("a mailbox was made or ended while heads are visited");
                }
            }
        }
    }

    private MailboxEntry head(MailboxEntry entry) {
        if (entry.previous == null) {
            return entry;
        }
        int slot = find(entry.owner, entry.key, entry.hash);
        if (slot < 0) {
            throw new IllegalStateException("the entry is in a mailbox of another loop");
        }
        return heads[slot];
    }

    /** The slot of the mailbox, or the complement of the free slot where it would be. */
    private int find(int owner, byte[] key, int keyHash) {
        int mask = hashes.length - 1;
        int slot = home(keyHash);
        for (int found = hashes[slot]; found != 0; found = hashes[slot]) {
            if (found == keyHash) {
                MailboxEntry head = heads[slot];
                if (head.owner == owner && (head.key == key || Arrays.equals(head.key, key))) {
                    return slot;
                }
            }
            slot = (slot + 1) & mask;
        }
        return ~slot;
    }

    private int slotOf(MailboxEntry head) {
        int mask = heads.length - 1;
        if (head.hash != 0) {
            int slot = home(head.hash);
            for (MailboxEntry found = heads[slot]; found != null; found = heads[slot]) {
                if (found == head) {
                    return slot;
                }
                slot = (slot + 1) & mask;
            }
        }
        throw new IllegalStateException(
                head.hash == 0 ? "the entry is in no mailbox" : "the entry is not the head of a mailbox of this loop");
    }

    /**
     * Where the search for a hash starts. Multiplicative, by the upper bits: the lower ones are equal for all keys of
     * a loop when they have picked the loop.
     */
    private int home(int keyHash) {
        return (keyHash * 0x9E3779B9) >>> (Integer.numberOfLeadingZeros(hashes.length) + 1);
    }

    /** Frees a slot and closes the gap, so that no search ends too early and no tombstone is needed. */
    private void free(int slot) {
        int mask = hashes.length - 1;
        int gap = slot;
        int probe = slot;
        while (true) {
            probe = (probe + 1) & mask;
            int found = hashes[probe];
            if (found == 0) {
                break;
            }
            // Only what would still be found from its home may move back into the gap.
            if (((probe - home(found)) & mask) >= ((probe - gap) & mask)) {
                hashes[gap] = found;
                heads[gap] = heads[probe];
                gap = probe;
            }
        }
        hashes[gap] = 0;
        heads[gap] = null;
        size--;
        changes++;
        if (--untilLook <= 0) {
            look();
        }
    }

    /** Shrinks a table that a burst has left behind; as often as the table has slots, so it costs nothing per entry. */
    private void look() {
        int wanted = Math.max(MIN_CAPACITY, Integer.highestOneBit(Math.max(1, peak)) << 2);
        if (wanted <= heads.length >>> 1) {
            resize(wanted);
        }
        peak = size;
        untilLook = heads.length;
    }

    private void resize(int capacity) {
        if (capacity > MAX_CAPACITY) {
            throw new IllegalStateException("more than " + (MAX_CAPACITY >>> 1) + " mailboxes");
        }
        MailboxEntry[] oldHeads = heads;
        heads = new MailboxEntry[capacity];
        hashes = new int[capacity];
        int mask = capacity - 1;
        for (MailboxEntry head : oldHeads) {
            if (head != null) {
                int slot = home(head.hash);
                while (hashes[slot] != 0) {
                    slot = (slot + 1) & mask;
                }
                heads[slot] = head;
                hashes[slot] = head.hash;
            }
        }
        changes++;
    }

    private static void forget(MailboxEntry entry) {
        entry.next = null;
        entry.previous = null;
        entry.tail = null;
        entry.key = null;
        entry.depth = 0;
        entry.hash = 0;
    }
}
