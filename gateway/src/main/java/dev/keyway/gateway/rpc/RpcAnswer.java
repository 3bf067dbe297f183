package dev.keyway.gateway.rpc;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** The answer to one request: written at most once, and counted as ended exactly once. Event loop only. */
final class RpcAnswer {
    static final String INGRESS = "ingress";
    static final String INVOCATION = "invocation";
    private static final String ERROR_SOURCE = "x-restate-error-source";

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Runnable ended;
    private Runnable counted;
    private Runnable left;
    private boolean written;
    private boolean over;

    /** @param ended called once when the answer is complete or nobody reads it any more */
    RpcAnswer(HttpServerRequest request, Runnable ended) {
        this.request = request;
        this.response = request.response();
        this.ended = ended;
        response.exceptionHandler(ignored -> {});
        response.closeHandler(v -> over());
        response.endHandler(v -> over());
    }

    void onEnd(Runnable count) {
        counted = count;
    }

    /** @param gone called when the caller leaves before the answer was written */
    void onLeave(Runnable gone) {
        left = gone;
    }

    private void over() {
        if (over) {
            return;
        }
        over = true;
        if (counted != null) {
            counted.run();
        }
        ended.run();
        if (!written && left != null) {
            left.run();
        }
    }

    /** Nobody waits for this answer, or it has been given. */
    boolean settled() {
        return written || over;
    }

    void preflight() {
        Cors.preflightHeaders(request, response.headers());
        write(200, null);
    }

    void notFound(String message) {
        error(404, message);
    }

    void overloaded(String message, long retryAfterSeconds) {
        response.putHeader("retry-after", Long.toString(Math.max(1, retryAfterSeconds)));
        error(429, message);
    }

    void methodNotAllowed(String allowed) {
        response.putHeader("allow", allowed);
        error(405, "method " + request.method() + " is not allowed here; use " + allowed);
    }

    /** An error that the ingress itself makes. */
    void error(int status, String message) {
        error(status, message, Map.of(), INGRESS);
    }

    void error(int status, String message, Map<String, String> metadata, String source) {
        if (settled()) {
            return;
        }
        JsonObject body = new JsonObject().put("code", status).put("message", message);
        if (!metadata.isEmpty()) {
            JsonObject extra = new JsonObject();
            metadata.forEach(extra::put);
            body.put("metadata", extra);
        }
        body.put("source", source);
        response.putHeader("content-type", "application/json");
        response.putHeader(ERROR_SOURCE, source);
        write(status, body.toBuffer());
    }

    void json(int status, JsonObject body) {
        if (!settled()) {
            response.putHeader("content-type", "application/json");
            write(status, body.toBuffer());
        }
    }

    MultiMap headers() {
        return response.headers();
    }

    void write(int status, Buffer body) {
        if (settled()) {
            return;
        }
        written = true;
        Cors.headers(request, response.headers());
        response.setStatusCode(status);
        boolean unread = !request.isEnded();
        if (unread && request.version() != HttpVersion.HTTP_2) {
            // What is left of the request must not be taken for the next one.
            response.putHeader("connection", "close");
        }
        (body == null || body.length() == 0 ? response.end() : response.end(body)).onComplete(done -> {
            if (unread) {
                discardRest();
            }
        });
    }

    private void discardRest() {
        if (request.isEnded()) {
            return;
        }
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset(0);
        } else {
            request.connection().close();
        }
    }
}
