package dev.keyway.gateway.rpc;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How many requests, and bytes of their bodies, the ingress holds at once. Shared by its event loops. */
final class Occupancy {
    private final int maxRequests;
    private final long maxBytes;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    Occupancy(int maxRequests, long maxBytes) {
        this.maxRequests = maxRequests;
        this.maxBytes = maxBytes;
    }

    /** An eighth of the heap, but room for one body of the largest size in any case. */
    static long bytesFor(int maxBodyBytes) {
        return Math.max(maxBodyBytes, Runtime.getRuntime().maxMemory() / 8);
    }

    int requests() {
        return requests.get();
    }

    /** False when the bound is reached; nothing is counted then. */
    boolean enter() {
        if (requests.incrementAndGet() > maxRequests) {
            requests.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Counts a piece of a body; false when the bound is reached, and nothing is counted then. */
    boolean hold(int length) {
        if (bytes.addAndGet(length) > maxBytes) {
            bytes.addAndGet(-length);
            return false;
        }
        return true;
    }

    /** A request is over, with that many bytes held. */
    void leave(long held) {
        requests.decrementAndGet();
        bytes.addAndGet(-held);
    }

    /** Why a body is turned away. */
    String bytesReached() {
        return "the bodies of the requests in flight come to " + maxBytes + " bytes, an eighth of the heap";
    }

    /** Why a request is turned away. */
    String requestsReached() {
        return maxRequests + " requests are in flight already (ingress.max-in-flight)";
    }
}
