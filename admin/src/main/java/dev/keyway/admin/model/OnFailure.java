package dev.keyway.admin.model;

/** What happens to a record whose attempts or age ran out, or that cannot become an invocation. */
public enum OnFailure {
    /** The key waits for an operator's resume or discard. */
    PAUSE,
    /** The record goes to the dead-letter topic. */
    DEAD_LETTER,
    /** The record is counted, logged with its coordinates and dropped. */
    DISCARD
}
