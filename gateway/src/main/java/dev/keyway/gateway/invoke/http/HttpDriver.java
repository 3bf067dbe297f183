package dev.keyway.gateway.invoke.http;

import dev.keyway.admin.model.Protocol;
import dev.keyway.gateway.invoke.BatchCall;
import dev.keyway.gateway.invoke.Call;
import dev.keyway.gateway.invoke.Exchange;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.ProtocolDriver;
import dev.keyway.gateway.invoke.ResponseListener;
import dev.keyway.gateway.invoke.Target;
import io.netty.util.AsciiString;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Protocol {@code http}: one {@code POST} per attempt (design section 4). Event loop of its invoker only. */
public final class HttpDriver implements ProtocolDriver {
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    private static final AsciiString KEYWAY_BATCH = AsciiString.cached("keyway-batch");
    private static final AsciiString KEYWAY_VALUE_TYPE = AsciiString.cached("keyway-value-type");
    private static final int MAX_ROUTES = 4_096;

    private final UnaryOperator<String> secrets;
    private final int maxEffects;
    private final ByteWriter bytes = new ByteWriter();
    private final Map<Target, HttpRoute> routes = new IdentityHashMap<>();

    /**
     * @param secrets turns {@code ${env:…}} and {@code ${file:…}} references in a deployment's additional headers into
     *     their values; other values pass through. An {@link IllegalArgumentException} says why it cannot, and makes
     *     the attempt fail as the deployment's fault. Must not block
     * @param maxEffects records that one answer may ask for
     */
    public HttpDriver(UnaryOperator<String> secrets, int maxEffects) {
        this.secrets = secrets;
        this.maxEffects = maxEffects;
    }

    @Override
    public Protocol protocol() {
        return Protocol.HTTP;
    }

    @Override
    public ResponseListener start(Exchange exchange) {
        Call call = exchange.call();
        HttpRoute route;
        try {
            route = route(call.target(), exchange.basePath());
        } catch (IllegalArgumentException e) {
            exchange.finish(Outcome.retry(Outcome.Fault.DEPLOYMENT, "no request could be made: " + e.getMessage()));
            return null;
        }
        if (call instanceof BatchCall batch) {
            return startBatch(exchange, batch, route);
        }
        exchange.head(route.path(call.key()));
        CharSequence contentType = call.contentType();
        if (contentType != null) {
            exchange.add(CONTENT_TYPE, contentType);
        }
        call.headers(exchange);
        route.additionalHeaders(exchange);
        exchange.send(call.body(), true);
        return new HttpAnswer(exchange, maxEffects);
    }

    private ResponseListener startBatch(Exchange exchange, BatchCall batch, HttpRoute route) {
        BatchForm form = BatchForm.of(batch.contentType());
        exchange.head(route.batchPath());
        exchange.add(CONTENT_TYPE, form.contentType());
        exchange.add(KEYWAY_BATCH, Integer.toString(batch.records()));
        if (form == BatchForm.BINARY) {
            exchange.add(KEYWAY_VALUE_TYPE, batch.contentType());
        }
        batch.headers(exchange);
        route.additionalHeaders(exchange);
        exchange.send(form.write(batch, bytes), true);
        return new BatchAnswer(exchange, batch, maxEffects);
    }

    private HttpRoute route(Target target, String basePath) {
        HttpRoute route = routes.get(target);
        if (route == null || !route.basePath().equals(basePath)) {
            if (routes.size() >= MAX_ROUTES) {
                // Targets of earlier registrations are never told apart from live ones here; all are cheap to rebuild.
                routes.clear();
            }
            route = HttpRoute.of(target, basePath, secrets);
            routes.put(target, route);
        }
        return route;
    }
}
