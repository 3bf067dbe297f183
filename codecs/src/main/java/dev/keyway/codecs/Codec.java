package dev.keyway.codecs;

/**
 * Turns a record's value into the body of a request. Instances are immutable and may be used from any thread; they never
 * block. Found through {@link CodecProvider}.
 */
public interface Codec {

    /** The content type of what {@link #decode} returns, sent as {@code content-type}. */
    String contentType();

    /** Whether a record without a value (a tombstone) can be passed on, as an empty body. */
    boolean acceptsNull();

    /**
     * The body for the handler; may be {@code value} itself, which is then passed on without copying.
     *
     * @param value the record's value, never {@code null}
     * @throws CodecException if the value is not what the codec reads; the message says what was found and where
     */
    byte[] decode(byte[] value) throws CodecException;
}
