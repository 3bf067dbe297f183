package dev.keyway.gateway.guarantees.stage;

import dev.keyway.gateway.guarantees.journal.Commit;
import dev.keyway.gateway.guarantees.journal.Journal;
import dev.keyway.gateway.guarantees.journal.Sample;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Writes down what the broker has committed and what the instances hold, again and again, on a thread of its own. */
final class Watch implements AutoCloseable {
    private static final long PERIOD_NANOS = 200_000_000;
    private static final int SAMPLE_EVERY = 5;

    private final Stage stage;
    private final String topic;
    private final String group;
    private final Journal journal;
    private final Map<Integer, Long> committed = new ConcurrentSkipListMap<>();
    private final Thread thread;
    private volatile boolean closed;

    Watch(Stage stage, String topic, String group, Journal journal) {
        this.stage = stage;
        this.topic = topic;
        this.group = group;
        this.journal = journal;
        this.thread = Daemon.start("watch-" + group, this::run);
    }

    /** The newest offsets by partition. */
    Map<Integer, Long> committed() {
        return new TreeMap<>(committed);
    }

    private void run() {
        for (int round = 0; !closed; round++) {
            look();
            if (round % SAMPLE_EVERY == 0) {
                sample();
            }
            LockSupport.parkNanos(PERIOD_NANOS);
        }
    }

    private void look() {
        Map<TopicPartition, OffsetAndMetadata> found;
        try {
            found = stage.topics().committed(group);
        } catch (IllegalStateException away) {
            // The broker is stopped; what it has committed is seen when it is back.
            return;
        }
        long now = System.nanoTime();
        found.forEach((partition, offset) -> {
            if (partition.topic().equals(topic)) {
                Long before = committed.put(partition.partition(), offset.offset());
                if (before == null || before != offset.offset()) {
                    journal.add(new Commit(partition.partition(), offset.offset(), now));
                }
            }
        });
    }

    private void sample() {
        for (GatewayProcess process : stage.live()) {
            Sample sample = process.sample(false);
            if (sample != null) {
                journal.add(sample);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        Daemon.join(thread);
    }
}
