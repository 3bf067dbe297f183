package dev.keyway.gateway.invoke;

import dev.keyway.ordering.TimerWheel;
import io.netty.buffer.ByteBuf;

/**
 * One attempt from submit to its end: a link of its endpoint's waiting list, then an exchange on a stream. Carries its own
 * timer, so that a call costs no further object for its timeout. Event loop of the invoker only.
 */
final class Attempt extends TimerWheel.Timer implements Exchange {
    private enum State {
        WAITING,
        RUNNING,
        ENDED
    }

    final Call call;
    final Endpoint endpoint;
    Attempt previous;
    Attempt next;
    /** The transport's own handle of the stream. */
    Object stream;

    private State state = State.WAITING;
    private Connection connection;
    private ResponseListener listener;
    private boolean headBegun;
    private boolean headSent;
    private boolean requestEnded;
    private boolean responseEnded;
    private long received;
    private Outcome failedInStart;
    private long number;
    private boolean answered;
    private boolean timedOut;
    private long startedNanos;

    Attempt(Call call, Endpoint endpoint) {
        this.call = call;
        this.endpoint = endpoint;
    }

    boolean waiting() {
        return state == State.WAITING;
    }

    boolean ended() {
        return state == State.ENDED;
    }

    Connection connection() {
        return connection;
    }

    /** The head has been given to the transport, so that its stream exists. */
    boolean headSent() {
        return headSent;
    }

    /** The whole request has been given to the transport. */
    boolean requestEnded() {
        return requestEnded;
    }

    boolean responseEnded() {
        return responseEnded;
    }

    /** Forgets an attempt that waits; the caller has unlinked it. */
    void discard() {
        state = State.ENDED;
        endpoint.cancel(this);
        call.attemptState(null);
    }

    /** Ends a waiting attempt that cannot get a stream; the caller has unlinked it. */
    void refuse(Outcome outcome) {
        discard();
        if (call.begin()) {
            call.done(outcome);
        }
    }

    /** The caller has unlinked it and counted it in flight. */
    void run(Connection free, ProtocolDriver driver, long itsNumber, long nowNanos) {
        state = State.RUNNING;
        number = itsNumber;
        startedNanos = nowNanos;
        connection = free;
        endpoint.schedule(this, call.timeoutMillis());
        try {
            ResponseListener answer = driver.start(this);
            if (state == State.RUNNING) {
                if (answer == null || !headBegun) {
                    throw new IllegalStateException("no request was made");
                }
                listener = answer;
                if (!headSent) {
                    sendHead(false);
                }
            } else if (failedInStart != null && answer != null) {
                answer.failed(failedInStart);
            }
        } catch (RuntimeException e) {
            endpoint.log(e, call.target());
            finish(Outcome.undeliverable(Outcome.Fault.RECORD, "no request could be made: " + e));
        }
    }

    @Override
    public Call call() {
        return call;
    }

    @Override
    public String basePath() {
        return endpoint.address().basePath();
    }

    @Override
    public void head(CharSequence path) {
        if (headBegun) {
            throw new IllegalStateException("the head has been begun already");
        }
        headBegun = true;
        connection.head(this, path);
    }

    @Override
    public void add(CharSequence name, CharSequence value) {
        if (headSent || !headBegun) {
            throw new IllegalStateException("header " + name + " comes before or after its head");
        }
        if (!connection.header(this, name, value)) {
            endpoint.droppedHeader();
        }
    }

    @Override
    public void send(byte[] chunk, boolean end) {
        if (state != State.RUNNING) {
            return;
        }
        if (requestEnded) {
            throw new IllegalStateException("the request has ended already");
        }
        if (!headSent) {
            if (end) {
                connection.bodyLength(this, chunk.length);
            }
            sendHead(end && chunk.length == 0);
            if (state != State.RUNNING || end && chunk.length == 0) {
                return;
            }
        }
        requestEnded = end;
        connection.data(this, chunk, end);
    }

    private void sendHead(boolean end) {
        headSent = true;
        requestEnded = end;
        connection.endHead(this, end);
    }

    @Override
    public boolean writable() {
        return state == State.RUNNING && connection.writable(this);
    }

