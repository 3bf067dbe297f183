package dev.keyway.gateway.invoke;

/** One held connection of an endpoint. Event loop of the invoker only. */
abstract class Connection {
    private boolean draining;
    private boolean used;
    private boolean fruitful;
    private long barrenSince;

    /** When its age is over, on the invoker's clock. */
    long expiresAt;

    /** Whether a new stream may start now. */
    final boolean hasRoom() {
        return !draining && active() < limit();
    }

    /** Whether the peer is about to close it because nothing goes on here. */
    boolean stale() {
        return false;
    }

    /** Whether the peer has allowed no stream at all for that long. */
    final boolean barren(long now, long nanos) {
        if (draining || limit() > 0) {
            barrenSince = 0;
            return false;
        }
        if (barrenSince == 0) {
            barrenSince = now;
        }
        return now - barrenSince >= nanos;
    }

    /** Streams that are open, those of ended attempts included until the peer knows. */
    abstract int active();

    /** Streams that the peer and the configuration allow. */
    abstract int limit();

    abstract void head(Attempt attempt, CharSequence path);

    /** False when the header is not legal ({@link HeaderRules}) and was left out. */
    abstract boolean header(Attempt attempt, CharSequence name, CharSequence value);

    /** The whole body is known with the head; called before {@link #endHead}. */
    void bodyLength(Attempt attempt, int bytes) {}

    abstract void endHead(Attempt attempt, boolean end);

    abstract void data(Attempt attempt, byte[] chunk, boolean end);

    abstract boolean writable(Attempt attempt);

    /** The attempt ended first: resets its stream, or half-closes it politely when the answer was complete. */
    abstract void abandon(Attempt attempt, boolean answerComplete);

    /** The attempt has ended; nothing of it is kept. */
    abstract void release(Attempt attempt);

    /** A call timed out here: find out whether the peer still lives. */
    abstract void suspect();

    /** Closes now, takes no further stream; attempts in flight fail. */
    final void close() {
        draining = true;
        disconnect();
    }

    /** Closes the socket; may be called again. */
    abstract void disconnect();

    /** Starts no further stream and closes when the last one has ended. */
    final void drain() {
        draining = true;
        if (active() == 0) {
            close();
        }
    }

    final boolean draining() {
        return draining;
    }

    final void used() {
        used = true;
    }

    /** Whether a stream started since the last look. */
    final boolean takeUsed() {
        boolean was = used;
        used = false;
        return was;
    }

    final void answered() {
        fruitful = true;
    }

    /** Whether the peer ever answered here. */
    final boolean fruitful() {
        return fruitful;
    }
}
