package dev.keyway.gateway.invoke;

/**
 * One attempt as an {@link Invoker} sees it. All methods are called on the invoker's event loop.
 *
 * <p>Life of an attempt: {@code submit} → (waits for a stream) → {@link #begin()} → request → {@link #done(Outcome)}.
 * When {@code begin} answers false the attempt has ended: nothing was sent and {@code done} is not called.
 */
public interface Call {

    /** The invoker's own state of this attempt, {@code null} when none is under way. Owned by the invoker. */
    Object attemptState();

    /** Sets {@link #attemptState()}; the invoker only. */
    void attemptState(Object state);

    Target target();

    /** The key as text; {@code null} for a target without key. */
    String key();

    /** The body to send, never {@code null}, may be empty. Not consumed: a retry sends it again. */
    byte[] body();

    /** {@code content-type} of the body, {@code null} to send none. */
    CharSequence contentType();

    /**
     * Writes the headers of design section 4 in their order: Restate's, Keyway's ({@code keyway-key},
     * {@code keyway-assignment}, {@code idempotency-key}, {@code traceparent}), then the origin's own.
     */
    void headers(HeaderSink sink);

    /** Stable over attempts: the bytes of Restate's invocation id (24 bytes). */
    byte[] invocationId();

    /** 0 for the first attempt. */
    int retryCount();

    /** Milliseconds this attempt may take from begin to the end of the response. */
    long timeoutMillis();

    /**
     * Whether {@link Outcome#response} is looked at: headers and body of the answer are then kept, up to
     * {@code invoker.max-response-bytes}. False saves that for calls whose answer goes nowhere.
     */
    default boolean wantsResponse() {
        return true;
    }

    /** The last moment before the request is written; false when the call may not start any more. */
    boolean begin();

    /** Whether it could still begin: asked when the process slept between {@link #begin} and the sending of the request. */
    default boolean current() {
        return true;
    }

    /** Events that it carries: what it takes from the deployment's rate. */
    default int events() {
        return 1;
    }

    /** What is tried again when this attempt fails: the same object for every attempt at it. */
    default Object subject() {
        return this;
    }

    /**
     * The deployment's rate is used up, so that this call would have to wait; called while it waits. A call that is not to
     * wait ends in a task of its own.
     */
    default void overRate(long retryAfterMillis) {}

    /** The end of the attempt; called exactly once after {@link #begin()} answered true. */
    void done(Outcome outcome);
}