    @Override
    public void schedule(TimerWheel.Timer timer, long millis) {
        endpoint.schedule(timer, millis);
    }

    @Override
    public void cancel(TimerWheel.Timer timer) {
        if (timer.isScheduled()) {
            endpoint.cancel(timer);
        }
    }

    @Override
    public void finish(Outcome outcome) {
        if (state != State.RUNNING) {
            return;
        }
        state = State.ENDED;
        endpoint.cancel(this);
        if (headSent && !(requestEnded && responseEnded)) {
            connection.abandon(this, responseEnded);
        }
        connection.release(this);
        call.attemptState(null);
        endpoint.ended(this, outcome);
        boolean onlyProbed =
                number < 0 && outcome.fault() == Outcome.Fault.DEPLOYMENT && outcome.kind() == Outcome.Kind.RETRY;
        call.done(onlyProbed ? outcome.uncounted() : outcome);
        endpoint.dispatch();
    }

    /** As {@link Pace#started} said. */
    long number() {
        return number;
    }

    long startedNanos() {
        return startedNanos;
    }

    Pace.Ending ending(Outcome outcome) {
        if (timedOut) {
            return Pace.Ending.TIMED_OUT;
        }
        if (outcome.isUnprocessed() || !answered && outcome.fault() == Outcome.Fault.RECORD) {
            return Pace.Ending.NOTHING;
        }
        return answered ? Pace.Ending.ANSWERED : Pace.Ending.BROKEN;
    }

    /** The transport or the invoker ends the attempt. */
    void fail(Outcome outcome) {
        if (state != State.RUNNING) {
            return;
        }
        Outcome reported = outcome;
        if (listener != null) {
            ResponseListener told = listener;
            listener = null;
            reported = told.failed(outcome);
        } else {
            failedInStart = outcome;
        }
        finish(reported);
    }

    /** The head of the final answer. */
    void onHead(ResponseHead head, boolean end) {
        if (state != State.RUNNING) {
            return;
        }
        if (head.status() < 200) {
            fail(Outcome.retry(
                    Outcome.Fault.DEPLOYMENT,
                    endpoint.address() + " answered with status " + head.status() + ", which ends no answer"));
            return;
        }
        answered = true;
        endpoint.answered();
        connection.answered();
        responseEnded = end;
        listener.head(head);
        if (end) {
            onEnd();
        }
    }

    void onData(ByteBuf data, boolean end) {
        if (state != State.RUNNING) {
            return;
        }
        if (!answered) {
            failWithoutHead();
            return;
        }
        received += data.readableBytes();
        Transport transport = endpoint.transport();
        if (received > transport.maxResponseBytes()) {
            fail(Outcome.retry(
                    Outcome.Fault.DEPLOYMENT,
                    "the answer is larger than " + transport.responseBound() + " (" + transport.maxResponseBytes()
                            + ")"));
            return;
        }
        if (data.isReadable()) {
            listener.data(data);
        }
        if (end) {
            onEnd();
        }
    }

    void onEnd() {
        if (state != State.RUNNING) {
            return;
        }
        responseEnded = true;
        if (!answered) {
            failWithoutHead();
            return;
        }
        listener.end();
        fail(Outcome.retry(Outcome.Fault.DEPLOYMENT, "the answer ended before the invocation did"));
    }

    /** The codec lets through what has no status; without one nothing is known to be done. */
    private void failWithoutHead() {
        fail(Outcome.retry(
                Outcome.Fault.DEPLOYMENT, endpoint.address() + " sent an answer without a head that has a status"));
    }

    void onDrained() {
        if (state == State.RUNNING && listener != null) {
            listener.drained();
        }
    }

    /** The timeout: of the call, or of waiting for a first connection. */
    @Override
    protected void fire() {
        if (state == State.RUNNING) {
            timedOut = true;
            connection.suspect();
            fail(Outcome.retry(
                    Outcome.Fault.DEPLOYMENT,
                    "no complete answer from " + endpoint.address() + " within " + call.timeoutMillis() + " ms"));
        } else if (state == State.WAITING) {
            endpoint.unlink(this);
            refuse(Outcome.unsent(endpoint.whyWaiting(call.timeoutMillis())));
        }
    }
}
