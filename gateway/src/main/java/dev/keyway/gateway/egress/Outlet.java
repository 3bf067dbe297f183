package dev.keyway.gateway.egress;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.kafka.ProducerProperties;
import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.Egress;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One egress of this process: its producer on a worker thread. Records leave in the order in which they came. Methods on any thread.
 *
 * <p>Bounds: it takes every record it is given, and says when it is {@link #full}; callers then start nothing that would
 * give it more.
 */
final class Outlet {
    private static final Logger LOG = LoggerFactory.getLogger(Outlet.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final long LOG_EVERY_NANOS = Duration.ofSeconds(10).toNanos();

    /** How a record fared: {@code reason} is {@code null} when all is well; {@code permanent} if trying again is vain. */
    record Sent(String reason, boolean permanent) {
        static final Sent WELL = new Sent(null, false);
    }

    private record Pending(EgressRecord record, long size, Context context, Consumer<Sent> done) {}

    private final Egress egress;
    private final ProducerProperties properties;
    private final Secrets secrets;
    private final KeywayConfig.Egress bounds;
    private final WorkerExecutor worker;
    private final TopicFacts topics;
    private final Queue<Pending> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger handedOver = new AtomicInteger();
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final LongAdder written = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicLong loggedNanos = new AtomicLong();
    private volatile boolean full;
    private volatile boolean closed;
    private volatile String problem;
    private final LazyProducer producer;

    Outlet(Vertx vertx, Egress egress, ProducerProperties properties, Secrets secrets, KeywayConfig.Egress bounds) {
        this.egress = egress;
        this.properties = properties;
        this.secrets = secrets;
        this.bounds = bounds;
        this.worker = vertx.createSharedWorkerExecutor("keyway-egress-" + egress.id() + "-" + hashCode(), 1);
        this.topics = new TopicFacts(worker, () -> secrets.resolve(properties.common()));
        this.producer = new LazyProducer(() -> secrets.resolve(properties.producer()));
    }

    Egress egress() {
        return egress;
    }

    ProducerProperties properties() {
        return properties;
    }

    TopicFacts topics() {
        return topics;
    }

    boolean transactional() {
        return egress.semantic() == DeliverySemantic.EXACTLY_ONCE;
    }

    boolean full() {
        return full;
    }

    boolean closed() {
        return closed;
    }

    /** Why the last record could not be written, {@code null} while all is well. */
    String problem() {
        return problem;
    }

    long records() {
        return records.get();
    }

    long bytes() {
        return bytes.get();
    }

    long written() {
        return written.sum();
    }

    long failed() {
        return failed.sum();
    }

    /** The largest record that its producer sends. */
    long maxRequestBytes() {
        return Long.parseLong(String.valueOf(properties.producer().get("max.request.size")));
    }

    boolean compressed() {
        Object type = properties.producer().get("compression.type");
        return type != null && !type.equals("none");
    }

    /**
     * Sends a record.
     *
     * @param done runs on {@code context} when it is acknowledged or has failed
     */
    void send(EgressRecord record, Context context, Consumer<Sent> done) {
        long size = record.size();
        if (bytes.addAndGet(size) >= bounds.inFlightBytes() | records.incrementAndGet() >= bounds.inFlightRecords()) {
            full = true;
        }
        queue.add(new Pending(record, size, context, done));
        if (handedOver.getAndIncrement() == 0) {
            onWorker(this::drain).onFailure(this::workerGone);
        }
    }

    private Future<Void> onWorker(Callable<Void> action) {
        try {
            return worker.executeBlocking(action);
        } catch (IllegalStateException | RejectedExecutionException e) {
            return Future.failedFuture(e);
        }
    }

    /** On the worker: hands over what is there, and what comes meanwhile. */
    private Void drain() {
        int taken = handedOver.get();
        while (taken > 0) {
            for (int i = 0; i < taken; i++) {
                hand(queue.poll());
            }
            taken = handedOver.addAndGet(-taken);
        }
        return null;
    }

    private void workerGone(Throwable failure) {
        int taken = handedOver.get();
        while (taken > 0) {
            for (int i = 0; i < taken; i++) {
                Pending next = queue.poll();
                if (next != null) {
                    ended(next, failure);
                }
            }
            taken = handedOver.addAndGet(-taken);
        }
    }

    private void hand(Pending pending) {
        if (closed) {
            ended(pending, new IllegalStateException("the egress was changed or removed"));
        } else {
            producer.send(pending.record().toProducerRecord(), failure -> ended(pending, failure));
        }
    }

    /** The producer's thread, or the worker. */
    private void ended(Pending pending, Throwable failure) {
        if (bytes.addAndGet(-pending.size()) < bounds.inFlightBytes() * 3 / 4
                & records.decrementAndGet() < Math.max(1, bounds.inFlightRecords() * 3L / 4)) {
            full = false;
        }
        Sent sent = Sent.WELL;
        if (failure == null) {
            written.increment();
            problem = null;
        } else {
            sent = failed(pending.record(), failure);
        }
        if (pending.done() != null) {
            Sent told = sent;
            pending.context().runOnContext(v -> pending.done().accept(told));
        }
    }

    private Sent failed(EgressRecord record, Throwable failure) {
        failed.increment();
        topics.forget(record.topic());
        String reason = "topic " + record.topic() + " of egress '" + egress.id() + "' does not take the record: "
                + describe(failure);
        boolean permanent = failure instanceof RecordTooLargeException || failure instanceof InvalidTopicException;
        if (!permanent) {
            problem = reason;
        }
        long now = System.nanoTime();
        long last = loggedNanos.get();
        if ((last == 0 || now - last > LOG_EVERY_NANOS) && loggedNanos.compareAndSet(last, now)) {
            LOG.atWarn()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("cause", describe(failure))
                    .log("Egress '{}' does not take a record", egress.id());
        }
        return new Sent(reason, permanent);
    }

    static String describe(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    /** Waits for what was sent, within a bound, and closes the producer. */
    Future<Void> close() {
        return worker.<Void>executeBlocking(() -> {
                    closed = true;
                    producer.close(CLOSE_TIMEOUT);
                    topics.close();
                    full = false;
                    return null;
                })
                .eventually(worker::close);
    }

    /** For {@link Egresses}: whether it is made of the same. */
    boolean madeOf(Egress other, Map<String, Object> theirs) {
        return egress.equals(other) && properties.producer().equals(theirs);
    }
}
