package dev.keyway.admin.model;

/** What an egress promises for a record that is written to it. */
public enum DeliverySemantic {
    /** The record and the offset of its input are one transaction: readers of committed records see it once. */
    EXACTLY_ONCE("exactly-once"),
    /** The offset waits until the brokers have the record; after a failure it may be there twice. */
    AT_LEAST_ONCE("at-least-once"),
    /** The record is sent, and nothing waits for it; it may be missing. */
    NONE("none");

    private final String wireName;

    DeliverySemantic(String wireName) {
        this.wireName = wireName;
    }

    /** As REST, {@code module.yaml} and the documents write it. */
    public String wireName() {
        return wireName;
    }

    /** The semantic of that name, or {@code null}. */
    public static DeliverySemantic of(String wireName) {
        for (DeliverySemantic each : values()) {
            if (each.wireName.equals(wireName)) {
                return each;
            }
        }
        return null;
    }
}
