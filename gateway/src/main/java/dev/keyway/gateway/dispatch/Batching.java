package dev.keyway.gateway.dispatch;

import dev.keyway.admin.model.Batch;
import dev.keyway.gateway.invoke.HeaderSink;

/**
 * How the invocations of one origin travel together: those that answer the same object may share a request. Any thread.
 */
public abstract class Batching {
    private final Batch bounds;

    protected Batching(Batch bounds) {
        this.bounds = bounds;
    }

    public final Batch bounds() {
        return bounds;
    }

    /** Writes what is the same for all of a request. */
    protected abstract void headers(HeaderSink sink);

    /** A request with that many invocations begins. */
    protected abstract void sent(int invocations);
}
