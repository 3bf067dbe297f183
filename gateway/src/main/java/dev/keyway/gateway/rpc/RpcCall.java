package dev.keyway.gateway.rpc;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/**
 * One RPC request on its way to a handler, as the ingress hands it to the {@link RpcRoute}.
 *
 * @param key percent-decoded, {@code null} for a {@code Service}
 * @param headers what the handler sees, in order: {@code x-restate-ingress-path} first, then those passed through
 * @param deadlineNanos {@link System#nanoTime()} after which nobody waits for the answer
 */
public record RpcCall(String service, String handler, String key, MultiMap headers, Buffer body, long deadlineNanos) {

    /** How a call ended. */
    public sealed interface Reply {
        /** The handler answered, well or for good; status, headers and body pass through. */
        record Answered(dev.keyway.gateway.invoke.Outcome outcome, String invocationId) implements Reply {}

        /** The deadline passed; {@code last} is the last failed attempt or {@code null}. */
        record TimedOut(String reason, dev.keyway.gateway.invoke.Outcome last) implements Reply {
            /** All of it, for the caller. */
            public String text() {
                return last == null ? reason : reason + "; last attempt: " + last.reason();
            }
        }

        /** A blocked record holds the key; the reason names it. */
        record Blocked(String reason) implements Reply {}

        /** A bound is reached. */
        record Overloaded(String reason, long retryAfterSeconds) implements Reply {}

        /** It could not be sent on its way, or nobody knows whether it was. */
        record Unsent(int status, String reason) implements Reply {}

        /** The handler is not registered (any more). */
        record Unknown(String reason) implements Reply {}
    }
}
