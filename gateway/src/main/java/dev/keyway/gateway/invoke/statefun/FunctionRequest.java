package dev.keyway.gateway.invoke.statefun;

import dev.keyway.codecs.statefun.Address;
import dev.keyway.codecs.statefun.StateSpec;
import java.util.Map;

/** What came of preparing a request. Immutable. */
public sealed interface FunctionRequest {

    /**
     * A request to be sent.
     *
     * @param invocations how many of those that wait it holds, at least one
     * @param attached the states that it holds, by name
     * @param body not to be changed
     */
    record Ready(Address target, int invocations, Map<String, StateSpec> attached, byte[] body)
            implements FunctionRequest {
        public Ready {
            attached = Map.copyOf(attached);
        }
    }

    /**
     * No request can be made, and trying again will not help by itself.
     *
     * @param reason for users: what was found, and what was expected
     */
    record Refused(String reason) implements FunctionRequest {}
}
