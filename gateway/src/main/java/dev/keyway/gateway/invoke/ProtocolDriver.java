package dev.keyway.gateway.invoke;

import dev.keyway.admin.model.Protocol;

/**
 * Makes HTTP exchanges out of attempts, one driver per deployment {@link Protocol} and event loop. The invoker gives it a
 * stream and watches over it (connections, limits, timeout, abort, size); the driver says what is sent and what the
 * answer means. Every method on the loop of the invoker.
 */
public interface ProtocolDriver {

    /** The deployments that this driver speaks to. */
    Protocol protocol();

    /**
     * Starts the request of an attempt. Called right after {@link Call#begin()} answered true, on a stream that is free.
     * The driver writes the head and what it has of the body, and returns who listens to the answer. It may also end the
     * attempt at once by {@link Exchange#finish}, before any byte is sent; the listener is then ignored and may be
     * {@code null}. What it throws makes the invocation undeliverable.
     */
    ResponseListener start(Exchange exchange);
}
