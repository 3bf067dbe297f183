package dev.keyway.admin.rest;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts endpoints on a router: version prefixes, bounds of body size and of requests at once, 404 and 405, and the form of
 * answers and errors. Event loop of the server only.
 */
final class Routes {

    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);
    private static final List<Integer> VERSIONS = List.of(2, 3, 4);

    private final List<Endpoint> endpoints;
    private final int maxInFlight;
    private int inFlight;

    Routes(List<Endpoint> endpoints, int maxInFlight) {
        this.endpoints = endpoints;
        this.maxInFlight = maxInFlight;
    }

    Router router(Vertx vertx, int maxBodyBytes) {
        Router router = Router.router(vertx);
        router.route("/v1/*")
                .handler(context -> send(
                        context,
                        Reply.error(ApiError.text(
                                400,
                                "Unsupported Admin API "
                                        + "version V1; use a path without prefix, or /v2, /v3 or /v4"))));
        router.route().handler(Routes::refuseForms);
        router.route().handler(BodyHandler.create(false).setBodyLimit(maxBodyBytes));
        mount(router, "", ApiRequest.NEWEST_VERSION);
        VERSIONS.forEach(version -> mount(router, "/v" + version, version));
        router.errorHandler(
                404,
                context -> send(
                        context,
                        Reply.error(ApiError.notFound("There is nothing at '"
                                + context.request().path() + "'; GET /openapi lists what there is"))));
        router.errorHandler(
                413,
                context -> send(
                        context,
                        Reply.error(ApiError.text(
                                413,
                                "The request body is larger " + "than " + maxBodyBytes
                                        + " bytes (admin.max-body-bytes)"))));
        router.errorHandler(400, context -> send(context, Reply.error(ApiError.text(400, "Malformed request"))));
        router.errorHandler(500, context -> {
            LOG.error("A request to the admin API failed", context.failure());
            send(context, Reply.error(ApiError.of(500, "internal error; the log of this instance says more")));
        });
        return router;
    }

    /** No endpoint takes forms, and the body handler may throw at one after the routing is over: no answer would go out. */
    private static void refuseForms(RoutingContext context) {
        String type = context.request().getHeader("content-type");
        String media = type == null ? "" : type.strip().toLowerCase(Locale.ROOT);
        if (media.startsWith("multipart/form-data") || media.startsWith("application/x-www-form-urlencoded")) {
            send(
                    context,
                    Reply.error(ApiError.text(
                            415, "Expected request with `Content-Type: application/json`; forms are not taken")));
        } else {
            context.next();
        }
    }

    private void mount(Router router, String prefix, int version) {
        Map<String, List<String>> methods = new LinkedHashMap<>();
        for (Endpoint endpoint : endpoints) {
            if (endpoint.internal() && !prefix.isEmpty()) {
                continue;
            }
            String path = prefix + endpoint.path().replaceAll("\\{(\\w+)}", ":$1");
            router.route(endpoint.method(), path).handler(context -> serve(context, endpoint, version));
            List<String> allowed = methods.computeIfAbsent(path, key -> new ArrayList<>());
            allowed.add(endpoint.method().name());
            if (endpoint.method().equals(HttpMethod.GET)) {
                router.route(HttpMethod.HEAD, path).handler(context -> serve(context, endpoint, version));
                allowed.add("HEAD");
            }
        }
        methods.forEach((path, allowed) -> router.route(path).handler(context -> {
            String allow = String.join(",", allowed);
            send(
                    context,
                    Reply.error(ApiError.of(405, context.request().method() + " is not offered here, only " + allow))
                            .with("allow", allow));
        }));
    }

    private void serve(RoutingContext context, Endpoint endpoint, int version) {
        if (inFlight >= maxInFlight && !endpoint.vital()) {
            send(
                    context,
                    Reply.error(ApiError.of(
                                    429,
                                    maxInFlight + " requests are being answered already (admin.max-in-flight); try "
                                            + "again"))
                            .with("retry-after", "1"));
            return;
        }
        inFlight++;
        context.addEndHandler(end -> inFlight--);
        Future<Reply> reply;
        try {
            reply = endpoint.action().handle(new ApiRequest(context, version));
        } catch (RuntimeException e) {
            reply = Future.failedFuture(e);
        }
        reply.onComplete(done -> {
            ApiError error = done.succeeded() ? null : ApiError.from(done.cause());
            if (done.succeeded()) {
                send(context, done.result());
            } else if (error != null) {
                send(context, Reply.error(error));
            } else {
                context.fail(500, done.cause());
            }
        });
    }

    private static void send(RoutingContext context, Reply reply) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(reply.status());
        reply.headers().forEach(response::putHeader);
        if (reply.body() == null) {
            response.end();
        } else if (context.request().method().equals(HttpMethod.HEAD)) {
            response.putHeader("content-type", reply.contentType());
            response.end();
        } else {
            response.putHeader("content-type", reply.contentType());
            response.end(reply.body());
        }
    }

    /** For messages that list things: the names, or a word for none. */
    static String list(Iterable<String> names) {
        String joined = String.join(", ", names);
        return joined.isEmpty() ? "none" : joined;
    }

    /** An object without its {@code null} fields. */
    static JsonObject compact(JsonObject object) {
        object.getMap().values().removeIf(java.util.Objects::isNull);
        return object;
    }
}
