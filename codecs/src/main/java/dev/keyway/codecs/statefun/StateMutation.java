package dev.keyway.codecs.statefun;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;

/**
 * A change of one state.
 *
 * @param value the new value of a {@code MODIFY}; {@code null} when the answer holds none
 */
public record StateMutation(Kind kind, String stateName, TypedValue value) {

    /** In the order of the protocol's numbers. */
    public enum Kind {
        DELETE,
        MODIFY
    }

    static StateMutation read(WireReader in) throws IOException {
        Kind kind = Kind.DELETE;
        String name = "";
        TypedValue value = null;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
                case 1 << 3 -> kind = kind(in.enumeration("mutation_type"));
                case 2 << 3 | 2 -> name = in.name("state_name");
                case 3 << 3 | 2 -> {
                    int outer = in.enter("state_value");
                    value = TypedValue.read(in, value);
                    in.leave(outer);
                }
                default -> in.skip(tag);
            }
        }
        return new StateMutation(kind, name, value);
    }

    private static Kind kind(int number) throws IOException {
        return switch (number) {
            case 0 -> Kind.DELETE;
            case 1 -> Kind.MODIFY;
            default -> throw new InvalidProtocolBufferException(number + " is neither DELETE (0) nor MODIFY (1)");
        };
    }
}
