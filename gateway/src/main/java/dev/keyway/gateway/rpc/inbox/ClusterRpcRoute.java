package dev.keyway.gateway.rpc.inbox;

import dev.keyway.admin.model.HandlerType;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.registry.Registry;
import dev.keyway.gateway.rpc.RpcCall;
import dev.keyway.gateway.rpc.RpcRoute;

/** Sends calls to where the exclusivity of their service is kept: through the inbox, or into this process. Any event loop. */
public final class ClusterRpcRoute implements RpcRoute {
    private final Registry registry;
    private final RpcRoute direct;
    private final InboxCalls inbox;

    public ClusterRpcRoute(Registry registry, RpcRoute direct, InboxCalls inbox) {
        this.registry = registry;
        this.direct = direct;
        this.inbox = inbox;
    }

    @Override
    public Pending dispatch(RpcCall call) {
        Service service = registry.snapshot().services().get(call.service());
        return service != null && throughInbox(service, call.handler()) ? inbox.dispatch(call) : direct.dispatch(call);
    }

    /** Whether what is for the handler goes through the inbox. Shared handlers wait for nobody, so they do not. */
    public static boolean throughInbox(Service service, String handler) {
        return service.exclusivity() == Service.Exclusivity.CLUSTER
                && service.ty().keyed()
                && service.handler(handler) != null
                && service.handler(handler).ty() == HandlerType.EXCLUSIVE;
    }

    /** Whether any service of the registry needs the inbox. */
    public static boolean needed(RegistrySnapshot state) {
        return state.services().values().stream()
                .anyMatch(service -> service.exclusivity() == Service.Exclusivity.CLUSTER
                        && service.ty().keyed());
    }
}
