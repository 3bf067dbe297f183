package dev.keyway.codecs.restate;

import java.io.IOException;
import java.util.List;

/**
 * A terminal failure of a handler or step.
 *
 * @param code an HTTP status code
 * @param metadata version 6 only
 */
public record Failure(int code, String message, List<Header> metadata) implements Result {

    static final int REPEATED = 1 << 3;

    public Failure {
        metadata = List.copyOf(metadata);
    }

    public Failure(int code, String message) {
        this(code, message, List.of());
    }

    static Failure read(Fields in) throws IOException {
        return new Failure(in.uint32(1), in.string(2), Header.readAll(in, 3));
    }

    void writeTo(FieldWriter out) {
        out.uint32(1, code);
        out.string(2, message);
        Header.writeAll(out, 3, metadata);
    }
}
