package dev.keyway.admin.rest;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;

/**
 * One operation of the API.
 *
 * @param path with parameters in braces, as in OpenAPI
 */
record Endpoint(HttpMethod method, String path, Action action) {

    /** Answers a request on the server's event loop; may throw {@link ApiError}. */
    interface Action {
        Future<Reply> handle(ApiRequest request);
    }

    static Endpoint get(String path, Action action) {
        return new Endpoint(HttpMethod.GET, path, action);
    }

    static Endpoint post(String path, Action action) {
        return new Endpoint(HttpMethod.POST, path, action);
    }

    static Endpoint patch(String path, Action action) {
        return new Endpoint(HttpMethod.PATCH, path, action);
    }

    static Endpoint delete(String path, Action action) {
        return new Endpoint(HttpMethod.DELETE, path, action);
    }

    /** For other instances only: no version prefix, not in the OpenAPI document. */
    boolean internal() {
        return path.startsWith("/internal/");
    }

    /** For probes and scrapers: answered even when the server is full. */
    boolean vital() {
        return path.equals("/health") || path.equals("/ready") || path.equals("/metrics");
    }
}
