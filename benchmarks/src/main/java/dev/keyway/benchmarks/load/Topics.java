package dev.keyway.benchmarks.load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topics of a load run: made, filled with a workload, deleted. One thread; every call blocks. */
final class Topics {
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final String bootstrapServers;
    private final Admin admin;
    private int made;

    Topics(String bootstrapServers, Admin admin) {
        this.bootstrapServers = bootstrapServers;
        this.admin = admin;
    }

    /** Makes as many empty topics as the workload has, with names that were not used before. */
    List<String> create(Workload workload) {
        made++;
        List<String> names = new ArrayList<>();
        for (int t = 0; t < workload.topics(); t++) {
            names.add("load-" + made + "-" + t);
        }
        await(
                admin.createTopics(names.stream()
                                .map(name -> new NewTopic(name, Optional.of(workload.partitions()), Optional.empty()))
                                .toList())
                        .all(),
                "create topics");
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!known(names)) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the broker does not know its new topics " + names);
            }
            LockSupport.parkNanos(20_000_000);
        }
        return names;
    }

    /** The broker answers that topics are made before it tells of them. */
    private boolean known(List<String> names) {
        try {
            return admin.describeTopics(names).allTopicNames().get().values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .allMatch(partition -> partition.leader() != null);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw new IllegalStateException("cannot describe " + names, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    void delete(List<String> topics) {
        await(admin.deleteTopics(topics).all(), "delete topics");
    }

    /** Writes the records from one number to another, which is left out. */
    void fill(List<String> topics, Workload workload, int from, int to) {
        // A new partition may refuse batches until it has its leader. One request at a time, and so long a time for it,
        // that nothing is written twice or out of order however busy the machine is.
        Map<String, Object> options = new HashMap<>();
        options.put("linger.ms", 20);
        options.put("batch.size", 256 * 1024);
        options.put("enable.idempotence", false);
        options.put("max.in.flight.requests.per.connection", 1);
        options.put("request.timeout.ms", 120_000);
        options.put("delivery.timeout.ms", 180_000);
        try (Sender sender = sender(topics, workload, options)) {
            for (int i = from; i < to; i++) {
                sender.send(i, 0);
            }
        }
    }

    /** Sends every record at once, for a pass at a fixed rate; retries neither repeat nor reorder. */
    Sender liveSender(List<String> topics, Workload workload) {
        return sender(topics, workload, new HashMap<>(Map.of("linger.ms", 0, "enable.idempotence", true)));
    }

    private Sender sender(List<String> topics, Workload workload, Map<String, Object> options) {
        options.put("bootstrap.servers", bootstrapServers);
        options.put("buffer.memory", 64L << 20);
        return new Sender(
                new KafkaProducer<>(options, new ByteArraySerializer(), new ByteArraySerializer()), topics, workload);
    }

    /** Where each partition's committed offset has to come to when records from 0 to {@code records} are done. */
    static Map<TopicPartition, Long> ends(List<String> topics, Workload workload) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (int i = 0; i < workload.records(); i++) {
            ends.merge(partition(topics, workload, workload.slot(i)), 1L, Long::sum);
        }
        return ends;
    }

    static TopicPartition partition(List<String> topics, Workload workload, int slot) {
        return new TopicPartition(topics.get(slot / workload.partitions()), slot % workload.partitions());
    }

    private static void await(KafkaFuture<Void> done, String what) {
        try {
            done.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot " + what, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Writes records of a workload; a record that Kafka refuses fails {@link #flush} and {@link #close}. */
    static final class Sender implements AutoCloseable {
        private final KafkaProducer<byte[], byte[]> producer;
        private final List<String> topics;
        private final Workload workload;
        private final Body body;
        private final AtomicReference<Exception> failure = new AtomicReference<>();

        private Sender(KafkaProducer<byte[], byte[]> producer, List<String> topics, Workload workload) {
            this.producer = producer;
            this.topics = topics;
            this.workload = workload;
            this.body = new Body(workload.valueBytes());
        }

        void send(int i, long sent) {
            int key = workload.keys().number(i);
            int slot = workload.slot(i);
            producer.send(
                    new ProducerRecord<>(
                            topics.get(slot / workload.partitions()),
                            slot % workload.partitions(),
                            workload.key(i),
                            body.of(i, key, sent)),
                    (metadata, exception) -> {
                        if (exception != null) {
                            failure.compareAndSet(null, exception);
                        }
                    });
        }

        void flush() {
            producer.flush();
            if (failure.get() != null) {
                throw new IllegalStateException("cannot fill " + topics.get(0), failure.get());
            }
        }

        @Override
        public void close() {
            try {
                flush();
            } finally {
                producer.close();
            }
        }
    }
}
