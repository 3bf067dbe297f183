package dev.keyway.codecs.restate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A name and a value: of an invocation's headers or of a failure's metadata. */
public record Header(String key, String value) {

    static List<Header> readAll(Fields in, int field) throws IOException {
        List<Header> headers = new ArrayList<>();
        for (Fields header : in.messages(field)) {
            headers.add(new Header(header.string(1), header.string(2)));
        }
        return headers;
    }

    static void writeAll(FieldWriter out, int field, List<Header> headers) {
        for (Header header : headers) {
            out.message(field, nested -> {
                nested.string(1, header.key());
                nested.string(2, header.value());
            });
        }
    }
}
