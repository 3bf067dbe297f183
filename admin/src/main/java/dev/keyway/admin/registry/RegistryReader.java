package dev.keyway.admin.registry;

import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.registry.RegistryException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the registry topic, read-committed, on a thread of its own and publishes snapshots. A transaction becomes
 * visible as a whole: its records carry the change's id, all but the last say that more follows, and the reader
 * publishes after the last one (or when nothing came after, because compaction took the last one).
 *
 * <pre>
 * connecting ──► loading ──► following ──► (Kafka away: says so, keeps the last snapshot) ──► following
 *      │             └─► unusable (foreign or corrupt topic)
 *      └─► retries with a growing pause until Kafka answers
 * </pre>
 */
final class RegistryReader {

    /** Header with the id of the change that a record belongs to. */
    static final String CHANGE = "keyway-change";
    /** Header of all records of a change but the last. */
    static final String MORE = "keyway-more";

    private static final Logger LOG = LoggerFactory.getLogger(RegistryReader.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long MAX_PAUSE_MILLIS = 5_000;
    private static final int REMEMBERED_CHANGES = 256;

    private final RegistryTopic topic;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final RegistryState state;
    private final java.util.function.Consumer<RegistrySnapshot> publish;
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "keyway-registry-reader");

    /** Guards what waiting writers look at; notified at every progress. */
    private final Object progress = new Object();

    private final Set<String> changes = new LinkedHashSet<>();
    private long visible;

    private volatile Map<String, String> unknown = Map.of();
    private volatile String problem = "registry: not loaded yet";
    private volatile String fault;
    private volatile Consumer<byte[], byte[]> consumer;
    private Uuid topicId;
    private long position;
    private boolean moreFollows;

    RegistryReader(
            RegistryTopic topic,
            Supplier<Consumer<byte[], byte[]>> consumers,
            RegistryState state,
            java.util.function.Consumer<RegistrySnapshot> publish) {
        this.topic = topic;
        this.consumers = consumers;
        this.state = state;
        this.publish = publish;
        thread.setDaemon(true);
    }

    /** Starts the thread; completes when all of the topic has been read, fails when the topic cannot be used. */
    CompletableFuture<Void> start() {
        thread.start();
        return loaded;
    }

    boolean isLoaded() {
        return loaded.isDone() && !loaded.isCompletedExceptionally();
    }

    /** What is wrong now, or {@code null}. Any thread. */
    String problem() {
        String unusable = fault;
        return unusable != null ? unusable : problem;
    }

    /** What makes the registry unusable until an operator acts, or {@code null}. Any thread. */
    String fault() {
        return fault;
    }

    /** What a newer Keyway wrote under this key, or {@code null}. Any thread. */
    String unknown(String key) {
        return unknown.get(key);
    }

