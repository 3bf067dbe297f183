package dev.keyway.admin.module;

import java.util.List;

/**
 * One topic of an ingress and where its records go. Immutable. What the topic does not say itself comes from its ingress.
 *
 * @param valueType typename that the value is labelled with; {@code null} means that the value is plain UTF-8 text, to be
 *     wrapped as {@code io.statefun.types/string}
 * @param targets every one gets every record, in this order; may be empty: records are dropped
 * @param forwardHeaders whether record headers travel as metadata of the value
 */
public record IngressTopic(
        String topic, String valueType, List<TypeName> targets, boolean forwardHeaders, InvalidRecords invalidRecords) {
    public IngressTopic {
        targets = List.copyOf(targets);
    }
}
