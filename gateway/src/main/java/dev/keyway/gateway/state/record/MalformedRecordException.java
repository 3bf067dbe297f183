package dev.keyway.gateway.state.record;

/** A record of a known kind and version whose bytes are not laid out as they must be. The message says where. */
public final class MalformedRecordException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public MalformedRecordException(String message) {
        super(message);
    }
}
