package dev.keyway.gateway.state.record;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes being read. What is missing or impossible throws {@link MalformedRecordException} with field and position. */
final class ByteIn {
    private final byte[] bytes;
    private final String what;
    private int position;

    /** @param what for messages, such as {@code state key} */
    ByteIn(byte[] bytes, String what) {
        this.bytes = bytes;
        this.what = what;
    }

    int u8(String field) {
        need(1, field);
        return bytes[position++] & 0xff;
    }

    int u32(String field) {
        need(4, field);
        int value = ByteBuffer.wrap(bytes).getInt(position);
        position += 4;
        return value;
    }

    long u64(String field) {
        need(8, field);
        long value = ByteBuffer.wrap(bytes).getLong(position);
        position += 8;
        return value;
    }

    /** A number that is never negative. */
    long u63(String field) {
        int at = position;
        long value = u64(field);
        if (value < 0) {
            throw broken(field, at, "is " + value + "; wanted 0 or more");
        }
        return value;
    }

    long varint(String field) {
        int at = position;
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = u8(field);
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw broken(field, at, "is a varint of more than 63 bits");
    }

    byte[] sized(String field) {
        int at = position;
        return bytes(varint(field), field, at);
    }

    /** Bytes whose length has been read; {@code at} is where it stood. */
    byte[] bytes(long size, String field, int at) {
        if (size > bytes.length - position) {
            throw broken(
                    field, at, "has a length of " + size + " and only " + (bytes.length - position) + " bytes follow");
        }
        position += (int) size;
        return Arrays.copyOfRange(bytes, position - (int) size, position);
    }

    String text(String field) {
        int at = position;
        byte[] utf8 = sized(field);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw broken(field, at, "is not UTF-8");
        }
    }

    byte[] rest() {
        byte[] rest = Arrays.copyOfRange(bytes, position, bytes.length);
        position = bytes.length;
        return rest;
    }

    boolean atEnd() {
        return position == bytes.length;
    }

    void end() {
        if (!atEnd()) {
            throw broken(
                    "end", position, "is followed by " + (bytes.length - position) + " bytes that belong to no field");
        }
    }

    MalformedRecordException broken(String field, int at, String problem) {
        return new MalformedRecordException(what + ": " + field + " at byte " + at + " " + problem);
    }

    int position() {
        return position;
    }

    private void need(int count, String field) {
        if (count > bytes.length - position) {
            throw broken(
                    field, position, "needs " + count + " bytes and only " + (bytes.length - position) + " follow");
        }
    }
}
