package dev.keyway.admin.model;

/** What happens to a record that its handler refused for good (a terminal error). */
public enum OnTerminal {
    /** Counted, logged and listed; the record is done, as in Restate. */
    COMPLETE,
    PAUSE,
    DEAD_LETTER,
    DISCARD
}
