package dev.keyway.benchmarks.load;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the values in a JSON batch (docs/http-handlers.md, section "Batches") without building its tree: the handler of a
 * load run reads only fixed places of a value. Any thread; keeps nothing.
 */
final class BatchBody {
    /** Says that a request carries a batch, and of how many records. */
    static final String HEADER = "keyway-batch";

    private static final byte[] VALUE = "\"value\"".getBytes(StandardCharsets.US_ASCII);

    private final byte[] bytes;
    private int at;

    private BatchBody(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The values in their order, or {@code null} if this is no batch of so many records. */
    static List<Buffer> values(Buffer body, String records) {
        List<Buffer> values = new BatchBody(body.getBytes()).read();
        return values != null && Integer.toString(values.size()).equals(records) ? values : null;
    }

    /** Objects in one array, and of each the member {@code value}; other members are skipped by their nesting. */
    private List<Buffer> read() {
        List<Buffer> values = new ArrayList<>();
        int depth = 0;
        int from = -1;
        for (; at < bytes.length; at++) {
            switch (bytes[at]) {
                case '"' -> {
                    boolean named = depth == 2 && from < 0 && isValue();
                    skipText();
                    if (named && at + 1 < bytes.length && bytes[at + 1] == ':') {
                        from = at + 2;
                    }
                }
                case '[', '{' -> depth++;
                case ']', '}' -> {
                    if (depth == 2) {
                        if (from < 0) {
                            return null;
                        }
                        values.add(Buffer.buffer(slice(from)));
                        from = -1;
                    }
                    depth--;
                }
                default -> {}
            }
        }
        return depth == 0 ? values : null;
    }

    private byte[] slice(int from) {
        return Arrays.copyOfRange(bytes, from, at);
    }

    private boolean isValue() {
        return at + VALUE.length <= bytes.length && Arrays.equals(bytes, at, at + VALUE.length, VALUE, 0, VALUE.length);
    }

    /** From an opening quote to the closing one. */
    private void skipText() {
        for (at++; at < bytes.length && bytes[at] != '"'; at++) {
            if (bytes[at] == '\\') {
                at++;
            }
        }
    }
}
