package dev.keyway.gateway.invoke;

import dev.keyway.ordering.TimerWheel;

/**
 * The request half of one attempt on one HTTP stream, given to a {@link ProtocolDriver}. Request and response run side by
 * side over HTTP/2 (over HTTP/1.1 most servers answer only when the request has ended). Event loop of the invoker only.
 *
 * <p>Order of use: {@link #head}, any number of {@link #add}, then {@link #send}s of which the last has {@code end}. The
 * attempt ends exactly once: by {@link #finish}, or, when the exchange fails first, through
 * {@link ResponseListener#failed}.
 */
public interface Exchange extends HeaderSink {

    /** What is being attempted. */
    Call call();

    /** The path of the deployment's URI without a trailing slash: {@code ""} or, for example, {@code /base}. */
    String basePath();

    /**
     * Begins the head of a {@code POST}.
     *
     * @param path absolute, base path included, percent-encoded: visible ASCII only
     */
    void head(CharSequence path);

    /**
     * Adds a request header. As a last defence, a name that is reserved by HTTP (pseudo, hop-by-hop, {@code host},
     * {@code content-length}) or not lower case, and a value that is not printable ASCII, are left out and counted: see
     * {@link HeaderRules}.
     */
    @Override
    void add(CharSequence name, CharSequence value);

    /**
     * Sends the head, if it has not been, and a piece of the body. Ignored once the attempt has ended.
     *
     * @param chunk not copied, so not to be changed afterwards; may be empty
     * @param end whether this was the last piece (half-close)
     */
    void send(byte[] chunk, boolean end);

    /** False while more is queued in this stream than the peer's flow control lets through; sending stays legal. */
    boolean writable();

    /**
     * Fires the timer after that time, beside the attempt's own timeout. The driver cancels what is left before it
     * finishes, and when {@link ResponseListener#failed} tells it of the end.
     */
    void schedule(TimerWheel.Timer timer, long millis);

    /** No effect on a timer that is not scheduled. */
    void cancel(TimerWheel.Timer timer);

    /**
     * Ends the attempt: {@link Call#done} is called, and the stream is reset unless both halves have ended. Ignored once
     * the attempt has ended.
     */
    void finish(Outcome outcome);
}
