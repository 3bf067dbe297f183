package dev.keyway.codecs.statefun;

import java.io.IOException;

/**
 * Something for an egress.
 *
 * @param name the second half of the egress' id; the protocol calls it {@code egress_type}
 * @param argument {@code null} when the answer holds none
 */
public record EgressMessage(String namespace, String name, TypedValue argument) {

    /** The egress' id, {@code namespace/name}. */
    public String egressId() {
        return namespace + "/" + name;
    }

    static EgressMessage read(WireReader in) throws IOException {
        String namespace = "";
        String name = "";
        TypedValue argument = null;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
                case 1 << 3 | 2 -> namespace = in.name("egress_namespace");
                case 2 << 3 | 2 -> name = in.name("egress_type");
                case 3 << 3 | 2 -> {
                    int outer = in.enter("argument");
                    argument = TypedValue.read(in, argument);
                    in.leave(outer);
                }
                default -> in.skip(tag);
            }
        }
        return new EgressMessage(namespace, name, argument);
    }
}
