package dev.keyway.gateway.rpc;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.DurationText;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.registry.Registry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.TreeSet;

/** One RPC request from its head to its answer. Event loop of its connection only. */
final class RpcExchange {
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(1);
    private static final String NOT_YET = " need durable invocations, which this version does not have yet";

    private final Vertx vertx;
    private final KeywayConfig.Ingress config;
    private final Registry registry;
    private final RpcRoute route;
    private final Occupancy occupancy;
    private final HttpServerRequest request;
    private final RpcAnswer answer;
    private final long bodyTimeoutMillis;
    private final long begun = System.nanoTime();
    private final Buffer body = Buffer.buffer();
    private long bodyTimer;
    private long held;

    RpcExchange(
            Vertx vertx,
            KeywayConfig.Ingress config,
            Registry registry,
            RpcRoute route,
            Occupancy occupancy,
            HttpServerRequest request,
            RpcAnswer answer,
            long bodyTimeoutMillis) {
        this.vertx = vertx;
        this.config = config;
        this.registry = registry;
        this.route = route;
        this.occupancy = occupancy;
        this.request = request;
        this.answer = answer;
        this.bodyTimeoutMillis = bodyTimeoutMillis;
    }

    void start() {
        String path = request.path();
        RpcPath asked = path == null || !path.startsWith("/")
                ? new RpcPath.Bad("bad path: expected /{service}/{handler} or /{object}/{key}/{handler}")
                : RpcPath.parse(path, registry.snapshot().services());
        if (asked instanceof RpcPath.NotFound notFound) {
            answer.notFound(notFound.message());
        } else if (asked instanceof RpcPath.Bad bad) {
            answer.error(400, bad.message());
        } else if (asked instanceof RpcPath.Health) {
            health();
        } else if (request.method() != HttpMethod.POST && request.method() != HttpMethod.GET) {
            answer.methodNotAllowed("GET, POST");
        } else if (asked instanceof RpcPath.Durable durable) {
            answer.error(501, durable.what() + NOT_YET);
        } else if (asked instanceof RpcPath.Call call) {
            call(call);
        }
    }

    /** The answer has been given, or nobody waits for it. */
    void over() {
        occupancy.leave(held);
    }

    private void health() {
        if (request.method() != HttpMethod.GET) {
            answer.methodNotAllowed("GET");
            return;
        }
        JsonArray names = new JsonArray();
        new TreeSet<>(registry.snapshot().services().keySet()).forEach(names::add);
        answer.json(200, new JsonObject().put("services", names));
    }

    private void call(RpcPath.Call call) {
        Service service = call.service();
        Handler handler = service.handler(call.handler());
        if (!service.isPublic() || !handler.isPublic()) {
            answer.error(400, "the service '" + service.name() + "' is not public");
            return;
        }
        try {
            if (request.getParam("delay") != null) {
                answer.error(400, "the query parameter delay belongs to send; a call starts at once");
                return;
            }
        } catch (IllegalArgumentException e) {
            answer.error(400, "bad query: it is not valid percent-encoding");
            return;
        }
        if (service.ty() == ServiceType.WORKFLOW) {
            answer.error(501, "workflows" + NOT_YET);
            return;
        }
        if (request.getHeader("idempotency-key") != null) {
            answer.error(501, "idempotency keys" + NOT_YET + "; without the header the call is made at least once");
            return;
        }
        Duration timeout;
        try {
            timeout = timeout();
        } catch (IllegalArgumentException e) {
            answer.error(400, e.getMessage());
            return;
        }
        readBody(() -> dispatch(call, handler, timeout));
    }

    private Duration timeout() {
        String text = request.getHeader("x-keyway-timeout");
        if (text == null) {
            return config.defaultTimeout();
        }
        Duration timeout;
        try {
            timeout = DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("header x-keyway-timeout: " + e.getMessage(), e);
        }
        if (timeout.isZero() || timeout.isNegative() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    "header x-keyway-timeout is " + text + ", must be more than zero and at most 1d");
        }
        return timeout;
    }

    private void readBody(Runnable then) {
        long announced = announcedLength();
        if (announced > config.maxBodyBytes()) {
            tooLarge();
            return;
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("expect"))) {
            request.response().writeContinue();
        }
        bodyTimer = vertx.setTimer(
                bodyTimeoutMillis,
                id -> answer.error(408, "the request body did not arrive within " + bodyTimeoutMillis + " ms"));
        answer.onLeave(() -> vertx.cancelTimer(bodyTimer));
        request.handler(chunk -> {
            if (answer.settled()) {
                return;
            }
            if (body.length() + chunk.length() > config.maxBodyBytes()) {
                vertx.cancelTimer(bodyTimer);
                tooLarge();
                return;
            }
            if (!occupancy.hold(chunk.length())) {
                vertx.cancelTimer(bodyTimer);
                answer.overloaded(occupancy.bytesReached(), 1);
                return;
            }
            held += chunk.length();
            body.appendBuffer(chunk);
        });
        request.exceptionHandler(ignored -> vertx.cancelTimer(bodyTimer));
        request.endHandler(v -> {
            vertx.cancelTimer(bodyTimer);
            if (!answer.settled()) {
                then.run();
            }
        });
    }

    private long announcedLength() {
        String length = request.getHeader("content-length");
        try {
            return length == null ? -1 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            // The codec refuses what is not a number before it comes here.
            return -1;
        }
    }

    private void tooLarge() {
        answer.error(
                413, "the request body is larger than " + config.maxBodyBytes() + " bytes (ingress.max-body-bytes)");
    }

    private void dispatch(RpcPath.Call call, Handler handler, Duration timeout) {
        String problem = InputCheck.problem(handler.input(), request.getHeader("content-type"), body.length());
        if (problem != null) {
            answer.error(400, "input validation error: " + problem);
            return;
        }
        RpcRoute.Pending pending = route.dispatch(new RpcCall(
                call.service().name(),
                call.handler(),
                call.key(),
                PassedHeaders.ofRequest(request),
                body,
                begun + timeout.toNanos()));
        answer.onLeave(pending::abandon);
        pending.reply().onComplete((reply, failure) -> {
            if (failure != null) {
                answer.error(500, "internal error: " + failure);
            } else {
                Replies.write(answer, reply, handler);
            }
        });
    }
}
