package dev.keyway.gateway.invoke;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.Service;
import dev.keyway.codecs.Codec;

/**
 * A handler resolved for calls: what does not change from event to event, built once per registry change. Immutable;
 * any thread.
 *
 * @param codec reads record values for this target; RPC bodies pass through without it
 * @param transport how its deployment is connected to, the same for all targets of the deployment; {@code null} takes what
 *     is configured
 */
public record Target(Deployment deployment, Service service, Handler handler, Codec codec, Transport transport) {

    /** Connected to as configured. */
    public Target(Deployment deployment, Service service, Handler handler, Codec codec) {
        this(deployment, service, handler, codec, null);
    }

    /** Whether calls of one key run one at a time. */
    public boolean exclusive() {
        return service.ty().keyed() && handler.ty() == dev.keyway.admin.model.HandlerType.EXCLUSIVE;
    }

    /** For logs and errors: {@code Service/handler}. */
    @Override
    public String toString() {
        return service.name() + "/" + handler.name();
    }
}
