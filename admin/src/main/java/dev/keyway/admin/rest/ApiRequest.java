package dev.keyway.admin.rest;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.Locale;

/**
 * A request as a resource sees it.
 *
 * @param version of the admin API: 2 to 4 by path prefix, the newest without one
 */
record ApiRequest(RoutingContext context, int version) {

    static final int NEWEST_VERSION = 4;

    String path(String name) {
        return context.pathParam(name);
    }

    /**
     * A query parameter, or {@code null}.
     *
     * @throws ApiError 400 if the query is not valid percent-encoding
     */
    String query(String name) {
        try {
            return context.queryParams().get(name);
        } catch (HttpException e) {
            throw ApiError.text(400, "Failed to deserialize query string: it is not valid percent-encoding");
        }
    }

    boolean queryFlag(String name) {
        String value = query(name);
        if (value == null || value.equals("false")) {
            return false;
        }
        if (value.equals("true")) {
            return true;
        }
        throw ApiError.text(
                400, "Failed to deserialize query string: " + name + ": provided string was not `true` or `false`");
    }

    int queryInt(String name, int otherwise, int most) {
        String value = query(name);
        if (value == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Answered below like a number out of range.
        }
        throw ApiError.text(
                400, "Failed to deserialize query string: " + name + ": '" + value + "' is not between 1 and " + most);
    }

    /** An id of the given prefix, checked for its form. */
    String id(String name, String prefix) {
        String value = path(name);
        if (!Ids.wellFormed(prefix, value)) {
            throw ApiError.text(
                    400,
                    "Invalid URL: Cannot parse `" + name + "` with value `" + value + "`: expected " + prefix
                            + "_1 followed by 22 letters and digits");
        }
        return value;
    }

    /** The JSON body; 415 without its content type. */
    JsonBody json() {
        String type = context.request().getHeader("content-type");
        String media = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!media.equals("application/json") && !(media.startsWith("application/") && media.endsWith("+json"))) {
            throw ApiError.text(415, "Expected request with `Content-Type: application/json`");
        }
        return JsonBody.parse(context.body().buffer());
    }

    /** The JSON body, or {@code null} when the request has none. */
    JsonBody optionalJson() {
        Buffer body = context.body().buffer();
        return body == null || body.length() == 0 ? null : json();
    }
}
