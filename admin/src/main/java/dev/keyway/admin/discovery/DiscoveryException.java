package dev.keyway.admin.discovery;

/**
 * Why a deployment cannot be registered. {@code code} is Restate's error code, {@code null} where Restate has none;
 * {@code status} the HTTP status that the admin API answers. The message is fit for users and does not repeat the code.
 */
public final class DiscoveryException extends RuntimeException {

    private final int status;
    private final String code;

    DiscoveryException(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    /** META0003: the endpoint cannot be reached or does not answer 200. */
    static DiscoveryException unreachable(String message) {
        return new DiscoveryException(500, "META0003", message);
    }

    /** META0012: no protocol version in common. */
    static DiscoveryException unsupportedVersion(String message) {
        return new DiscoveryException(500, "META0012", message);
    }

    /** META0013: the answer is no manifest. */
    static DiscoveryException malformed(String message) {
        return new DiscoveryException(500, "META0013", message);
    }

    /** META0014: the endpoint speaks only HTTP/1.1. */
    static DiscoveryException http1Only(String message) {
        return new DiscoveryException(500, "META0014", message);
    }

    /** META0015: a bidirectional stream needs HTTP/2. */
    static DiscoveryException bidiOverHttp1(String message) {
        return new DiscoveryException(500, "META0015", message);
    }

    /** META0005: the name is reserved. */
    static DiscoveryException reserved(String message) {
        return new DiscoveryException(400, "META0005", message);
    }

    /** A service or handler definition that contradicts itself. */
    static DiscoveryException badDefinition(String message) {
        return new DiscoveryException(400, null, message);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }
}
