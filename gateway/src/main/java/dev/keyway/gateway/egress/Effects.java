package dev.keyway.gateway.egress;

import java.util.List;

/**
 * What the answer of one invocation asks for besides its completion: records for egresses, in their order. All of them
 * are sent, or none. Immutable.
 */
public record Effects(List<EgressRecord> records) {

    /** The answer asks for nothing. */
    public static final Effects NONE = new Effects(List.of());

    public Effects {
        records = List.copyOf(records);
    }

    public boolean isEmpty() {
        return records.isEmpty();
    }
}
