package dev.keyway.admin.rest;

import dev.keyway.admin.discovery.DiscoveryException;
import dev.keyway.admin.registry.RegistryException;

/**
 * A request that is answered with an error. Domain errors are JSON {@code {"message", "restate_code"}}; errors about the
 * form of a request are plain text, as in Restate.
 */
final class ApiError extends RuntimeException {

    private final int status;
    private final String code;
    private final boolean text;

    private ApiError(int status, String code, boolean text, String message) {
        super(message);
        this.status = status;
        this.code = code;
        this.text = text;
    }

    static ApiError of(int status, String message) {
        return new ApiError(status, null, false, message);
    }

    static ApiError badRequest(String message) {
        return of(400, message);
    }

    static ApiError notFound(String message) {
        return of(404, message);
    }

    static ApiError conflict(String message) {
        return of(409, message);
    }

    static ApiError unavailable(String message) {
        return of(503, message);
    }

    /** An error with one of Restate's codes, which the message repeats. */
    static ApiError meta(int status, String code, String message) {
        return new ApiError(status, code, false, "[" + code + "] " + message);
    }

    static ApiError text(int status, String message) {
        return new ApiError(status, null, true, message);
    }

    /** The answer to a failure of any kind; {@code null} when it is a defect of the server. */
    static ApiError from(Throwable failure) {
        if (failure instanceof ApiError error) {
            return error;
        } else if (failure instanceof DiscoveryException e) {
            return e.code() == null ? of(e.status(), e.getMessage()) : meta(e.status(), e.code(), e.getMessage());
        } else if (failure instanceof RegistryException e) {
            return of(e.kind() == RegistryException.Kind.REFUSED ? 400 : 503, e.getMessage());
        }
        return null;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    boolean isText() {
        return text;
    }
}
