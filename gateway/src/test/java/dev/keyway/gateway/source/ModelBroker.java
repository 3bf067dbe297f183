package dev.keyway.gateway.source;

import dev.keyway.gateway.fixture.VirtualLoops;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.consumer.internals.ConsumerDelegate;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * A naive log, group coordinator and consumer client for model tests: what a source may see, without threads, on virtual
 * time. It proves nothing about Kafka; the integration tests do that.
 *
 * <p>The client is put in place of {@link KafkaConsumer}'s own, so that the whole of {@link PollLoop} runs above it.
 */
final class ModelBroker {
    static final String TOPIC = "model";
    static final int MAX_POLL_RECORDS = 4;
    static final long SESSION_MILLIS = 6_000;
    private static final MetricName HEARTBEATS =
            new MetricName("heartbeat-total", "consumer-coordinator-metrics", "", Map.of());
    private static final MetricName LAST_HEARTBEAT =
            new MetricName("last-heartbeat-seconds-ago", "consumer-coordinator-metrics", "", Map.of());

    /** Who hears of what the broker accepts. */
    interface Witness {
        /** An offset of this instance was accepted. */
        void accepted(TopicPartition partition, OffsetAndMetadata before, OffsetAndMetadata offset, boolean start);
    }

    /** One partition's log. */
    static final class Log {
        final TreeMap<Long, byte[]> keys = new TreeMap<>();
        long begin;
        long end;
    }

    private record Commit(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback, int age) {}

    private record Answer(Commit commit, Exception failure) {}

    private final VirtualLoops loops;
    private final Witness witness;
    final List<TopicPartition> partitions = new ArrayList<>();
    final Map<TopicPartition, Log> logs = new HashMap<>();
    final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    /** Partitions that the coordinator counts as this instance's. */
    final Set<TopicPartition> ours = new HashSet<>();
    /** What the coordinator wants of this member at its next poll. */
    final Set<TopicPartition> toGive = new HashSet<>();

    final Set<TopicPartition> toTake = new HashSet<>();
    boolean cut;

    private final Set<TopicPartition> assigned = new HashSet<>();
    private final Set<TopicPartition> paused = new HashSet<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Deque<Commit> sent = new ArrayDeque<>();
    private final List<Answer> answers = new ArrayList<>();
    private ConsumerRebalanceListener listener;
    private PollLoop loop;
    private int generation = 1;
    private long expelledAt;
    private long heartbeatSent;
    private long heartbeatsAnswered;
    private boolean refused;
    private boolean woken;
    private boolean revoking;

    ModelBroker(VirtualLoops loops, int count, Witness witness) {
        this.loops = loops;
        this.witness = witness;
        for (int i = 0; i < count; i++) {
            TopicPartition partition = new TopicPartition(TOPIC, i);
            partitions.add(partition);
            logs.put(partition, new Log());
        }
        expelledAt = loops.now() + SESSION_MILLIS * 1_000_000;
        heartbeatSent = loops.now();
    }

    /** Whether the coordinator may have given this member's partitions away. */
    boolean expelled() {
        return loops.now() - expelledAt >= 0;
    }

    /** The client's background thread. */
    void heartbeat() {
        if (cut || refused) {
            return;
        }
        heartbeatSent = loops.now();
        heartbeatsAnswered++;
        if (expelled()) {
            refused = true;
            return;
        }
        expelledAt = loops.now() + SESSION_MILLIS * 1_000_000;
    }

    /** The oldest commit under way reaches the coordinator. */
    void deliverCommit() {
        if (!cut && !sent.isEmpty()) {
            Commit commit = sent.poll();
            answers.add(new Answer(commit, accept(commit.offsets(), commit.age(), false)));
        }
    }

    boolean commitsUnderWay() {
        return !sent.isEmpty() || !answers.isEmpty();
    }

    private Exception accept(Map<TopicPartition, OffsetAndMetadata> offsets, int age, boolean start) {
        if (expelled() || refused || age != generation) {
            return new CommitFailedException();
        }
        expelledAt = loops.now() + SESSION_MILLIS * 1_000_000;
        // As the real one, it takes offsets of partitions that the member does not own: not to send them is our part.
        offsets.forEach((partition, offset) -> {
            OffsetAndMetadata before = committed.put(partition, offset);
            witness.accepted(partition, before, offset, start);
        });
        return null;
    }

