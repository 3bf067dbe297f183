package dev.keyway.gateway.invoke;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Protocol;
import dev.keyway.ordering.TimerWheel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ClientSSLOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** The {@link Invoker} of one event loop: held connections, own stream accounting, one timer per call. */
public final class LoopInvoker implements Invoker {
    private static final long RENEWAL_CHECK_MILLIS = 500;
    /** Longer than any process lives, and short enough for comparisons of times that wrap around. */
    private static final long NEVER_NANOS = Long.MAX_VALUE / 4;

    private final ContextInternal context;
    private final KeywayConfig.Invoker settings;
    private final Pace.Source paces;
    private final RandomGenerator random;
    private final Map<Protocol, ProtocolDriver> drivers = new EnumMap<>(Protocol.class);
    private final Map<String, Endpoint> endpoints = new HashMap<>();
    private final LoopTimers timers;
    private final Connector http2;
    private final Transport configured;
    private Connector http1;
    private final Renewal renewal = new Renewal();
    private long droppedHeaders;
    private boolean closed;

    /**
     * @param context the event loop that every method will be called on
     * @param timers of that loop
     * @param paces how much of it may be sent, and when
     * @param random for jitter
     * @param tls options of {@code https://} connections of targets without a {@link Transport} of their own: trust,
     *     client certificate; host names are always verified unless these options say otherwise
     * @param drivers one per protocol, made for this loop alone
     */
    public LoopInvoker(
            Context context,
            LoopTimers timers,
            KeywayConfig.Invoker settings,
            Pace.Source paces,
            RandomGenerator random,
            ClientSSLOptions tls,
            List<? extends ProtocolDriver> drivers) {
        if (!context.isEventLoopContext()) {
            throw new IllegalArgumentException("an invoker needs an event-loop context");
        }
        this.context = (ContextInternal) context;
        this.settings = settings;
        this.paces = paces;
        this.random = random;
        this.timers = timers;
        for (ProtocolDriver driver : drivers) {
            this.drivers.put(driver.protocol(), driver);
        }
        this.configured = new Transport(
                settings.connectTimeout(),
                settings.maxConnections(),
                settings.connectionMaxAge(),
                settings.maxResponseBytes(),
                "invoker.max-response-bytes",
                tls);
        this.http2 = new H2Connector(this.context, settings.streamsPerConnection());
    }

    @Override
    public void submit(Call call) {
        Deployment deployment = call.target().deployment();
        Endpoint endpoint = endpoints.get(deployment.id());
        if (endpoint == null || endpoint.deployment() != deployment) {
            endpoint = endpoint(endpoint, call, deployment);
            if (endpoint == null) {
                return;
            }
        }
        Attempt attempt = new Attempt(call, endpoint);
        call.attemptState(attempt);
        endpoint.submit(attempt);
    }

    private Endpoint endpoint(Endpoint known, Call call, Deployment deployment) {
        String problem = null;
        try {
            if (closed) {
                problem = "this instance is stopping";
            } else if (!drivers.containsKey(deployment.protocol())) {
                problem = "protocol " + deployment.protocol() + " is not served by this version";
            } else if (known != null) {
                known.update(deployment, transport(call.target()));
                return known;
            } else {
                Endpoint created =
                        new Endpoint(this, deployment, transport(call.target()), drivers.get(deployment.protocol()));
                endpoints.put(deployment.id(), created);
                renewal.start();
                return created;
            }
        } catch (IllegalArgumentException e) {
            problem = e.getMessage();
        }
        if (call.begin()) {
            call.done(
                    closed
                            ? Outcome.retry(Outcome.Fault.RECORD, problem)
                            : Outcome.undeliverable(Outcome.Fault.DEPLOYMENT, problem));
        }
        return null;
    }

    @Override
    public void abort(Call call) {
        if (!(call.attemptState() instanceof Attempt attempt)) {
            return;
        }
        if (attempt.waiting()) {
            attempt.endpoint.withdraw(attempt);
        } else {
            attempt.fail(Outcome.retry(Outcome.Fault.RECORD, "aborted by this instance"));
        }
    }

    @Override
    public int inFlight(String deploymentId) {
        Endpoint endpoint = endpoints.get(deploymentId);
        return endpoint == null ? 0 : endpoint.inFlight();
    }

    @Override
    public int connections(String deploymentId) {
        Endpoint endpoint = endpoints.get(deploymentId);
        return endpoint == null ? 0 : endpoint.connections();
    }

    @Override
    public int waiting(String deploymentId) {
        Endpoint endpoint = endpoints.get(deploymentId);
        return endpoint == null ? 0 : endpoint.waiting();
    }

    /** Headers left out because they were not legal in a request, since the start. */
    public long droppedHeaders() {
        return droppedHeaders;
    }

    @Override
    public void forget(String deploymentId) {
        Endpoint endpoint = endpoints.get(deploymentId);
        if (endpoint != null) {
            endpoint.forget();
        }
    }

    @Override
    public Future<Void> close() {
        closed = true;
        List<Future<Void>> all = new ArrayList<>();
        for (Endpoint endpoint : List.copyOf(endpoints.values())) {
            Promise<Void> done = context.promise();
            all.add(done.future());
            endpoint.close(done);
        }
        return Future.all(all).<Void>mapEmpty().onComplete(ar -> {
            http2.close();
            if (http1 != null) {
                http1.close();
            }
        });
    }

    // What endpoints need.

    ContextInternal context() {
        return context;
    }

    KeywayConfig.Invoker settings() {
        return settings;
    }

    RandomGenerator random() {
        return random;
    }

    LoopTimers timers() {
        return timers;
    }

    private Transport transport(Target target) {
        return target.transport() == null ? configured : target.transport();
    }

    Connector connector(Deployment deployment) {
        if (!deployment.useHttp11()) {
            return http2;
        }
        if (http1 == null) {
            http1 = new H1Connector(context);
        }
        return http1;
    }

    Pace.Source paces() {
        return paces;
    }

    /** Over HTTP/1.1 a connection carries one call, so there the configured bound, which is for HTTP/2, does not count. */
    int maxConnections(Endpoint endpoint) {
        int own = endpoint.transport() == configured
                ? Integer.MAX_VALUE
                : endpoint.transport().connections();
        return Math.min(own, endpoint.deployment().useHttp11() ? endpoint.cap() : settings.maxConnections());
    }

    /** When a connection opened now is to be replaced: its age with 20 % jitter either way. */
    long expiry(Duration age) {
        double factor = 0.8 + 0.4 * random.nextDouble();
        return System.nanoTime() + (age.isZero() ? NEVER_NANOS : (long) (age.toNanos() * factor));
    }

    void gone(Endpoint endpoint) {
        endpoints.remove(endpoint.deployment().id(), endpoint);
    }

    void droppedHeader() {
        droppedHeaders++;
    }

    /** Looks for connections whose age is over, while there are endpoints. */
    private final class Renewal extends TimerWheel.Timer {
        void start() {
            if (!isScheduled()) {
                timers.scheduleIn(this, RENEWAL_CHECK_MILLIS);
            }
        }

        @Override
        protected void fire() {
            long now = System.nanoTime();
            for (Endpoint endpoint : List.copyOf(endpoints.values())) {
                endpoint.tend(now);
            }
            if (!endpoints.isEmpty() && !closed) {
                timers.scheduleIn(this, RENEWAL_CHECK_MILLIS);
            }
        }
    }
}
