package dev.keyway.codecs.statefun;

import java.io.IOException;

/**
 * A message to another function, or to the sender itself.
 *
 * @param target {@code null} when the answer names none
 * @param argument {@code null} when the answer holds none
 */
public record OutgoingMessage(Address target, TypedValue argument) {

    static OutgoingMessage read(WireReader in) throws IOException {
        Address target = null;
        TypedValue argument = null;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
                case 1 << 3 | 2 -> {
                    int outer = in.enter("target");
                    target = Address.read(in, target);
                    in.leave(outer);
                }
                case 2 << 3 | 2 -> {
                    int outer = in.enter("argument");
                    argument = TypedValue.read(in, argument);
                    in.leave(outer);
                }
                default -> in.skip(tag);
            }
        }
        return new OutgoingMessage(target, argument);
    }
}
