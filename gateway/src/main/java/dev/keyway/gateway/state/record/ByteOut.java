package dev.keyway.gateway.state.record;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes being written: fixed numbers highest byte first, so that they sort; lengths as varints. One thread. */
final class ByteOut {
    private byte[] bytes;
    private int length;

    ByteOut(int capacity) {
        bytes = new byte[capacity];
    }

    private void room(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), bytes.length * 2));
        }
    }

    ByteOut u8(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    ByteOut u32(int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            u8(value >>> shift);
        }
        return this;
    }

    ByteOut u64(long value) {
        return u32((int) (value >>> 32)).u32((int) value);
    }

    ByteOut varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            u8((int) rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        return u8((int) rest);
    }

    ByteOut raw(byte[] source) {
        room(source.length);
        System.arraycopy(source, 0, bytes, length, source.length);
        length += source.length;
        return this;
    }

    ByteOut sized(byte[] source) {
        return varint(source.length).raw(source);
    }

    /** @throws IllegalArgumentException for a text with half a surrogate pair, which UTF-8 cannot hold */
    ByteOut text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (!isAscii(utf8, text)) {
            utf8 = strict(text);
        }
        return sized(utf8);
    }

    private static boolean isAscii(byte[] utf8, String text) {
        // A lone surrogate is written as one '?', so equal lengths alone do not prove ASCII.
        return utf8.length == text.length() && text.chars().noneMatch(c -> c > 0x7f);
    }

    private static byte[] strict(String text) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            return Arrays.copyOf(encoded.array(), encoded.limit());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the text '" + text + "' is no Unicode: half a surrogate pair", e);
        }
    }

    byte[] take() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }
}
