package dev.keyway.benchmarks.load;

import dev.keyway.broker.EmbeddedBroker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What every load run needs: a broker in this JVM, topics with the workload in them, and the handler process. */
final class Rig implements AutoCloseable {
    private final Setup setup;
    private final EmbeddedBroker broker;
    private final ChildJvm handler;
    private final int handlerPort;

    Rig(Setup setup) {
        this.setup = setup;
        broker = EmbeddedBroker.builder().build().start();
        handler = new ChildJvm(
                "handler",
                List.of("-Xmx512m"),
                HandlerMain.class.getName(),
                List.of(Integer.toString(setup.handlerLoops)));
        handlerPort = Integer.parseInt(handler.await("READY"));
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    int handlerPort() {
        return handlerPort;
    }

    /** Makes a topic and fills it with the workload. */
    void fill(String topic) {
        Workload workload = setup.workload();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(setup.partitions), Optional.empty())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot create topic " + topic, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        AtomicReference<Exception> failure = new AtomicReference<>();
        Map<String, Object> options = new HashMap<>();
        options.put("bootstrap.servers", bootstrapServers());
        options.put("linger.ms", 20);
        options.put("batch.size", 256 * 1024);
        options.put("buffer.memory", 64L << 20);
        // A new partition may refuse batches until it has its leader. One request at a time, and so long a time for it,
        // that nothing is written twice or out of order however busy the machine is.
        options.put("enable.idempotence", false);
        options.put("max.in.flight.requests.per.connection", 1);
        options.put("request.timeout.ms", 120_000);
        options.put("delivery.timeout.ms", 180_000);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(options, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < workload.records(); i++) {
                int partition = workload.keyNumber(i) % setup.partitions;
                producer.send(
                        new ProducerRecord<>(topic, partition, workload.key(i), workload.value(i)),
                        (metadata, exception) -> {
                            if (exception != null) {
                                failure.compareAndSet(null, exception);
                            }
                        });
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException("cannot fill topic " + topic, failure.get());
        }
    }

    /** Runs one pass and measures it: starts the events, and waits until the handler has them all. */
    Pass measure(Supplier<Duration> clientProcessorTime, Runnable start) {
        Workload workload = setup.workload();
        expect("OK", handler.ask("reset " + setup.partitions + " " + workload.records() + " " + workload.keys()));
        Duration client = clientProcessorTime.get();
        Duration own = handler.processorTime();
        start.run();
        String line = handler.ask("await " + workload.records());
        return Pass.of(
                line,
                clientProcessorTime.get().minus(client),
                handler.processorTime().minus(own));
    }

    /** Names of the headers of the first call of the newest pass. */
    String headerNames() {
        return handler.ask("names");
    }

    /** What the handler has seen so far in this pass. */
    Pass soFar() {
        return Pass.of(handler.ask("stats"), Duration.ZERO, Duration.ZERO);
    }

    void reset() {
        Workload workload = setup.workload();
        expect("OK", handler.ask("reset " + setup.partitions + " " + workload.records() + " " + workload.keys()));
    }

    private static void expect(String expected, String answer) {
        if (!expected.equals(answer)) {
            throw new IllegalStateException("the handler answered " + answer + " instead of " + expected);
        }
    }

    @Override
    public void close() {
        handler.close();
        broker.close();
    }
}
