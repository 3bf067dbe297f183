package dev.keyway.codecs.statefun;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * One instance of a function.
 *
 * @param name the second half of the function's type name; the protocol calls it {@code type}
 * @param id which instance; may be empty
 */
public record Address(String namespace, String name, String id) {

    private static final Address EMPTY = new Address("", "", "");

    /**
     * The instance that a Kafka record with this key is for. Bytes that are not UTF-8 become U+FFFD, as in Stateful
     * Functions, so that two broken keys can name one instance.
     */
    public static Address ofKey(String namespace, String name, byte[] key) {
        return new Address(namespace, name, new String(key, StandardCharsets.UTF_8));
    }

    /** The function's type, {@code namespace/name}. */
    public String typeName() {
        return namespace + "/" + name;
    }

    @Override
    public String toString() {
        return typeName() + "/" + id;
    }

    /** @param earlier what an earlier occurrence of the same field held, or {@code null}: protobuf merges them */
    static Address read(WireReader in, Address earlier) throws IOException {
        Address base = earlier == null ? EMPTY : earlier;
        String namespace = base.namespace;
        String name = base.name;
        String id = base.id;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
                case 1 << 3 | 2 -> namespace = in.name("namespace");
                case 2 << 3 | 2 -> name = in.name("type");
                case 3 << 3 | 2 -> id = in.string("id");
                default -> in.skip(tag);
            }
        }
        return new Address(namespace, name, id);
    }

    int size() {
        return (namespace.isEmpty() ? 0 : CodedOutputStream.computeStringSize(1, namespace))
                + (name.isEmpty() ? 0 : CodedOutputStream.computeStringSize(2, name))
                + (id.isEmpty() ? 0 : CodedOutputStream.computeStringSize(3, id));
    }

    void writeTo(CodedOutputStream out) throws IOException {
        if (!namespace.isEmpty()) {
            out.writeString(1, namespace);
        }
        if (!name.isEmpty()) {
            out.writeString(2, name);
        }
        if (!id.isEmpty()) {
            out.writeString(3, id);
        }
    }
}
