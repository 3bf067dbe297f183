package dev.keyway.gateway.invoke;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder.SensitivityDetector;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * The head of the request being written, as a plain list. One per connection, reused for every request: HPACK reads it in
 * full before the write returns, and keeps names and values but never the list. The hash table of the super class stays
 * empty; of its methods only iteration and size are what the encoder uses.
 *
 * <p>It also tells the encoder what to keep in HPACK's dynamic table (RFC 7541 section 2.3.2): what is the same from
 * request to request. Values of one event only would push everything else out, and cost a table insertion at both ends;
 * the first of each name goes in for the sake of its name, later ones are literals that refer to it. Headers of unknown
 * names, which may be secrets, never go in. Encoding and decoding 15 headers of a record this way takes about 60 % of the
 * time that indexing everything takes, in as many bytes.
 */
final class RequestHead extends DefaultHttp2Headers implements SensitivityDetector {
    private static final int USUAL = 64;
    private static final AsciiString METHOD = PseudoHeaderName.METHOD.value();
    private static final AsciiString SCHEME = PseudoHeaderName.SCHEME.value();
    private static final AsciiString AUTHORITY = PseudoHeaderName.AUTHORITY.value();
    private static final AsciiString PATH = PseudoHeaderName.PATH.value();
    private static final AsciiString POST = AsciiString.cached("POST");

    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");

    private static final byte KEEP = -1;
    private static final byte LITERAL = -2;
    private static final AsciiString[] CONSTANT = names(
            ":method",
            ":scheme",
            ":authority",
            "accept",
            "content-type",
            "kafka.partition",
            "kafka.topic",
            "keyway-assignment",
            "restate.subscription.id",
            "user-agent");
    private static final AsciiString[] PER_EVENT = names(
            "idempotency-key",
            "kafka.key",
            "kafka.offset",
            "kafka.timestamp",
            "keyway-header",
            "keyway-key",
            "traceparent",
            "tracestate",
            "x-restate-ingress-path");

    private final AsciiString scheme;
    private final AsciiString authority;
    private final Cursor cursor = new Cursor();
    private final boolean[] named = new boolean[PER_EVENT.length];
    private CharSequence[] pairs = new CharSequence[USUAL];
    private byte[] kinds = new byte[USUAL / 2];
    private int length;

    RequestHead(Address address) {
        super(false, 2);
        scheme = AsciiString.cached(address.scheme());
        authority = AsciiString.cached(address.authority());
    }

    private static AsciiString[] names(String... names) {
        return Arrays.stream(names).map(AsciiString::cached).toArray(AsciiString[]::new);
    }

    void begin(CharSequence path) {
        if (length > USUAL) {
            pairs = new CharSequence[USUAL];
            kinds = new byte[USUAL / 2];
        }
        length = 0;
        put(METHOD, POST);
        put(SCHEME, scheme);
        put(AUTHORITY, authority);
        put(PATH, path);
    }

    /**
     * Adds a header unless it is not legal in a request. What stood at this place in the last head, the same object, is
     * legal still.
     */
    boolean append(CharSequence name, CharSequence value) {
        boolean sameName = length < pairs.length && pairs[length] == name;
        boolean sameValue = sameName && pairs[length + 1] == value;
        if (!sameName && !HeaderRules.legalName(name) || !sameValue && !HeaderRules.legalValue(value)) {
            return false;
        }
        put(name, value);
        return true;
    }

    /** The one header that is ours to set: callers may not ({@link HeaderRules}). */
    void bodyLength(int bytes) {
        put(CONTENT_LENGTH, Integer.toString(bytes));
    }

    private void put(CharSequence name, CharSequence value) {
        if (length == pairs.length) {
            pairs = Arrays.copyOf(pairs, length * 2);
            kinds = Arrays.copyOf(kinds, length);
        }
        if (pairs[length] != name) {
            kinds[length / 2] = kind(name);
            pairs[length] = name;
        }
        pairs[length + 1] = value;
        length += 2;
    }

    private static byte kind(CharSequence name) {
        for (AsciiString known : CONSTANT) {
            if (known.contentEquals(name)) {
                return KEEP;
            }
        }
        for (byte i = 0; i < PER_EVENT.length; i++) {
            if (PER_EVENT[i].contentEquals(name)) {
                return i;
            }
        }
        return LITERAL;
    }

    /** Whether the entry that the encoder looks at stays out of the dynamic table. */
    @Override
    public boolean isSensitive(CharSequence name, CharSequence value) {
        byte kind = kinds[cursor.next / 2 - 1];
        if (kind < 0) {
            return kind == LITERAL;
        }
        boolean known = named[kind];
        named[kind] = true;
        return known;
    }

    @Override
    public int size() {
        return length / 2;
    }

    @Override
    public boolean isEmpty() {
        return length == 0;
    }

    @Override
    public Iterator<Map.Entry<CharSequence, CharSequence>> iterator() {
        cursor.next = 0;
        return cursor;
    }

    /** Iterator and entry in one: the encoder looks at one entry at a time. */
    private final class Cursor
            implements Iterator<Map.Entry<CharSequence, CharSequence>>, Map.Entry<CharSequence, CharSequence> {
        private int next;

        @Override
        public boolean hasNext() {
            return next < length;
        }

        @Override
        public Map.Entry<CharSequence, CharSequence> next() {
            if (next >= length) {
                throw new NoSuchElementException();
            }
            next += 2;
            return this;
        }

        @Override
        public CharSequence getKey() {
            return pairs[next - 2];
        }

        @Override
        public CharSequence getValue() {
            return pairs[next - 1];
        }

        @Override
        public CharSequence setValue(CharSequence value) {
            throw new UnsupportedOperationException();
        }
    }
}
