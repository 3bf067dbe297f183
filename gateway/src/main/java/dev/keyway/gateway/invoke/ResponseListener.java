package dev.keyway.gateway.invoke;

import io.netty.buffer.ByteBuf;

/**
 * The answer of one exchange, as it arrives. Event loop of the invoker only; nothing is called after the attempt ended.
 * Interim answers (1xx) and trailers are not reported.
 */
public interface ResponseListener {

    /** The head of the answer. {@code head} is valid during this call only. */
    void head(ResponseHead head);

    /** A piece of the body. {@code chunk} is valid during this call only; copy what is kept, don't release it. */
    void data(ByteBuf chunk);

    /** The answer is complete. A driver that has not finished by the return leaves the attempt to be retried. */
    void end();

    /**
     * The exchange broke before the driver finished it: connection or stream failure, timeout, abort, answer too large.
     *
     * @param suggested what the invoker would report
     * @return what is reported
     */
    default Outcome failed(Outcome suggested) {
        return suggested;
    }

    /** Room for more after {@link Exchange#writable()} was false. */
    default void drained() {}
}
