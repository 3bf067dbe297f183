package dev.keyway.gateway.invoke.statefun;

import dev.keyway.codecs.statefun.Address;

/** What a function's effects are held against. Asked on the thread of the conversation; must not block. */
public interface Surroundings {

    /** Whether an endpoint serves functions of that type. */
    boolean servesFunction(String namespace, String name);

    /** Whether there is a Kafka egress of that id, {@code namespace/name}. */
    boolean hasEgress(String egressId);

    /** Whether a delayed message with that token waits at the sender. Tokens belong to the id, whatever the type. */
    boolean isPending(Address sender, String cancellationToken);
}
