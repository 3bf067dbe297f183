package dev.keyway.codecs.restate;

import com.google.protobuf.UnsafeByteOperations;
import dev.keyway.codecs.WireException;
import java.util.Arrays;

/**
 * Cuts a stream of chunks into frames, however the chunks split or join them. Owned by one thread.
 *
 * <p>Usage: {@link #feed} a chunk, then {@link #next} until it answers {@code null}. A payload that lies within one chunk
 * is a view of it; one that spans chunks is collected in a buffer that grows with what has arrived, never with what a
 * header announces, so a header alone costs its sender's peer nothing.
 */
public final class FrameDecoder {

    /** Restate's own limit for a message. */
    public static final int DEFAULT_MAX_PAYLOAD = 32 * 1024 * 1024;

    private static final byte[] NOTHING = {};

    private final int maxPayload;
    private final byte[] header = new byte[Frame.HEADER_BYTES];
    private int headerRead;
    private int length;
    private byte[] partial = NOTHING;
    private int partialRead;
    private byte[] chunk = NOTHING;
    private int at;
    private boolean broken;

    /** @param maxPayload bytes that a frame may carry */
    public FrameDecoder(int maxPayload) {
        this.maxPayload = maxPayload;
    }

    /**
     * Takes the next chunk. The decoder and its frames keep the array: it must not be changed afterwards.
     *
     * @throws IllegalStateException if the previous chunk was not used up
     */
    public void feed(byte[] next) {
        if (at < chunk.length) {
            throw new IllegalStateException("frames of the previous chunk are still to be taken");
        }
        chunk = next;
        at = 0;
    }

    /**
     * The next frame, or {@code null} when the chunk is used up.
     *
     * @throws WireException if a header announces more than the maximum; the decoder is of no use afterwards
     */
    public Frame next() throws WireException {
        if (broken) {
            throw new WireException("the stream is broken by an oversized frame");
        }
        if (headerRead < Frame.HEADER_BYTES) {
            int count = Math.min(Frame.HEADER_BYTES - headerRead, chunk.length - at);
            System.arraycopy(chunk, at, header, headerRead, count);
            headerRead += count;
            at += count;
            if (headerRead < Frame.HEADER_BYTES) {
                return usedUp();
            }
            length = checkedLength();
        }
        int available = chunk.length - at;
        if (partialRead == 0 && available >= length) {
            Frame frame = frame(chunk, at);
            at += length;
            return frame;
        }
        int count = Math.min(length - partialRead, available);
        if (partial.length - partialRead < count) {
            int grown = (int) Math.min(length, Math.max(partialRead + (long) count, 2L * partial.length));
            partial = Arrays.copyOf(partial, grown);
        }
        System.arraycopy(chunk, at, partial, partialRead, count);
        partialRead += count;
        at += count;
        if (partialRead < length) {
            return usedUp();
        }
        Frame frame = frame(partial, 0);
        partial = NOTHING;
        partialRead = 0;
        return frame;
    }

    /** Whether the stream may end here: no frame has begun. */
    public boolean atFrameBoundary() {
        return headerRead == 0 && at == chunk.length;
    }

    private Frame usedUp() {
        chunk = NOTHING;
        at = 0;
        return null;
    }

    private Frame frame(byte[] bytes, int offset) {
        headerRead = 0;
        return new Frame(u16(0), u16(2), UnsafeByteOperations.unsafeWrap(bytes, offset, length));
    }

    private int checkedLength() throws WireException {
        long announced = (long) u16(4) << 16 | u16(6);
        if (announced > maxPayload) {
            broken = true;
            partial = NOTHING;
            chunk = NOTHING;
            at = 0;
            throw new WireException("a message of type " + MessageType.describe(u16(0)) + " announces " + announced
                    + " bytes, more than the limit of " + maxPayload);
        }
        return (int) announced;
    }

    private int u16(int index) {
        return (header[index] & 0xFF) << 8 | header[index + 1] & 0xFF;
    }
}
