package dev.keyway.codecs.restate;

import com.google.protobuf.ByteString;

/**
 * One message as it stands on the wire: an 8-byte big-endian header ({@code u16} type, {@code u16} flags, {@code u32}
 * length) and the protobuf bytes. A journal keeps frames, so that a replay sends the very bytes that the SDK sent.
 *
 * @param type 0 to 65535
 * @param flags 0 to 65535; version 5 and later use none
 */
public record Frame(int type, int flags, ByteString payload) {

    static final int HEADER_BYTES = 8;

    public Frame {
        if ((type | flags) >>> 16 != 0) {
            throw new IllegalArgumentException("type " + type + " and flags " + flags + " must fit 16 bits");
        }
    }

    /** The frame as bytes. */
    public byte[] toBytes() {
        byte[] out = new byte[HEADER_BYTES + payload.size()];
        writeHeader(out, type, flags, payload.size());
        payload.copyTo(out, HEADER_BYTES);
        return out;
    }

    static void writeHeader(byte[] out, int type, int flags, int length) {
        out[0] = (byte) (type >>> 8);
        out[1] = (byte) type;
        out[2] = (byte) (flags >>> 8);
        out[3] = (byte) flags;
        out[4] = (byte) (length >>> 24);
        out[5] = (byte) (length >>> 16);
        out[6] = (byte) (length >>> 8);
        out[7] = (byte) length;
    }
}
