package dev.keyway.gateway.metrics;

/** What became of a record that failed; the tag {@code policy} of the failure counters. */
public enum Policy {
    COMPLETE("complete"),
    PAUSE("pause"),
    DEAD_LETTER("dead-letter"),
    DISCARD("discard");

    private final String wireName;

    Policy(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
