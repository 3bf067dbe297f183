package dev.keyway.gateway.invoke;

import dev.keyway.gateway.egress.Effects;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Map;

/**
 * How one attempt ended. Immutable.
 *
 * @param kind what to do
 * @param fault whose fault a failure is; {@code null} when completed or {@link #isUnprocessed unprocessed}
 * @param reason for users: what was found, for example {@code handler answered 503}; {@code null} when completed
 * @param retryAfterMillis what the handler asked for, -1 when it did not
 * @param response the handler's answer where there was one, for RPC callers; {@code null} for an empty 2xx and for
 *     failures without an answer
 * @param effects what a completed answer asks for in an effects document; empty without one
 * @param counted whether it uses up an attempt; false when no request was sent, or only to see whether the deployment is
 *     back
 */
public record Outcome(
        Kind kind,
        Fault fault,
        String reason,
        long retryAfterMillis,
        Response response,
        Effects effects,
        boolean counted) {

    /** The outcome of an empty 2xx answer. */
    public static final Outcome COMPLETED = new Outcome(Kind.COMPLETED, null, null, -1, null);

    public Outcome(Kind kind, Fault fault, String reason, long retryAfterMillis, Response response) {
        this(kind, fault, reason, retryAfterMillis, response, Effects.NONE, true);
    }

    /** What to do with the invocation. */
    public enum Kind {
        COMPLETED,
        /** Try again under the retry policy. */
        RETRY,
        /** Refused for good: takes {@code on_terminal}. */
        TERMINAL,
        /** The handler asked for the dead-letter topic ({@code keyway-outcome: dead-letter}). */
        DEAD_LETTER,
        /** The handler asked to drop the record ({@code keyway-outcome: discard}). */
        DISCARD,
        /** The record can not be delivered at all by this gateway: takes {@code on_failure} at once. */
        UNDELIVERABLE
    }

    /** Whose fault a failed attempt is. */
    public enum Fault {
        RECORD,
        /** Health of the deployment is degraded. */
        DEPLOYMENT
    }

    /**
     * An answer. For protocol {@code restate} a terminal failure is the status with {@code failureMessage}.
     *
     * @param headers the handler's response headers; {@code null} for protocol {@code restate} and when
     *     the call does not {@link Call#wantsResponse want them}
     * @param body may be {@code null}
     * @param failureMessage Restate's failure text, {@code null} otherwise
     * @param failureMetadata what a Restate handler added to its failure, usually empty
     */
    public record Response(
            int status, MultiMap headers, Buffer body, String failureMessage, Map<String, String> failureMetadata) {
        public Response(int status, MultiMap headers, Buffer body, String failureMessage) {
            this(status, headers, body, failureMessage, Map.of());
        }
    }

    /**
     * The peer certainly did not process the request (REFUSED_STREAM, a stream above GOAWAY's last, no stream left): to be
     * submitted again at once, and not counted as an attempt. {@link Call#begin} is asked again.
     */
    public static Outcome unprocessed(String reason) {
        return new Outcome(Kind.RETRY, null, reason, 0, null);
    }

    /** Whether this is an {@link #unprocessed} attempt. */
    public boolean isUnprocessed() {
        return kind == Kind.RETRY && fault == null;
    }

    /** Nothing was sent, because the deployment cannot be reached: waits, and uses up no attempt. */
    public static Outcome unsent(String reason) {
        return retry(Fault.DEPLOYMENT, reason).uncounted();
    }

    /** No request could be made of it: takes {@code on_failure} at once, and was no attempt. */
    public static Outcome undeliverable(Fault fault, String reason) {
        return new Outcome(Kind.UNDELIVERABLE, fault, reason, -1, null).uncounted();
    }

    /** The same, using up no attempt. */
    public Outcome uncounted() {
        return new Outcome(kind, fault, reason, retryAfterMillis, response, effects, false);
    }

    /** What the answer asks for cannot be carried out: the deployment's doing, and vain to try again. */
    public static Outcome badEffects(String reason) {
        return new Outcome(
                Kind.UNDELIVERABLE,
                Fault.DEPLOYMENT,
                "the effects of the answer cannot be carried out: " + reason,
                -1,
                null);
    }

    public static Outcome completed(Response response, Effects effects) {
        return new Outcome(Kind.COMPLETED, null, null, -1, response, effects, true);
    }

    public static Outcome completed(Response response) {
        return new Outcome(Kind.COMPLETED, null, null, -1, response);
    }

    public static Outcome retry(Fault fault, String reason) {
        return new Outcome(Kind.RETRY, fault, reason, -1, null);
    }
}
