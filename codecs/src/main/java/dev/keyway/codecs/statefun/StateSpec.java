package dev.keyway.codecs.statefun;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;

/**
 * A state as its function declares it.
 *
 * @param expiration {@link Expiration#NEVER} also when the answer holds none
 * @param typename of its values; may be empty
 */
public record StateSpec(String stateName, Expiration expiration, String typename) {

    /**
     * When a state's value goes away by itself.
     *
     * @param millis as the function gave it, so perhaps not positive
     */
    public record Expiration(Mode mode, long millis) {

        /** Never. */
        public static final Expiration NEVER = new Expiration(Mode.NONE, 0);

        /** What starts the time anew; in the order of the protocol's numbers. */
        public enum Mode {
            NONE,
            AFTER_WRITE,
            AFTER_INVOKE
        }

        static Expiration read(WireReader in, Expiration earlier) throws IOException {
            Mode mode = earlier.mode;
            long millis = earlier.millis;
            for (int tag = in.tag(); tag != 0; tag = in.tag()) {
                switch (tag) {
                    case 1 << 3 -> mode = mode(in.enumeration("mode"));
                    case 2 << 3 -> millis = in.int64("expire_after_millis");
                    default -> in.skip(tag);
                }
            }
            return new Expiration(mode, millis);
        }

        private static Mode mode(int number) throws IOException {
            return switch (number) {
                case 0 -> Mode.NONE;
                case 1 -> Mode.AFTER_WRITE;
                case 2 -> Mode.AFTER_INVOKE;
                default ->
                    throw new InvalidProtocolBufferException(
                            number + " is neither NONE (0) nor AFTER_WRITE (1) nor AFTER_INVOKE (2)");
            };
        }
    }

    static StateSpec read(WireReader in) throws IOException {
        String name = "";
        Expiration expiration = Expiration.NEVER;
        String typename = "";
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
                case 1 << 3 | 2 -> name = in.name("state_name");
                case 2 << 3 | 2 -> {
                    int outer = in.enter("expiration_spec");
                    expiration = Expiration.read(in, expiration);
                    in.leave(outer);
                }
                case 3 << 3 | 2 -> typename = in.name("type_typename");
                default -> in.skip(tag);
            }
        }
        return new StateSpec(name, expiration, typename);
    }
}
