package dev.keyway.admin.rest;

import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer of the API. Immutable.
 *
 * @param body may be {@code null} for an empty answer
 */
record Reply(int status, Map<String, String> headers, String contentType, String body) {

    private static final String JSON = "application/json";

    static Reply json(int status, JsonObject body) {
        return new Reply(status, Map.of(), JSON, body.encode());
    }

    static Reply ok(JsonObject body) {
        return json(200, body);
    }

    static Reply created(String location, JsonObject body) {
        return new Reply(201, Map.of("Location", location), JSON, body.encode());
    }

    static Reply empty(int status) {
        return new Reply(status, Map.of(), null, null);
    }

    static Reply text(int status, String contentType, String body) {
        return new Reply(status, Map.of(), contentType, body);
    }

    static Reply error(ApiError error) {
        if (error.isText()) {
            return text(error.status(), "text/plain; charset=utf-8", error.getMessage());
        }
        return json(
                error.status(),
                new JsonObject().put("message", error.getMessage()).put("restate_code", error.code()));
    }

    Reply with(String header, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(header, value);
        return new Reply(status, all, contentType, body);
    }
}
