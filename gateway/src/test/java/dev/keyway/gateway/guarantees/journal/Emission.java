package dev.keyway.gateway.guarantees.journal;

/** A record that a function emitted, as a reader of committed records saw it. */
public record Emission(String key, String value, int partition, long offset) {
    @Override
    public String toString() {
        return "'%s' at %d@%d".formatted(value, partition, offset);
    }
}
