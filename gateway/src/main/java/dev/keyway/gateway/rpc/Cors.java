package dev.keyway.gateway.rpc;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/** Permissive CORS, as Restate's ingress: any origin, method and header; no credentials. */
final class Cors {
    private Cors() {}

    static boolean preflight(HttpServerRequest request) {
        return request.method() == HttpMethod.OPTIONS;
    }

    static void headers(HttpServerRequest request, MultiMap response) {
        if (request.getHeader("origin") == null) {
            return;
        }
        response.set("access-control-allow-origin", "*");
        response.set("access-control-expose-headers", "*");
    }

    static void preflightHeaders(HttpServerRequest request, MultiMap response) {
        headers(request, response);
        response.set("access-control-allow-methods", "GET, POST");
        String wanted = request.getHeader("access-control-request-headers");
        response.set("access-control-allow-headers", wanted == null ? "*" : wanted);
        response.set("access-control-max-age", "600");
    }
}
