package dev.keyway.gateway.invoke.http;

import dev.keyway.gateway.invoke.BatchCall;
import dev.keyway.gateway.invoke.BatchRecord;
import dev.keyway.gateway.invoke.HeaderSink;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * How a batch is written: {@code docs/http-handlers.md}, section "Batches". Values that are JSON go as one JSON array, any
 * other go binary.
 */
enum BatchForm {
    /** An array of objects, the value as it is. */
    JSON("application/vnd.keyway.batch+json") {
        @Override
        byte[] write(BatchCall batch, ByteWriter out) {
            JsonFields fields = new JsonFields(out);
            out.put((byte) '[');
            for (int i = 0; i < batch.records(); i++) {
                if (i > 0) {
                    out.put((byte) ',');
                }
                fields.write(batch.record(i));
            }
            out.put((byte) ']');
            return out.take();
        }
    },

    /** Lengths and bytes, numbers big-endian. */
    BINARY("application/vnd.keyway.batch") {
        @Override
        byte[] write(BatchCall batch, ByteWriter out) {
            Binary form = new Binary(out);
            out.put(MAGIC);
            out.int32(batch.records());
            for (int i = 0; i < batch.records(); i++) {
                form.write(batch.record(i));
            }
            return out.take();
        }
    };

    private static final AsciiString MAGIC = AsciiString.cached("KWB1");

    private final AsciiString contentType;

    BatchForm(String contentType) {
        this.contentType = AsciiString.cached(contentType);
    }

    /** @param valueType the content type of each value, as the codec has it */
    static BatchForm of(CharSequence valueType) {
        return isJson(valueType) ? JSON : BINARY;
    }

    static boolean isJson(CharSequence contentType) {
        return contentType != null
                && AsciiString.regionMatches(contentType, true, 0, "application/json", 0, 16)
                && (contentType.length() == 16 || contentType.charAt(16) == ';' || contentType.charAt(16) == ' ');
    }

    AsciiString contentType() {
        return contentType;
    }

    /** The whole body. {@code out} is empty before and after. */
    abstract byte[] write(BatchCall batch, ByteWriter out);

    /** One object of the array. */
    private static final class JsonFields implements HeaderSink {
        private static final AsciiString TOPIC = AsciiString.cached("{\"topic\":\"");
        private static final AsciiString PARTITION = AsciiString.cached("\",\"partition\":");
        private static final AsciiString OFFSET = AsciiString.cached(",\"offset\":");
        private static final AsciiString TIMESTAMP = AsciiString.cached(",\"timestamp\":");
        private static final AsciiString ASSIGNMENT = AsciiString.cached(",\"assignment\":");
        private static final AsciiString IDEMPOTENCY_KEY = AsciiString.cached(",\"idempotency_key\":\"");
        private static final AsciiString KEY = AsciiString.cached("\",\"key\":");
        private static final AsciiString KEY_BASE64 = AsciiString.cached("\",\"key_base64\":\"");
        private static final AsciiString HEADERS = AsciiString.cached(",\"headers\":[");
        private static final AsciiString VALUE = AsciiString.cached(",\"value\":");
        private static final AsciiString NULL = AsciiString.cached("null");

        private final ByteWriter out;
        private boolean anyHeader;

        JsonFields(ByteWriter out) {
            this.out = out;
        }

        void write(BatchRecord record) {
            out.put(TOPIC);
            out.put(record.topic());
            out.put(PARTITION);
            out.decimal(record.partition());
            out.put(OFFSET);
            out.decimal(record.offset());
            if (record.timestamp() >= 0) {
                out.put(TIMESTAMP);
                out.decimal(record.timestamp());
            }
            out.put(ASSIGNMENT);
            out.decimal(record.epoch());
            out.put(IDEMPOTENCY_KEY);
            out.put(record.idempotencyPrefix());
            out.decimal(record.offset());
            key(record.rawKey());
            out.put(HEADERS);
            anyHeader = false;
            record.ownHeaders(this);
            out.put((byte) ']');
            out.put(VALUE);
            if (record.body().length == 0) {
                out.put(NULL);
            } else {
                out.put(record.body());
            }
            out.put((byte) '}');
        }

        private void key(byte[] key) {
            if (key != null && !utf8(key)) {
                out.put(KEY_BASE64);
                out.ascii(Base64.getUrlEncoder().encodeToString(key));
                out.put((byte) '"');
                return;
            }
            out.put(KEY);
            if (key == null) {
                out.put(NULL);
            } else {
                out.quoted(key);
            }
        }

        private static boolean utf8(byte[] bytes) {
            for (byte b : bytes) {
                if (b < 0) {
                    try {
                        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                        return true;
                    } catch (CharacterCodingException e) {
                        return false;
                    }
                }
            }
            return true;
        }

        @Override
        public void add(CharSequence name, CharSequence value) {
            if (anyHeader) {
                out.put((byte) ',');
            }
            anyHeader = true;
            out.put((byte) '[');
            out.quoted(name.toString().getBytes(StandardCharsets.UTF_8));
            out.put((byte) ',');
            out.quoted(value.toString().getBytes(StandardCharsets.UTF_8));
            out.put((byte) ']');
        }
    }

    /** One record of the binary form. */
    private static final class Binary implements HeaderSink {
        private final ByteWriter out;
        private int headers;

        Binary(ByteWriter out) {
            this.out = out;
        }

        void write(BatchRecord record) {
            int start = out.length();
            out.int32(0);
            out.int32(record.partition());
            out.int64(record.offset());
            out.int64(record.timestamp());
            out.int32(record.epoch());
            int prefix = out.length();
            out.int32(0);
            out.put(record.idempotencyPrefix());
            out.decimal(record.offset());
            out.int32(prefix, out.length() - prefix - 4);
            bytes(record.rawKey());
            int count = out.length();
            out.int32(0);
            headers = 0;
            record.ownHeaders(this);
            out.int32(count, headers);
            bytes(record.body());
            out.int32(start, out.length() - start - 4);
        }

        /** Length and bytes; length -1 for none. */
        private void bytes(byte[] value) {
            out.int32(value == null ? -1 : value.length);
            if (value != null) {
                out.put(value);
            }
        }

        @Override
        public void add(CharSequence name, CharSequence value) {
            headers++;
            bytes(name.toString().getBytes(StandardCharsets.UTF_8));
            bytes(value.toString().getBytes(StandardCharsets.UTF_8));
        }
    }
}
