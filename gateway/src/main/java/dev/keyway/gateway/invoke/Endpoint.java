package dev.keyway.gateway.invoke;

import dev.keyway.admin.model.Deployment;
import dev.keyway.ordering.TimerWheel;
import io.vertx.core.Promise;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One deployment as one event loop sees it: its connections, the calls that wait for a stream, and the calls in flight.
 * Loop only.
 *
 * <p>Waiting calls are a list linked through the {@link Attempt}s themselves: first in, first out, whatever their origin,
 * and O(1) to leave. At most one connection is being opened at a time, and failed opens back off, so that a dead or
 * refusing peer costs one connect per backoff and loop, however many calls wait.
 */
final class Endpoint implements Pace.Waiting {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);
    private static final int MAX_REFUSALS = 1_000;

    private final LoopInvoker invoker;
    private final ProtocolDriver driver;
    private final List<Connection> connections = new ArrayList<>();
    private final Reconnect reconnect;
    private final Pace pace;
    private Deployment deployment;
    private Transport transport;
    private Address address;
    private Attempt head;
    private Attempt tail;
    private int waiting;
    private int inFlight;
    private int refusals;
    private int generation;
    private boolean connecting;
    private boolean renewing;
    private boolean dispatching;
    private boolean forgotten;
    private Promise<Void> closing;

    Endpoint(LoopInvoker invoker, Deployment deployment, Transport transport, ProtocolDriver driver) {
        this.invoker = invoker;
        this.driver = driver;
        this.deployment = deployment;
        this.transport = transport;
        this.address = Address.of(deployment.uri());
        this.reconnect = new Reconnect();
        this.pace = invoker.paces().of(deployment, this);
    }

    Address address() {
        return address;
    }

    Deployment deployment() {
        return deployment;
    }

    Transport transport() {
        return transport;
    }

    int inFlight() {
        return inFlight;
    }

    int waiting() {
        return waiting;
    }

    int connections() {
        return connections.size();
    }

    /** The deployment was registered anew: further calls go where it is now, those in flight end where they are. */
    void update(Deployment changed, Transport how) {
        boolean moved = !changed.uri().equals(deployment.uri())
                || changed.useHttp11() != deployment.useHttp11()
                || !how.equals(transport);
        deployment = changed;
        transport = how;
        if (moved) {
            address = Address.of(changed.uri());
            generation++;
            reconnect.reset();
            for (Connection connection : List.copyOf(connections)) {
                connection.drain();
            }
        }
    }

    void submit(Attempt attempt) {
        forgotten = false;
        link(attempt);
        if (connections.isEmpty()) {
            schedule(attempt, attempt.call.timeoutMillis());
        }
        dispatch();
        if (attempt.waiting() && pace.retryAfterMillis() >= 0) {
            attempt.call.overRate(pace.retryAfterMillis());
        }
    }

    /** Gives waiting calls to free streams, as far as the pace allows, in order; opens a connection when there is none. */
    void dispatch() {
        if (dispatching) {
            return;
        }
        dispatching = true;
        try {
            while (head != null && pace.open()) {
                Connection free = pick();
                if (free == null) {
                    grow();
                    break;
                }
                Attempt attempt = head;
                unlink(attempt);
                if (attempt.call.begin()) {
                    inFlight++;
                    free.used();
                    attempt.run(
                            free, driver, pace.started(attempt.call.events()), pace.timed() ? System.nanoTime() : 0);
                } else {
                    attempt.discard();
                }
            }
        } finally {
            dispatching = false;
            pace.waiting(waiting);
        }
        if (forgotten) {
            closeIfIdle();
        }
    }

    @Override
    public void changed() {
        dispatch();
    }

    @Override
    public void probe() {
        reconnect.reset();
        dispatch();
    }

    @Override
    public void overRate(long retryAfterMillis) {
        for (Attempt attempt = head; attempt != null; attempt = attempt.next) {
            attempt.call.overRate(retryAfterMillis);
        }
    }

    /** Takes a waiting call back. */
    void withdraw(Attempt attempt) {
        unlink(attempt);
        attempt.discard();
        pace.waiting(waiting);
    }

    String whyWaiting(long millis) {
        return pace.pausedBy() != null ? pace.pausedBy() : "no connection to " + address + " within " + millis + " ms";
    }

    private Connection pick() {
        boolean stale = false;
        for (int i = 0; i < connections.size(); i++) {
            Connection connection = connections.get(i);
            if (connection.hasRoom()) {
                if (!connection.stale()) {
                    return connection;
                }
                stale = true;
            }
        }
        if (stale) {
            retireStale();
        }
        return null;
    }

    private void retireStale() {
        for (Connection connection : List.copyOf(connections)) {
            if (connection.hasRoom() && connection.stale()) {
                connection.drain();
            }
        }
    }

    private void grow() {
        if (!connecting && !reconnect.isScheduled() && live() < invoker.maxConnections(this)) {
            open();
        }
    }

    private int live() {
        int live = 0;
        for (Connection connection : connections) {
            live += connection.draining() ? 0 : 1;
        }
        return live;
    }

    private void open() {
        connecting = true;
        int opened = generation;
        invoker.connector(deployment).open(this).onComplete((connection, failure) -> {
            connecting = false;
            if (failure == null) {
                opened(connection, opened);
            } else {
                notOpened(failure, opened);
            }
        });
    }

    private void opened(Connection connection, int opened) {
        if (closing != null || opened != generation) {
            connection.close();
            dispatch();
            return;
        }
        connection.expiresAt = invoker.expiry(transport.maxAge());
        connections.add(connection);
        if (renewing) {
            renewing = false;
            retireExpired();
        }
        LOG.atDebug()
                .addKeyValue("target", address)
                .addKeyValue("connections", connections.size())
                .log("connected");
        dispatch();
    }

    private void notOpened(Throwable failure, int opened) {
        renewing = false;
        if (closing != null) {
            closeIfIdle();
            return;
        }
        if (opened != generation) {
            dispatch();
            return;
        }
        long pause = reconnect.backOff();
        String reason = "no connection to " + address + ": " + Failures.text(failure);
        LOG.atWarn()
                .addKeyValue("target", address)
                .addKeyValue("cause", Failures.text(failure))
                .addKeyValue("retryInMillis", pause)
                .log("cannot connect to deployment");
        if (live() == 0) {
            pace.unreachable(reason);
            failWaiting(reason);
        }
    }

    private void failWaiting(String reason) {
        // Only those that wait now: what they submit again in done() waits for the next try.
        for (int i = waiting; i > 0 && head != null; i--) {
            Attempt attempt = head;
            unlink(attempt);
            attempt.refuse(Outcome.unsent(reason));
        }
    }

    /** Takes no further streams on a connection that its peer is about to close. */
    void retire(Connection connection) {
        connection.drain();
    }

    /** The connection is gone; its attempts have failed. */
    void closed(Connection connection) {
        if (!connections.remove(connection)) {
            return;
        }
        if (!connection.fruitful() && !connection.draining()) {
            // Accepted and dropped without one answer: as good as refused.
            reconnect.backOff();
        }
        closeIfIdle();
        dispatch();
    }

    /** A stream ended or the peer's limit changed. */
    void roomOn(Connection connection) {
        if (connection.draining() && connection.active() == 0) {
            connection.close();
        }
        if (head != null) {
            dispatch();
        }
    }

    /** The deployment gave an answer: it is alive and takes streams. */
    void answered() {
        refusals = 0;
        reconnect.reset();
    }

    /** The outcome of a request that the peer did not take; a peer that takes none for long is at fault. */
    Outcome refused(String reason) {
        return ++refusals <= MAX_REFUSALS
                ? Outcome.unprocessed(reason)
                : Outcome.retry(Outcome.Fault.DEPLOYMENT, reason);
    }

    void ended(Attempt attempt, Outcome outcome) {
        inFlight--;
        long nanos = attempt.startedNanos() == 0 ? 0 : System.nanoTime() - attempt.startedNanos();
        pace.ended(attempt.call, outcome, attempt.ending(outcome), attempt.number(), nanos);
    }

    int cap() {
        return pace.cap();
    }

    /** Once in a while: renews what is old, gives up on connections whose peer allows no streams, ends when unused. */
    void tend(long now) {
        renew(now);
        retireStale();
        if (connections.isEmpty() && !connecting && inFlight == 0 && head == null && !reconnect.isScheduled()) {
            invoker.gone(this);
            return;
        }
        for (Connection connection : List.copyOf(connections)) {
            if (connection.barren(now, transport.connectTimeout().toNanos())) {
                connection.drain();
                if (live() == 0) {
                    String reason =
                            "no stream to " + address + ": the server allows none (MAX_CONCURRENT_STREAMS is 0)";
                    pace.unreachable(reason);
                    failWaiting(reason);
                }
            }
        }
    }

    /**
     * Opens a successor for the oldest connection whose age is over, or closes it when nobody used it. Over HTTP/1.1 all
     * that are over go at once: there are many, and a call opens its own.
     */
    private void renew(long now) {
        if (deployment.useHttp11()) {
            for (Connection connection : List.copyOf(connections)) {
                if (!connection.draining() && now - connection.expiresAt >= 0) {
                    connection.drain();
                }
            }
            return;
        }
        if (connecting || closing != null) {
            return;
        }
        for (Connection connection : connections) {
            if (!connection.draining() && now - connection.expiresAt >= 0) {
                if (connection.takeUsed()) {
                    renewing = true;
                    open();
                } else {
                    connection.drain();
                }
                return;
            }
        }
    }

    private void retireExpired() {
        long now = System.nanoTime();
        for (Connection connection : connections) {
            if (!connection.draining() && now - connection.expiresAt >= 0) {
                connection.drain();
                return;
            }
        }
    }

    /** Closes when the last call has ended. */
    void forget() {
        forgotten = true;
        closeIfIdle();
    }

    private void closeIfIdle() {
        if (forgotten && inFlight == 0 && head == null) {
            for (Connection connection : List.copyOf(connections)) {
                connection.drain();
            }
            if (connections.isEmpty() && !connecting) {
                reconnect.reset();
                invoker.gone(this);
            }
        }
        if (closing != null && connections.isEmpty() && !connecting) {
            closing.tryComplete();
        }
    }

    /** Fails what is in flight, forgets what waits, closes all connections. */
    void close(Promise<Void> done) {
        closing = done;
        while (head != null) {
            Attempt attempt = head;
            unlink(attempt);
            attempt.discard();
        }
        reconnect.reset();
        for (Connection connection : List.copyOf(connections)) {
            connection.close();
        }
        closeIfIdle();
    }

    private void link(Attempt attempt) {
        waiting++;
        attempt.previous = tail;
        if (tail == null) {
            head = attempt;
        } else {
            tail.next = attempt;
        }
        tail = attempt;
    }

    void unlink(Attempt attempt) {
        waiting--;
        if (attempt.previous == null) {
            head = attempt.next;
        } else {
            attempt.previous.next = attempt.next;
        }
        if (attempt.next == null) {
            tail = attempt.previous;
        } else {
            attempt.next.previous = attempt.previous;
        }
        attempt.previous = null;
        attempt.next = null;
    }

    void schedule(TimerWheel.Timer timer, long delayMillis) {
        invoker.timers().scheduleIn(timer, delayMillis);
    }

    void cancel(TimerWheel.Timer timer) {
        invoker.timers().cancel(timer);
    }

    void droppedHeader() {
        invoker.droppedHeader();
    }

    /** Where a connection goes, and how long that may take; without TLS. */
    ConnectOptions connectOptions() {
        return new ConnectOptions()
                .setRemoteAddress(SocketAddress.inetSocketAddress(address.port(), address.host()))
                .setTimeout((int) connectTimeoutMillis())
                .setSsl(address.tls());
    }

    /** A copy of the TLS options, with the bound of the handshake; host names are verified unless they say otherwise. */
    ClientSSLOptions tls() {
        ClientSSLOptions tls = transport.tls().copy();
        if (tls.getHostnameVerificationAlgorithm() == null) {
            tls.setHostnameVerificationAlgorithm("HTTPS");
        }
        tls.setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS).setSslHandshakeTimeout(connectTimeoutMillis());
        return tls;
    }

    long connectTimeoutMillis() {
        return transport.connectTimeout().toMillis();
    }

    void dispatchOn(Runnable task) {
        invoker.context().dispatch(task);
    }

    void log(Throwable failure, Target target) {
        LOG.atError().addKeyValue("target", target).setCause(failure).log("request could not be made");
    }

    /** The pause after a failed connect: exponential with full jitter, at least a tenth of it, at most 5 s. */
    private final class Reconnect extends TimerWheel.Timer {
        private static final long FIRST_MILLIS = 100;
        private static final long CAP_MILLIS = 5_000;
        private long ceiling = FIRST_MILLIS;

        long backOff() {
            long pause = ceiling / 10 + (long) (invoker.random().nextDouble() * ceiling * 0.9);
            ceiling = Math.min(CAP_MILLIS, ceiling * 2);
            if (isScheduled()) {
                cancel(this);
            }
            schedule(this, pause);
            return pause;
        }

        void reset() {
            ceiling = FIRST_MILLIS;
            if (isScheduled()) {
                cancel(this);
            }
        }

        @Override
        protected void fire() {
            dispatch();
        }
    }
}
