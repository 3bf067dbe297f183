package dev.keyway.gateway.inbox;

import dev.keyway.ordering.Backoff;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Writes records of one source into the inbox, in their order, by an idempotent producer without transactions.
 *
 * <p>The slots drop what is not above the highest offset that they have accepted of a partition (see {@link
 * Envelope.Mark}). So a record may be written twice, but none may come after a later one of its partition has: it would be
 * taken for a repetition, and be lost. Hence:
 *
 * <ul>
 *   <li>The producer has one request under way to a broker, so that it sends nothing to a slot before it knows what became
 *       of what precedes it. Sequence numbers are not enough: a broker that knows nothing of the producer yet takes its
 *       second batch even if it has refused the first.
 *   <li>After a failure for good a producer would go on with what follows. Therefore the first one is its end: it is closed
 *       by force within the callback, on its own thread, before it sends anything more.
 *   <li>The next producer begins, for each partition, with the oldest record that was not acknowledged, and sends
 *       everything from there again in order. What the old one may still have had on the wire continues what it had
 *       written, without a gap; so whatever way the two mix in the log, no record comes first behind a later one.
 *   <li>The same holds for the next owner of a partition, which begins at the offset that this one has committed.
 * </ul>
 *
 * <p>All methods on the context given; what is reported comes there too. The producer lives on a worker of its own,
 * because {@code send} may block. Nothing is bounded here: the source pauses a partition that has too much under way.
 */
public final class Forwarder {
    private static final Backoff BACKOFF = new Backoff(200, 2.0, 10_000, 0);

    private final Vertx vertx;
    private final Context context;
    private final WorkerExecutor worker;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Consumer<String> problem;
    private final Runnable progressed;
    private final Set<Lane> lanes = new LinkedHashSet<>();
    private final ConcurrentLinkedQueue<Ack> acks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean acksAnnounced = new AtomicBoolean();
    private List<Forward> gathered = new ArrayList<>();
    private Sender sender;
    private int failures;
    private long retryTimer = -1;
    private boolean closed;

    /** One write of a forward that the broker has acknowledged. */
    private record Ack(Sender sender, Forward forward) {}

    /**
     * @param name of the worker's threads
     * @param producers makes a producer, on the worker; each is used until its first failure. It must be idempotent, with
     *     one request in flight
     * @param problem hears why nothing can be written, and {@code null} when it works again
     * @param progressed runs after forwards were done
     */
    public Forwarder(
            Vertx vertx,
            Context context,
            String name,
            Supplier<Producer<byte[], byte[]>> producers,
            Consumer<String> problem,
            Runnable progressed) {
        this.vertx = vertx;
        this.context = context;
        this.worker = vertx.createSharedWorkerExecutor(name, 1);
        this.producers = producers;
        this.problem = problem;
        this.progressed = progressed;
        this.sender = new Sender();
    }

    /** A place for the records of one assignment. */
    public Lane open() {
        Lane lane = new Lane();
        lanes.add(lane);
        return lane;
    }

    /** Takes a record behind all of its lane; it leaves with {@link #flush}. */
    public void add(Forward forward) {
        Lane lane = forward.lane();
        if (lane.closed() || lane.drains()) {
            return;
        }
        lane.add(forward);
        if (sender != null) {
            gathered.add(forward);
        }
    }

    /** Sends what was added. */
    public void flush() {
        if (!gathered.isEmpty()) {
            List<Forward> batch = gathered;
            gathered = new ArrayList<>(batch.size());
            send(batch);
        }
    }

    private void send(List<Forward> batch) {
        Sender current = sender;
        worker.executeBlocking(
                () -> {
                    current.send(batch);
                    return null;
                },
                true);
    }

    /** Completes when all of the lane is done, or known to be not; it takes nothing any more. */
    public Future<Void> drain(Lane lane) {
        Promise<Void> promise = Promise.promise();
        lane.drain(promise);
        if (sender == null) {
            lane.close();
        }
        return promise.future();
    }