    boolean idle() {
        return toGive.isEmpty() && toTake.isEmpty() && !refused && !expelled();
    }

    // The client.

    /** Puts the client below the poll loop. */
    void serve(PollLoop theLoop) {
        this.loop = theLoop;
        try {
            Field field = KafkaConsumer.class.getDeclaredField("delegate");
            field.setAccessible(true);
            ((Consumer<?, ?>) field.get(theLoop)).close(CloseOptions.timeout(Duration.ZERO));
            field.set(theLoop, client());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        theLoop.subscribe(Set.of(TOPIC), null);
    }

    private Object client() {
        Class<?> type = ConsumerDelegate.class;
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            Object[] all = args == null ? new Object[0] : args;
            try {
                return call(method.getName(), all);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    @SuppressWarnings("unchecked")
    private Object call(String method, Object[] args) throws InvocationTargetException {
        return switch (method) {
            case "subscribe" -> {
                listener = (ConsumerRebalanceListener) args[1];
                yield null;
            }
            case "poll" -> poll();
            case "assignment" -> Set.copyOf(assigned);
            case "paused" -> Set.copyOf(paused);
            case "pause" -> {
                owned((Collection<TopicPartition>) args[0]);
                paused.addAll((Collection<TopicPartition>) args[0]);
                yield null;
            }
            case "resume" -> {
                owned((Collection<TopicPartition>) args[0]);
                paused.removeAll((Collection<TopicPartition>) args[0]);
                yield null;
            }
            case "seek" -> {
                owned(Set.of((TopicPartition) args[0]));
                positions.put((TopicPartition) args[0], (Long) args[1]);
                yield null;
            }
            case "position" -> positions.get((TopicPartition) args[0]);
            case "currentLag" -> {
                Long position = positions.get((TopicPartition) args[0]);
                yield position == null
                        ? OptionalLong.empty()
                        : OptionalLong.of(Math.max(0, logs.get((TopicPartition) args[0]).end - position));
            }
            case "committed" -> {
                remote();
                Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>();
                ((Set<TopicPartition>) args[0]).forEach(partition -> found.put(partition, committed.get(partition)));
                yield found;
            }
            case "beginningOffsets" -> ends((Collection<TopicPartition>) args[0], true);
            case "endOffsets" -> ends((Collection<TopicPartition>) args[0], false);
            case "offsetsForTimes" -> times((Map<TopicPartition, Long>) args[0]);
            case "commitSync" -> {
                remote();
                while (!sent.isEmpty()) {
                    deliverCommit();
                }
                callBack();
                Exception failure = accept((Map<TopicPartition, OffsetAndMetadata>) args[0], generation, !revoking);
                if (failure != null) {
                    dontWait();
                    throw (RuntimeException) failure;
                }
                yield null;
            }
            case "commitAsync" -> {
                sent.add(new Commit(
                        (Map<TopicPartition, OffsetAndMetadata>) args[0], (OffsetCommitCallback) args[1], generation));
                yield null;
            }
            case "groupMetadata" -> groupMetadata();
            case "metrics" ->
                Map.of(
                        HEARTBEATS, metric(HEARTBEATS, (double) heartbeatsAnswered),
                        LAST_HEARTBEAT,
                                metric(LAST_HEARTBEAT, (double) ((loops.now() - heartbeatSent) / 1_000_000_000L)));
            case "wakeup" -> {
                woken = true;
                yield null;
            }
            case "unsubscribe", "close" -> null;
            default -> throw new UnsupportedOperationException("Consumer." + method);
        };
    }

    @SuppressWarnings("removal")
    private ConsumerGroupMetadata groupMetadata() {
        return new ConsumerGroupMetadata("model", generation, "member", Optional.empty());
    }

    private void owned(Collection<TopicPartition> some) {
        if (!assigned.containsAll(some)) {
            throw new IllegalStateException("No current assignment for some of " + some);
        }
    }

    /** A call that waits for the broker. */
    private void remote() {
        if (woken) {
            woken = false;
            throw new WakeupException();
        }
        if (cut) {
            dontWait();
            throw new TimeoutException("the model's network is cut");
        }
    }

    /** The poll loop waits after a failure, in real time; a task ends that wait. */
    private void dontWait() {
        loop.executeAfterPoll(() -> {});
    }

    private Map<TopicPartition, Long> ends(Collection<TopicPartition> wanted, boolean begin) {
        remote();
        Map<TopicPartition, Long> found = new HashMap<>();
        wanted.forEach(partition -> found.put(partition, begin ? logs.get(partition).begin : logs.get(partition).end));
        return found;
    }

    /** The record of offset n has the time n. */
    private Map<TopicPartition, OffsetAndTimestamp> times(Map<TopicPartition, Long> query) {
        remote();
        Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
        query.forEach((partition, time) -> {
            Long at = logs.get(partition).keys.ceilingKey(Math.max(time, logs.get(partition).begin));
            found.put(partition, at == null ? null : new OffsetAndTimestamp(at, at));
        });
        return found;
    }

    private static Metric metric(MetricName name, double value) {
        return new Metric() {
            @Override
            public MetricName metricName() {
                return name;
            }

            @Override
            public Object metricValue() {
                return value;
            }
        };
    }

    private void callBack() {
        List<Answer> now = List.copyOf(answers);
        answers.clear();
        now.forEach(
                answer -> answer.commit().callback().onComplete(answer.commit().offsets(), answer.failure()));
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        if (woken) {
            woken = false;
            throw new WakeupException();
        }
        callBack();
        if (!cut) {
            rebalance();
        }
        return fetch();
    }

    private void rebalance() {
        if (refused) {
            Set<TopicPartition> lost = Set.copyOf(assigned);
            assigned.clear();
            paused.clear();
            positions.clear();
            ours.clear();
            toTake.clear();
            if (!lost.isEmpty()) {
                listener.onPartitionsLost(lost);
            }
            refused = false;
            generation++;
            expelledAt = loops.now() + SESSION_MILLIS * 1_000_000;
            return;
        }
        if (expelled() || (toGive.isEmpty() && toTake.isEmpty())) {
            return;
        }
        toTake.retainAll(assigned);
        if (!toTake.isEmpty()) {
            Set<TopicPartition> taken = Set.copyOf(toTake);
            revoking = true;
            try {
                listener.onPartitionsRevoked(taken);
            } finally {
                revoking = false;
            }
            assigned.removeAll(taken);
            paused.removeAll(taken);
            positions.keySet().removeAll(taken);
            ours.removeAll(taken);
            toTake.clear();
        }
        if (expelled() || refused) {
            return;
        }
        generation++;
        Set<TopicPartition> given = new HashSet<>(toGive);
        given.removeAll(assigned);
        toGive.clear();
        assigned.addAll(given);
        ours.addAll(given);
        paused.clear();
        listener.onPartitionsAssigned(given);
    }

    private ConsumerRecords<byte[], byte[]> fetch() {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new HashMap<>();
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        int room = MAX_POLL_RECORDS;
        if (cut) {
            return ConsumerRecords.empty();
        }
        // Before anything is read: what a poll has read it hands over.
        for (TopicPartition partition : assigned) {
            Long position = positions.get(partition);
            Log log = logs.get(partition);
            if (paused.contains(partition)) {
                continue;
            }
            if (position == null) {
                throw new NoOffsetForPartitionException(partition);
            }
            if (position < log.begin || position > log.end) {
                throw new OffsetOutOfRangeException(Map.of(partition, position));
            }
        }
        for (TopicPartition partition : assigned) {
            if (paused.contains(partition) || room == 0) {
                continue;
            }
            long position = positions.get(partition);
            Log log = logs.get(partition);
            List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
            for (Map.Entry<Long, byte[]> entry :
                    log.keys.tailMap(position, true).entrySet()) {
                if (room == 0) {
                    break;
                }
                room--;
                read.add(new ConsumerRecord<>(
                        TOPIC, partition.partition(), entry.getKey(), entry.getValue(), new byte[] {1}));
            }
            boolean all = read.isEmpty() || read.get(read.size() - 1).offset() == log.keys.lastKey();
            long position2 = all ? log.end : read.get(read.size() - 1).offset() + 1;
            positions.put(partition, position2);
            if (!read.isEmpty()) {
                records.put(partition, read);
                next.put(partition, new OffsetAndMetadata(position2));
            }
        }
        return new ConsumerRecords<>(records, next);
    }
}
