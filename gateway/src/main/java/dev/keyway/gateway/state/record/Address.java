package dev.keyway.gateway.state.record;

import java.util.Objects;

/**
 * Where state lives and invocations go: a type with an id. For StateFun the type is {@code namespace/name}, for objects
 * and workflows the service's name, and the id is the record's or object's key.
 */
public record Address(String type, String id) {
    public Address {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(id, "id");
    }

    @Override
    public String toString() {
        return type + "/" + id;
    }
}
