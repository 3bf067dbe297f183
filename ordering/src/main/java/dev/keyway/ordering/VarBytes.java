package dev.keyway.ordering;

import java.util.Arrays;

/** Bytes with varints (base 128, lowest group first), written or read from the front. Reading never throws. */
final class VarBytes {
    private byte[] bytes;
    private int position;

    VarBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    static int size(long value) {
        return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
    }

    int position() {
        return position;
    }

    byte[] array() {
        return bytes;
    }

    void writeByte(int value) {
        if (position == bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(16, bytes.length * 2));
        }
        bytes[position++] = (byte) value;
    }

    void writeVar(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            writeByte((int) rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        writeByte((int) rest);
    }

    void writeInt(int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            writeByte(value >>> shift);
        }
    }

    void write(byte[] source, int length) {
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length, position + length + 8));
        System.arraycopy(source, 0, bytes, position, length);
        position += length;
    }

    int intAt(int index) {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = value << 8 | bytes[index + i] & 0xff;
        }
        return value;
    }

    /** The next byte, or -1 at the end. */
    int readByte(int end) {
        return position < end ? bytes[position++] & 0xff : -1;
    }

    /** The next varint, or -1 if it is cut off or does not fit 63 bits. */
    long readVar(int end) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = readByte(end);
            if (next < 0) {
                return -1;
            }
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        return -1;
    }
}
