package dev.keyway.gateway.invoke;

import io.vertx.core.Future;

/**
 * Makes the calls of one event loop: owns its connections to every deployment (design section 2, point 4). One instance
 * per mailbox or worker verticle; every method on that loop only.
 */
public interface Invoker {

    /**
     * Queues an attempt until a stream to its deployment is free, then runs it. Callers bound how much they submit; the
     * queue holds nothing that is not also in a mailbox, a worker or an RPC call.
     */
    void submit(Call call);

    /**
     * Ends an attempt early. A waiting one is forgotten without {@link Call#done}; one in flight has its stream reset and
     * {@code done} called with a retryable outcome.
     */
    void abort(Call call);

    /** Calls of this loop in flight to the deployment. */
    int inFlight(String deploymentId);

    /** Calls of this loop that wait for a permit, a token, a closed circuit or a stream to the deployment. */
    int waiting(String deploymentId);

    /** Open connections of this loop to the deployment. */
    int connections(String deploymentId);

    /** Closes the connections of a deployment that left the registry, once its calls have ended. */
    void forget(String deploymentId);

    /** Resets what is in flight and closes all connections. */
    Future<Void> close();
}
