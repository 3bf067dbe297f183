package dev.keyway.ordering;

/**
 * An invocation that can wait in a mailbox. The links of the queue live in the entry, so that queueing allocates
 * nothing. An entry is in at most one mailbox at a time; owner thread only.
 */
public abstract class MailboxEntry {
    /** The next entry of the same mailbox, towards the newest. */
    MailboxEntry next;
    /** The previous entry; null for the head and outside a mailbox. */
    MailboxEntry previous;
    /** In the head only: the newest entry of the mailbox. */
    MailboxEntry tail;
    /** In the head only: entries of the mailbox, the head included. */
    int depth;
    /** The raw key; null outside a mailbox. */
    byte[] key;
    /** Which keyed service the key belongs to. */
    int owner;
    /** Seeded hash of owner and key, never 0 inside a mailbox. */
    int hash;

    /** For subclasses. */
    protected MailboxEntry() {}
}