    /** Waits until everything below {@code offset} has been published. */
    void awaitVisible(long offset, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (progress) {
            while (visible < offset) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0 || closed.getCount() == 0) {
                    throw new RegistryException(
                            Kind.UNAVAILABLE,
                            topic + " could not be read to offset " + offset + " within " + timeout.toSeconds()
                                    + " s; it was read to " + visible);
                }
                progress.wait(left);
            }
        }
    }

    /** Whether the change is among the last ones that were published. */
    boolean saw(String change) {
        synchronized (progress) {
            return changes.contains(change);
        }
    }

    private void run() {
        long pause = 100;
        while (closed.getCount() > 0) {
            try {
                follow();
                return;
            } catch (RegistryException e) {
                fault = e.getMessage();
                LOG.error("The registry cannot be used: {}", e.getMessage());
                loaded.completeExceptionally(e);
                return;
            } catch (WakeupException e) {
                return;
            } catch (InvalidOffsetException e) {
                fault = topic + " no longer holds offset " + position
                        + ": it was truncated or made anew; restart this instance to load what is there";
                LOG.error("{}", fault);
                return;
            } catch (KafkaException e) {
                report(e);
            } catch (RuntimeException e) {
                LOG.error("The registry reader failed and starts again", e);
                problem = "registry: " + e;
            }
            try {
                if (closed.await(pause, TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                return;
            }
            pause = Math.min(pause * 2, MAX_PAUSE_MILLIS);
        }
    }

    private void report(KafkaException e) {
        String now = "registry: " + topic + " cannot be reached: " + reason(e);
        if (!now.equals(problem)) {
            LOG.atWarn().addKeyValue("cause", reason(e)).log("{} cannot be reached; trying again", topic);
        }
        problem = now;
    }

    private static String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    private void follow() {
        identify();
        Consumer<byte[], byte[]> opened = consumers.get();
        try {
            consumer = opened;
            if (closed.getCount() == 0) {
                return;
            }
            TopicPartition partition = topic.partition();
            opened.assign(List.of(partition));
            if (isLoaded()) {
                opened.seek(partition, position);
            } else {
                opened.seekToBeginning(List.of(partition));
            }
            long end = topic.end();
            // With nothing to read, a poll would wait for its whole time.
            finishLoading(opened.position(partition), end);
            long lastCheck = System.nanoTime();
            while (closed.getCount() > 0) {
                step(opened, partition);
                finishLoading(visible(), end);
                if (System.nanoTime() - lastCheck > CHECK_NANOS) {
                    identify();
                    problem = null;
                    lastCheck = System.nanoTime();
                }
            }
        } finally {
            consumer = null;
            // It has no group to leave; with time given it would wait for the answer to its fetch in flight.
            opened.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    private void finishLoading(long readTo, long end) {
        if (!isLoaded() && readTo >= end) {
            refuseFaults();
            problem = null;
            publish.accept(state.snapshot());
            loaded.complete(null);
        }
    }

    /** The topic must exist with its layout; once loaded it must also stay the same one. */
    private void identify() {
        if (topicId == null) {
            topicId = topic.ensure();
            return;
        }
        Uuid now = topic.id();
        if (!topicId.equals(now)) {
            throw new RegistryException(
                    Kind.UNUSABLE,
                    topic + (now == null ? " was deleted" : " was deleted and made anew")
                            + " while this instance ran; what was registered is still in use here, but cannot be "
                            + "changed. Restart the instance to go on with what the topic holds then");
        }
        if (isLoaded()) {
            problem = null;
        }
    }

    private void step(Consumer<byte[], byte[]> opened, TopicPartition partition) {
        ConsumerRecords<byte[], byte[]> records = opened.poll(POLL);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            state.apply(record);
            moreFollows = record.headers().lastHeader(MORE) != null;
            remember(record.headers().lastHeader(CHANGE));
        }
        position = opened.position(partition);
        if (moreFollows && !records.isEmpty()) {
            return;
        }
        boolean news = !records.isEmpty() || moreFollows;
        moreFollows = false;
        if (news && isLoaded()) {
            unknown = state.unknown();
            noticeFaults();
            publish.accept(state.snapshot());
        }
        synchronized (progress) {
            visible = position;
            progress.notifyAll();
        }
    }

    private void remember(Header change) {
        if (change == null) {
            return;
        }
        synchronized (progress) {
            changes.add(new String(change.value(), StandardCharsets.UTF_8));
            if (changes.size() > REMEMBERED_CHANGES) {
                changes.remove(changes.iterator().next());
            }
        }
    }

    private long visible() {
        synchronized (progress) {
            return visible;
        }
    }

    private void refuseFaults() {
        unknown = state.unknown();
        String text = faultText();
        if (text != null) {
            throw new RegistryException(Kind.UNUSABLE, text);
        }
    }

    private void noticeFaults() {
        String text = faultText();
        if (text != null && !text.equals(fault)) {
            LOG.error("{}", text);
        }
        fault = text;
    }

    private String faultText() {
        if (state.faults().isEmpty()) {
            return null;
        }
        RegistryState.Fault first = state.faults().values().iterator().next();
        int others = state.faults().size() - 1;
        return topic + " is foreign or corrupt: at offset " + first.offset() + " it holds " + first.found()
                + (others == 0 ? "" : " (and " + others + " more such records)")
                + "; expected are keys like 'service/Greeter' with JSON {\"v\":1,\"kind\":\"service\",\"value\":{…}}. If "
                + "the topic belongs to something else, set kafka.prefix to another value; if a record was damaged, "
                + "delete it by producing its key with a null value and register it again";
    }

    /** Ends the thread. */
    void close() throws InterruptedException {
        closed.countDown();
        Consumer<byte[], byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
        loaded.completeExceptionally(new RegistryException(Kind.UNAVAILABLE, "the registry was closed"));
        synchronized (progress) {
            progress.notifyAll();
        }
        thread.join(TimeUnit.SECONDS.toMillis(3));
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(5));
    }
}
