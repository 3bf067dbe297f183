package dev.keyway.gateway.invoke.restate;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Protocol;
import dev.keyway.codecs.restate.FrameDecoder;
import dev.keyway.gateway.invoke.Call;
import dev.keyway.gateway.invoke.Exchange;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.ProtocolDriver;
import dev.keyway.gateway.invoke.ResponseListener;
import dev.keyway.gateway.invoke.Target;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Protocol {@code restate}: one stream of frames per attempt. Event loop of its invoker only. */
public final class RestateDriver implements ProtocolDriver {
    private static final int MAX_ROUTES = 4_096;

    private final UnaryOperator<String> secrets;
    private final int maxMessageBytes;
    private final Map<Target, RestateRoute> routes = new IdentityHashMap<>();

    /**
     * @param secrets turns {@code ${env:…}} and {@code ${file:…}} references in a deployment's additional headers into
     *     their values; other values pass through. An {@link IllegalArgumentException} says why it cannot, and makes
     *     the attempt fail as the deployment's fault. Must not block
     * @param maxMessageBytes a larger message of a handler fails the attempt; never more than Restate's own 32 MiB
     */
    public RestateDriver(UnaryOperator<String> secrets, int maxMessageBytes) {
        this.secrets = secrets;
        this.maxMessageBytes = Math.min(maxMessageBytes, FrameDecoder.DEFAULT_MAX_PAYLOAD);
    }

    @Override
    public Protocol protocol() {
        return Protocol.RESTATE;
    }

    @Override
    public ResponseListener start(Exchange exchange) {
        Call call = exchange.call();
        Target target = call.target();
        RestateRoute route;
        try {
            route = route(target, exchange.basePath());
        } catch (IllegalArgumentException e) {
            exchange.finish(Outcome.retry(Outcome.Fault.DEPLOYMENT, "no request could be made: " + e.getMessage()));
            return null;
        }
        if (route.version() == 0) {
            Deployment deployment = target.deployment();
            exchange.finish(Outcome.retry(
                    Outcome.Fault.DEPLOYMENT,
                    "the deployment speaks service protocol V" + deployment.minProtocolVersion() + " to V"
                            + deployment.maxProtocolVersion() + ", Keyway V5 and V6"));
            return null;
        }
        byte[] opening = new Opening(exchange, route).send();
        AttemptMachine machine = new AttemptMachine(target, maxMessageBytes, call.wantsResponse());
        RestateAnswer answer = new RestateAnswer(exchange, route, machine);
        answer.open(opening);
        return answer;
    }

    private RestateRoute route(Target target, String basePath) {
        RestateRoute route = routes.get(target);
        if (route == null || !route.basePath().equals(basePath)) {
            if (routes.size() >= MAX_ROUTES) {
                // Targets of earlier registrations cannot be told from live ones here; all are cheap to rebuild.
                routes.clear();
            }
            route = RestateRoute.of(target, basePath, secrets);
            routes.put(target, route);
        }
        return route;
    }
}
