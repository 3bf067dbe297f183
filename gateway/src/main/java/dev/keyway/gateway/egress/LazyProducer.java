package dev.keyway.gateway.egress;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A producer without transactions that is made with its first record, and anew after a failure that it cannot get over. On
 * one worker thread of its owner, because {@code send} may block for metadata.
 */
public final class LazyProducer {
    private final Supplier<Map<String, Object>> properties;
    private Producer<byte[], byte[]> producer;
    /** Also set by the producer's own thread. */
    private volatile boolean broken;

    /** @param properties Java client names, secrets resolved; asked for each time that a producer is made */
    public LazyProducer(Supplier<Map<String, Object>> properties) {
        this.properties = properties;
    }

    /**
     * Sends a record.
     *
     * @param done gets {@code null} or the failure, exactly once, here or on the producer's thread
     */
    public void send(ProducerRecord<byte[], byte[]> record, Consumer<Throwable> done) {
        // The producer may answer and throw both.
        AtomicBoolean answered = new AtomicBoolean();
        try {
            open().send(record, (metadata, failure) -> {
                broken |= failure != null && isFatal(failure);
                if (!answered.getAndSet(true)) {
                    done.accept(failure);
                }
            });
        } catch (RuntimeException e) {
            broken |= !(e instanceof RetriableException) && !(e instanceof RecordTooLargeException);
            if (!answered.getAndSet(true)) {
                done.accept(e);
            }
        }
    }

    private static boolean isFatal(Throwable failure) {
        return failure instanceof ProducerFencedException
                || failure instanceof OutOfOrderSequenceException
                || failure instanceof UnknownProducerIdException
                || (failure instanceof AuthorizationException && !(failure instanceof RetriableException))
                || failure instanceof AuthenticationException;
    }

    private Producer<byte[], byte[]> open() {
        if (broken) {
            close(Duration.ZERO);
        }
        broken = false;
        if (producer == null) {
            producer = new KafkaProducer<>(properties.get(), new ByteArraySerializer(), new ByteArraySerializer());
        }
        return producer;
    }

    /** Waits for what was sent, within the bound. */
    public void close(Duration bound) {
        if (producer != null) {
            producer.close(bound);
            producer = null;
        }
    }
}
