package dev.keyway.ordering;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32C;

/**
 * The text that goes with a committed offset: which offsets above it are complete, which seek of the subscription it
 * belongs to, and which reading of the partition.
 *
 * <p>Text: {@code kw1.} and, in base64url without padding, seek epoch (varint), form (one byte, plus 16 where a reading
 * follows), the reading (varint), the completions in that form, and a CRC-32C of all before it. The completions are offsets relative to the committed one, hence a record
 * that compaction removes before a restart changes nothing. Forms, of which the smaller is written: 0 none; 1 runs
 * (varints: distance from the end of the run before, length less one); 2 bitmap (varint: first offset; then bits from
 * there on, lowest first). Stateless; any thread.
 */
public final class OffsetMetadata {
    /** The most characters that a broker takes by default ({@code offset.metadata.max.bytes}). */
    public static final int MAX_CHARS = 4096;

    private static final String PREFIX = "kw1.";
    private static final int MIN_CHARS = 32;
    private static final int CRC_BYTES = 4;
    private static final int NONE = 0;
    private static final int RUNS = 1;
    private static final int BITMAP = 2;
    private static final int WITH_READING = 16;

    private OffsetMetadata() {}

    /** Whose metadata it is. */
    public enum Kind {
        /** Written by Keyway, intact. */
        OURS,
        /** No metadata: nothing committed yet, or the offset was set by a tool. */
        ABSENT,
        /** Of another program or version, or damaged: to be ignored, with a warning. */
        FOREIGN
    }

    /**
     * @param text the metadata
     * @param complete whether all completions are in it; if not, only the lowest are
     */
    public record Encoded(String text, boolean complete) {}

    /**
     * @param kind whose metadata it is; unless {@code OURS} the rest is 0 and empty
     * @param seekEpoch which seek of the subscription the offset belongs to
     * @param reading which reading of the partition it belongs to, 0 where readings are not told apart
     * @param completions what is complete, relative to the committed offset
     */
    public record Decoded(Kind kind, int seekEpoch, long reading, Completions completions) {}

    /** Writes the metadata of a commit of a source that does not tell readings apart. */
    public static Encoded encode(int seekEpoch, Completions c, int maxChars) {
        return encode(seekEpoch, 0, c, maxChars);
    }

    /**
     * Writes the metadata of a commit.
     *
     * @param seekEpoch not negative
     * @param reading not negative, 0 where readings are not told apart
     * @param c what is complete, relative to the offset that is committed
     * @param maxChars most characters of the text, at least 32
     */
    public static Encoded encode(int seekEpoch, long reading, Completions c, int maxChars) {
        if (seekEpoch < 0 || reading < 0) {
            throw new IllegalArgumentException(
                    "seek epoch is " + seekEpoch + " and reading " + reading + ", must not be negative");
        }
        if (maxChars < MIN_CHARS) {
            throw new IllegalArgumentException(
                    "room for metadata is " + maxChars + " characters, must be at least " + MIN_CHARS);
        }
        int maxBytes = (int) ((maxChars - PREFIX.length()) * 3L / 4);
        VarBytes out = new VarBytes(new byte[Math.min(maxBytes, 256)]);
        out.writeVar(seekEpoch);
        boolean complete = true;
        if (c.isEmpty()) {
            writeForm(NONE, reading, out);
        } else {
            int form = 1 + (reading == 0 ? 0 : VarBytes.size(reading));
            complete = encode(c, reading, out, maxBytes - out.position() - form - CRC_BYTES);
        }
        out.writeInt(crc(out.array(), out.position()));
        byte[] text = Base64.getUrlEncoder().withoutPadding().encode(Arrays.copyOf(out.array(), out.position()));
        return new Encoded(PREFIX + new String(text, StandardCharsets.ISO_8859_1), complete);
    }

    private static void writeForm(int form, long reading, VarBytes out) {
        out.writeByte(reading == 0 ? form : form | WITH_READING);
        if (reading != 0) {
            out.writeVar(reading);
        }
    }

    private static boolean encode(Completions c, long reading, VarBytes out, int room) {
        long first = c.from(0);
        int fitting = 0;
        long runBytes = 0;
        long end = 0;
        while (fitting < c.ranges()) {
            long size = VarBytes.size(c.from(fitting) - end) + VarBytes.size(c.to(fitting) - c.from(fitting) - 1);
            if (runBytes + size > room) {
                break;
            }
            runBytes += size;
            end = c.to(fitting++);
        }
        boolean runsFit = fitting == c.ranges();
        long bitRoom = Math.max(0, room - VarBytes.size(first)) * 8L;
        long bits = c.to(c.ranges() - 1) - first;
        boolean bitsFit = bits <= bitRoom;
        boolean bitmap;
        if (runsFit && bitsFit) {
            bitmap = (bits + 7) / 8 + VarBytes.size(first) < runBytes;
        } else if (runsFit || bitsFit) {
            bitmap = bitsFit;
        } else {
            // Neither holds everything: the one that reaches further keeps more.
            bitmap = bitRoom > c.from(fitting) - first;
        }
        if (bitmap) {
            writeForm(BITMAP, reading, out);
            writeBitmap(c, out, (int) Math.min(bitRoom, bits));
        } else if (fitting == 0) {
            writeForm(NONE, reading, out);
        } else {
            writeForm(RUNS, reading, out);
            writeRuns(c, out, fitting);
        }
        return runsFit || bitsFit;
    }

    private static void writeRuns(Completions c, VarBytes out, int ranges) {
        long end = 0;
        for (int i = 0; i < ranges; i++) {
            out.writeVar(c.from(i) - end);
            out.writeVar(c.to(i) - c.from(i) - 1);
            end = c.to(i);
        }
    }