    /** Forgets the lane: nobody waits for its records any more. What is on the wire may still arrive. */
    public void close(Lane lane) {
        lane.close();
        lanes.remove(lane);
    }

    /** Closes the producer, and waits for that. */
    public Future<Void> close() {
        closed = true;
        vertx.cancelTimer(retryTimer);
        lanes.forEach(Lane::close);
        lanes.clear();
        Sender current = sender;
        sender = null;
        return worker.<Void>executeBlocking(
                        () -> {
                            if (current != null) {
                                current.close();
                            }
                            return null;
                        },
                        true)
                .eventually(worker::close);
    }

    private void acked() {
        acksAnnounced.set(false);
        boolean any = false;
        for (Ack ack = acks.poll(); ack != null; ack = acks.poll()) {
            // Of a sender that has failed no ack counts: its forwards are written again as a whole.
            if (ack.sender == sender && --ack.forward.outstanding == 0 && finish(ack.forward)) {
                ack.forward.forwarded();
                any = true;
            }
        }
        if (any) {
            if (failures > 0) {
                failures = 0;
                problem.accept(null);
            }
            progressed.run();
        }
    }

    private static boolean finish(Forward forward) {
        return forward.lane().complete(forward);
    }

    private void failed(Sender which, Forward poison, Throwable cause) {
        if (which != sender) {
            return;
        }
        sender = null;
        gathered.clear();
        if (poison != null && finish(poison)) {
            poison.refused("the inbox does not take it: " + cause.getMessage());
            progressed.run();
        }
        // Their next owner sends the rest again.
        lanes.stream().filter(Lane::drains).toList().forEach(Lane::close);
        failures++;
        problem.accept("the inbox cannot be written to: " + describe(cause));
        long delay = BACKOFF.delayMillis(failures, ThreadLocalRandom.current().nextDouble(), -1);
        retryTimer = vertx.setTimer(Math.max(1, delay), id -> restart());
    }

    private static String describe(Throwable cause) {
        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    /** Everything that was not acknowledged goes again, from the oldest on. */
    private void restart() {
        if (closed) {
            return;
        }
        sender = new Sender();
        List<Forward> again = new ArrayList<>();
        lanes.forEach(lane -> again.addAll(lane.unfinished()));
        if (!again.isEmpty()) {
            send(again);
        }
    }

    /** One producer, until its first failure. */
    private final class Sender {
        private final AtomicBoolean ended = new AtomicBoolean();
        private Producer<byte[], byte[]> producer;

        /** On the worker. */
        void send(List<Forward> batch) {
            try {
                for (Forward forward : batch) {
                    if (ended.get()) {
                        return;
                    }
                    send(forward);
                }
            } catch (RuntimeException e) {
                end(null, e);
            }
        }

        private void send(Forward forward) {
            List<ProducerRecord<byte[], byte[]>> records = forward.records();
            forward.outstanding = records.size();
            if (producer == null) {
                producer = producers.get();
            }
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record, (metadata, failure) -> {
                    if (failure == null) {
                        acknowledged(forward);
                    } else {
                        end(forward, failure);
                    }
                });
            }
        }

        private void acknowledged(Forward forward) {
            acks.add(new Ack(this, forward));
            if (acksAnnounced.compareAndSet(false, true)) {
                context.runOnContext(v -> acked());
            }
        }

        /** On the worker, or on the producer's own thread, which must not send again. */
        private void end(Forward forward, Throwable cause) {
            if (ended.compareAndSet(false, true)) {
                boolean poison = cause instanceof RecordTooLargeException;
                context.runOnContext(v -> failed(this, poison ? forward : null, cause));
                if (producer != null) {
                    producer.close(Duration.ZERO);
                }
            }
        }

        /** On the worker, when it is not needed any more. */
        void close() {
            ended.set(true);
            if (producer != null) {
                producer.close(Duration.ofSeconds(5));
            }
        }
    }
}
