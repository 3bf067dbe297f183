package dev.keyway.gateway.invoke.statefun;

import dev.keyway.admin.model.Protocol;
import dev.keyway.codecs.statefun.Address;
import dev.keyway.gateway.invoke.Exchange;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.ProtocolDriver;
import dev.keyway.gateway.invoke.ResponseListener;
import dev.keyway.gateway.invoke.Target;
import io.netty.util.AsciiString;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Protocol {@code statefun}: one {@code POST} with a batch of messages per attempt, as StateFun's runtime sends it. Calls
 * are {@link FunctionCall}s. What functions have declared is known per driver, so that each loop asks once. Event loop of
 * its invoker only.
 */
public final class StatefunDriver implements ProtocolDriver {
    private static final AsciiString ACCEPT = AsciiString.cached("accept");
    private static final AsciiString USER_AGENT = AsciiString.cached("user-agent");
    private static final AsciiString STATEFUN = AsciiString.cached("statefun");
    private static final int MAX_ROUTES = 4_096;

    private final Supplier<FunctionTargets> functions;
    private final FunctionConversation conversation;
    private final Map<Target, FunctionRoute> routes = new IdentityHashMap<>();

    /** @param functions of the module as it is now; asked on the driver's loop */
    public StatefunDriver(Supplier<FunctionTargets> functions) {
        this.functions = functions;
        this.conversation = new FunctionConversation(new Surroundings() {
            @Override
            public boolean servesFunction(String namespace, String name) {
                return functions.get().of(namespace, name) != null;
            }

            @Override
            public boolean hasEgress(String egressId) {
                return functions.get().hasEgress(egressId);
            }

            /** The shard that holds the sender finds out when it takes the effects. */
            @Override
            public boolean isPending(Address sender, String cancellationToken) {
                return false;
            }
        });
    }

    @Override
    public Protocol protocol() {
        return Protocol.STATEFUN;
    }

    @Override
    public ResponseListener start(Exchange exchange) {
        FunctionCall call = (FunctionCall) exchange.call();
        FunctionRoute route = route(call);
        FunctionRequest request =
                conversation.prepare(call.address(), call::state, call.waiting(), route.maxRequestBytes());
        if (request instanceof FunctionRequest.Refused refused) {
            // Only the first message is known not to go.
            call.sent(1);
            exchange.finish(Outcome.undeliverable(Outcome.Fault.RECORD, refused.reason()));
            return null;
        }
        FunctionRequest.Ready ready = (FunctionRequest.Ready) request;
        call.sent(ready.invocations());
        exchange.head(route.path());
        exchange.add(FunctionRoute.CONTENT_TYPE, FunctionConversation.MEDIA_TYPE);
        exchange.add(ACCEPT, FunctionConversation.MEDIA_TYPE);
        exchange.add(USER_AGENT, STATEFUN);
        StatefunAnswer answer = new StatefunAnswer(exchange, route, conversation, ready);
        exchange.send(ready.body(), true);
        answer.sent();
        return answer;
    }

    private FunctionRoute route(FunctionCall call) {
        Target target = call.target();
        FunctionRoute route = routes.get(target);
        if (route == null) {
            if (routes.size() >= MAX_ROUTES) {
                // Targets of an earlier module cannot be told from live ones here; all are cheap to rebuild.
                routes.clear();
            }
            Address address = call.address();
            route = FunctionRoute.of(target, functions.get().endpoint(address.namespace(), address.name()));
            routes.put(target, route);
        }
        return route;
    }
}