    private static void writeBitmap(Completions c, VarBytes out, int bits) {
        long first = c.from(0);
        out.writeVar(first);
        byte[] map = new byte[(bits + 7) / 8];
        int last = 0;
        for (int i = 0; i < c.ranges() && c.from(i) - first < bits; i++) {
            last = (int) Math.min(bits, c.to(i) - first);
            for (int bit = (int) (c.from(i) - first); bit < last; bit++) {
                map[bit >>> 3] |= (byte) (1 << (bit & 7));
            }
        }
        out.write(map, (last + 7) / 8);
    }

    /** Reads the metadata of a commit; never throws, whatever the text. */
    public static Decoded decode(String text) {
        if (text == null || text.isEmpty()) {
            return new Decoded(Kind.ABSENT, 0, 0, Completions.empty());
        }
        Decoded foreign = new Decoded(Kind.FOREIGN, 0, 0, Completions.empty());
        if (!text.startsWith(PREFIX)) {
            return foreign;
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text.substring(PREFIX.length()));
        } catch (IllegalArgumentException e) {
            return foreign;
        }
        int end = bytes.length - CRC_BYTES;
        VarBytes in = new VarBytes(bytes);
        if (end < 2 || in.intAt(end) != crc(bytes, end)) {
            return foreign;
        }
        long epoch = in.readVar(end);
        int form = in.readByte(end);
        boolean withReading = form >= WITH_READING;
        long reading = withReading ? in.readVar(end) : 0;
        if (epoch < 0 || epoch > Integer.MAX_VALUE || reading < 0) {
            return foreign;
        }
        Completions completions =
                switch (withReading ? form - WITH_READING : form) {
                    case NONE -> in.position() == end ? Completions.empty() : null;
                    case RUNS -> readRuns(in, end);
                    case BITMAP -> readBitmap(in, end);
                    default -> null;
                };
        return completions == null ? foreign : new Decoded(Kind.OURS, (int) epoch, reading, completions);
    }

    private static Completions readRuns(VarBytes in, int end) {
        long[] bounds = new long[end - in.position()];
        int used = 0;
        long last = 0;
        while (in.position() < end) {
            long gap = in.readVar(end);
            long length = in.readVar(end);
            if (gap < 0 || length < 0 || (gap == 0 && used > 0) || used + 2 > bounds.length) {
                return null;
            }
            long from = last + gap;
            last = from + length + 1;
            if (from < 0 || last <= from) {
                return null;
            }
            bounds[used++] = from;
            bounds[used++] = last;
        }
        return used == 0 ? null : new Completions(Arrays.copyOf(bounds, used));
    }

    private static Completions readBitmap(VarBytes in, int end) {
        long first = in.readVar(end);
        int bits = (end - in.position()) * 8;
        if (first < 0 || bits == 0 || first > Long.MAX_VALUE - bits) {
            return null;
        }
        byte[] map = in.array();
        int start = in.position();
        long[] bounds = new long[bits + 2];
        int used = 0;
        boolean inside = false;
        for (int bit = 0; bit < bits; bit++) {
            boolean set = (map[start + (bit >>> 3)] >>> (bit & 7) & 1) != 0;
            if (set != inside) {
                bounds[used++] = first + bit;
                inside = set;
            }
        }
        if (inside) {
            bounds[used++] = first + bits;
        }
        return used == 0 ? null : new Completions(Arrays.copyOf(bounds, used));
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /**
     * An immutable sorted set of offsets relative to a committed one, as ranges that neither touch nor overlap. Any
     * thread.
     */
    public static final class Completions {
        private static final Completions EMPTY = new Completions(new long[0]);

        /** Range i is {@code [bounds[2i], bounds[2i+1])}. */
        private final long[] bounds;

        private Completions(long[] bounds) {
            this.bounds = bounds;
        }

        /** The empty set. */
        public static Completions empty() {
            return EMPTY;
        }

        /**
         * A set of ranges.
         *
         * @param bounds from (inclusive) and to (exclusive) of each range, strictly rising throughout, not negative
         * @throws IllegalArgumentException if they are not
         */
        public static Completions of(long... bounds) {
            if (bounds.length == 0) {
                return EMPTY;
            }
            if (bounds.length % 2 != 0) {
                throw new IllegalArgumentException("a range lacks its end: " + bounds.length + " bounds");
            }
            long before = -1;
            for (long bound : bounds) {
                if (bound <= before) {
                    throw new IllegalArgumentException("bound " + bound + " follows " + before + ", must rise");
                }
                before = bound;
            }
            return new Completions(bounds.clone());
        }

        /** Whether a relative offset is complete. */
        public boolean contains(long relative) {
            int at = Arrays.binarySearch(bounds, relative);
            return at >= 0 ? at % 2 == 0 : ~at % 2 == 1;
        }

        /** Whether nothing is complete. */
        public boolean isEmpty() {
            return bounds.length == 0;
        }

        /** Number of ranges. */
        public int ranges() {
            return bounds.length / 2;
        }

        /** First relative offset of a range, inclusive; ranges count from 0. */
        public long from(int range) {
            return bounds[2 * range];
        }

        /** End of a range, exclusive. */
        public long to(int range) {
            return bounds[2 * range + 1];
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Completions c && Arrays.equals(bounds, c.bounds);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bounds);
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("{");
            for (int i = 0; i < ranges(); i++) {
                text.append(i == 0 ? "" : ", ").append(from(i)).append("..").append(to(i) - 1);
            }
            return text.append('}').toString();
        }
    }
}
