package dev.keyway.gateway.invoke.restate;

import dev.keyway.gateway.invoke.Exchange;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.ResponseHead;
import dev.keyway.gateway.invoke.ResponseListener;
import dev.keyway.gateway.invoke.RetryAfter;
import dev.keyway.ordering.TimerWheel;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.util.concurrent.TimeUnit;

/**
 * Puts an {@link AttemptMachine} on a stream: how long a silence may last, and how long an answer whose outcome stands may
 * take to end. Its own timer.
 *
 * <p>The request ends with the input, in every mode of a deployment, because no notification can follow it on the direct
 * path. A handler that waits for something then suspends at once, and says what for, instead of holding its key until an
 * inactivity timeout; and SDKs that end their answer only after the request (TypeScript's) do so without another round
 * trip.
 */
final class RestateAnswer extends TimerWheel.Timer implements ResponseListener {

    /** Restate's own bound for what follows a terminal frame. */
    private static final long DRAIN_MILLIS = 5_000;

    /** A handler that was refused a step has this long to end by itself. */
    private static final long REFUSED_DRAIN_MILLIS = 1_000;

    private final Exchange exchange;
    private final RestateRoute route;
    private final AttemptMachine machine;
    /** What an answer without frames means: its status or content type is not the protocol's. */
    private Outcome withoutFrames;

    private long lastFrameNanos;

    RestateAnswer(Exchange exchange, RestateRoute route, AttemptMachine machine) {
        this.exchange = exchange;
        this.route = route;
        this.machine = machine;
    }

    void open(byte[] opening) {
        exchange.send(opening, true);
        lastFrameNanos = System.nanoTime();
        long silence = route.silenceMillis();
        if (silence > 0 && silence < exchange.call().timeoutMillis()) {
            exchange.schedule(this, silence);
        }
    }

    @Override
    public void head(ResponseHead head) {
        CharSequence contentType = head.header(RestateRoute.CONTENT_TYPE);
        if (head.status() != 200) {
            withoutFrames = unexpected(head);
        } else if (contentType == null || !AsciiString.contentEqualsIgnoreCase(contentType, route.mediaType())) {
            withoutFrames = Outcome.retry(
                    Fault.DEPLOYMENT,
                    "the deployment answered with content type '"
                            + (contentType == null ? "" : Words.brief(contentType.toString(), 100)) + "', expected "
                            + route.mediaType());
        } else {
            return;
        }
        drain(DRAIN_MILLIS);
    }

    /** Reference for the statuses: what Restate makes of them; all are tried again. */
    private Outcome unexpected(ResponseHead head) {
        int status = head.status();
        String meaning =
                switch (status) {
                    case 404 -> "it does not serve " + exchange.call().target();
                    case 413 -> "the input is too large for it";
                    case 415 -> "it does not speak " + route.mediaType();
                    case 401, 403 -> "it refuses requests without a valid signature or token";
                    default -> "expected 200";
                };
        return new Outcome(
                Outcome.Kind.RETRY,
                status == 413 ? Fault.RECORD : Fault.DEPLOYMENT,
                "the deployment answered " + status + ": " + meaning,
                RetryAfter.millis(head.header(RetryAfter.NAME), System.currentTimeMillis()),
                null);
    }

    @Override
    public void data(ByteBuf chunk) {
        if (withoutFrames != null) {
            return;
        }
        lastFrameNanos = System.nanoTime();
        byte[] copy = new byte[chunk.readableBytes()];
        chunk.getBytes(chunk.readerIndex(), copy);
        boolean settledBefore = machine.phase() != AttemptMachine.Phase.RUNNING;
        machine.receive(copy);
        if (machine.phase() == AttemptMachine.Phase.BROKEN) {
            finish(machine.outcome());
        } else if (machine.phase() == AttemptMachine.Phase.SETTLED && !settledBefore) {
            drain(machine.refused() ? REFUSED_DRAIN_MILLIS : DRAIN_MILLIS);
        }
    }

    @Override
    public void end() {
        machine.end();
        finish(withoutFrames != null ? withoutFrames : machine.outcome());
    }

    @Override
    public Outcome failed(Outcome suggested) {
        exchange.cancel(this);
        Outcome known = withoutFrames != null ? withoutFrames : machine.outcome();
        return known != null ? known : suggested;
    }

    /** The outcome stands: the rest of the answer is awaited for this long. */
    private void drain(long millis) {
        exchange.cancel(this);
        exchange.schedule(this, millis);
    }

    @Override
    protected void fire() {
        Outcome known = withoutFrames != null ? withoutFrames : machine.outcome();
        if (known != null) {
            finish(known);
            return;
        }
        long silentMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastFrameNanos);
        if (silentMillis < route.silenceMillis()) {
            exchange.schedule(this, route.silenceMillis() - silentMillis);
        } else {
            finish(Outcome.retry(
                    Fault.RECORD,
                    exchange.call().target() + " sent nothing for " + route.silenceMillis()
                            + " ms, its inactivity and abort timeouts together"));
        }
    }

    private void finish(Outcome outcome) {
        exchange.cancel(this);
        exchange.finish(outcome);
    }
}
