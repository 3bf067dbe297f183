package dev.keyway.gateway.rpc;

import io.vertx.core.Future;

/** The way of an RPC call to its mailbox or worker. The gateway implements it. Any event loop. */
public interface RpcRoute {

    /**
     * Sends the call on its way. The future completes on the caller's context; it never fails, every end is a
     * {@link RpcCall.Reply}.
     */
    Pending dispatch(RpcCall call);

    /** A call under way. */
    interface Pending {
        Future<RpcCall.Reply> reply();

        /** The caller left: a queued call is removed, one in flight lands and keeps its order. */
        void abandon();
    }
}
