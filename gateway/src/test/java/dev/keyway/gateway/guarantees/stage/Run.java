package dev.keyway.gateway.guarantees.stage;

import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.guarantees.journal.Block;
import dev.keyway.gateway.guarantees.journal.Call;
import dev.keyway.gateway.guarantees.journal.Journal;
import dev.keyway.gateway.guarantees.journal.Ledger;
import dev.keyway.gateway.guarantees.journal.Network;
import dev.keyway.gateway.guarantees.journal.Sample;
import dev.keyway.gateway.guarantees.journal.Seek;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.NewPartitions;
import org.awaitility.Awaitility;

/** One scenario on a {@link Stage}: a topic and a subscription of its own, load, and in the end a judgement. */
public final class Run implements AutoCloseable {
    private static final Duration STALLED = Duration.ofMinutes(3);
    private static final Duration LONGEST = Duration.ofHours(6);

    private final Stage stage;
    private final String name;
    private final String topic;
    private final String group;
    private final Journal journal = new Journal();
    private final JsonObject options;
    private final int keys;
    private final Watch watch;
    private int partitions;
    private Answers answers;
    private String subscription;
    private Load load;
    private Call blocker;
    private volatile boolean released;

    private Run(Stage stage, String name, int partitions, int keys, Map<String, String> options, Answers answers)
            throws Exception {
        this.stage = stage;
        this.name = name;
        this.partitions = partitions;
        this.keys = keys;
        this.answers = answers;
        this.topic = TestTopics.uniqueName(name);
        this.group = topic;
        this.options = new JsonObject()
                .put("auto.offset.reset", "earliest")
                .put("group.id", group)
                .put("max.poll.records", "500");
        options.forEach(this.options::put);
        stage.topics().create(topic, partitions, Map.of());
        stage.handler().observe(topic, journal, answers);
        subscribe();
        watch = new Watch(stage, topic, group, journal);
    }

    /** Options of the classic protocol. */
    public static Map<String, String> classic() {
        return Map.of(
                "session.timeout.ms", Integer.toString(StageConfig.SESSION_TIMEOUT_MS), "heartbeat.interval.ms", "500");
    }

    /** Options of the protocol of KIP-848; its session timeout is the broker's. */
    public static Map<String, String> consumerProtocol() {
        return Map.of("group.protocol", "consumer");
    }

    /** @param keys of each partition */
    public static Run begin(
            Stage stage, String name, int partitions, int keys, Map<String, String> options, Answers answers)
            throws Exception {
        return new Run(stage, name, partitions, keys, options, answers);
    }

    public Journal journal() {
        return journal;
    }

    /** Registers the subscription, or after {@link #unsubscribe} one more in the same group. */
    public void subscribe() {
        subscription = stage.rest(
                        "POST",
                        "/subscriptions",
                        new JsonObject()
                                .put("source", "kafka://main/" + topic)
                                .put("sink", "service://" + Stage.SERVICE + "/handle")
                                .put(
                                        "retry",
                                        new JsonObject()
                                                .put("initial_interval", "20ms")
                                                .put("max_interval", "200ms")
                                                .put("max_attempts", "unlimited"))
                                .put("options", options))
                .getString("id");
    }

    public void unsubscribe() {
        stage.rest("DELETE", "/subscriptions/" + subscription, null);
    }

    public void pause() {
        stage.rest("POST", "/subscriptions/" + subscription + "/pause", null);
    }

    public void resume() {
        stage.rest("POST", "/subscriptions/" + subscription + "/resume", null);
    }

    /** Back to the first record of all partitions. */
    public void seekToEarliest() {
        for (int partition = 0; partition < partitions; partition++) {
            journal.add(new Seek(partition, 0, System.nanoTime()));
        }
        stage.rest("POST", "/subscriptions/" + subscription + "/seek", new JsonObject().put("to", "earliest"));
    }

    public void addPartitions(int now) throws Exception {
        stage.topics()
                .admin()
                .createPartitions(Map.of(topic, NewPartitions.increaseTo(now)))
                .all()
                .get();
        partitions = now;
        if (load != null) {
            load.partitions(now);
        }
    }

    public void answering(Answers next) {
        answers = next;
        stage.handler().answering(topic, next);
    }

    /**
     * One key of partition 0 is refused for good from its first record on, so that it blocks whoever owns it, until
     * {@link #finish} lets it through.
     */
    public void blockOneKey() {
        String key = Load.key(0, 0);
        Answers others = answers;
        answering((call, attempt) -> {
            if (!call.key().equals(key) || released) {
                return others.to(call, attempt);
            }
            blocker = call;
            return new Answer(Answer.Kind.REFUSE, 0);
        });
    }

    /** Writes at a steady rate, so many records at most. */
    public void load(Pace pace) {
        load = new Load(
                stage.broker().bootstrapServers(),
                topic,
                partitions,
                keys,
                pace.records(),
                pace.perSecond(),
                journal.ledger(),
                stage.settings().seed());
    }

    /** Waits until so many further records were completed, or all that are written. */
    public void progress(int records) {
        int target = journal.completedCount() + records;
        whileMoving("progress of " + records + " records", () -> journal.completedCount() >= target || allDone());
    }

    /** Waits until every partition that the instance called last is called by another one. */
    public void takenFrom(String instance) {
        whileMoving(
                "another owner of what " + instance + " had",
                () -> !journal.owners().containsValue(instance) || allDone());
    }

    /** Waits until the instance calls under an assignment that is the newest of its partition. */
    public void takenBy(String instance) {
        whileMoving("a partition for " + instance, () -> journal.owners().containsValue(instance) || allDone());
    }

    private boolean allDone() {
        return load.done() && othersCompleted();
    }

    /** Waits until no call has come for so long; with an instance's name, none of its calls. */
    public void silence(Duration time, String... instance) {
        long[] since = {System.nanoTime()};
        int[] last = {-1};
        whileMoving("silence", () -> {
            int now = instance.length == 0 ? journal.callCount() : journal.callCount(instance[0]);
            if (now != last[0]) {
                last[0] = now;
                since[0] = System.nanoTime();
            }
            return System.nanoTime() - since[0] > time.toNanos();
        });
    }

    /** Answers what the handler holds. */
    public void release() {
        stage.handler().release(topic);
    }

    /** Waits for something for as long as anything moves. Ends quietly when nothing does: the judges will tell. */
    public void whileMoving(String what, Callable<Boolean> condition) {
        long[] moved = {System.nanoTime()};
        Object[] last = {null};
        Awaitility.await()
                .alias(what)
                .atMost(LONGEST)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    Object now = Map.of(
                            "completed",
                            journal.completedCount(),
                            "written",
                            journal.ledger().size(),
                            "at",
                            watch.committed());
                    if (!Objects.equals(now, last[0])) {
                        last[0] = now;
                        moved[0] = System.nanoTime();
                    }
                    return condition.call() || System.nanoTime() - moved[0] > STALLED.toNanos();
                });
    }

    private boolean othersCompleted() {
        String blockedKey = blocker == null || released ? null : blocker.key();
        int mayWait = blockedKey == null ? 0 : Load.BLOCKED_KEY_RECORDS;
        if (journal.completedCount() < journal.ledger().size() - mayWait) {
            return false;
        }
        return journal.ledger().partitions().values().stream().allMatch(entries -> entries.stream()
                .filter(Objects::nonNull)
                .filter(entry -> !entry.key().equals(blockedKey))
                .allMatch(this::completed));
    }

    private boolean completed(Ledger.Entry entry) {
        return journal.isCompleted(entry.partition(), entry.offset());
    }

    /**
     * Ends the load, waits until everything is completed and committed or nothing moves any more, and judges.
     *
     * @throws AssertionError with seed and evidence when a guarantee was broken
     */
    public void finish() {
        load.finish();
        if (blocker != null) {
            whileMoving("completion of all other keys", this::othersCompleted);
            journal.add(new Block(blocker.partition(), blocker.offset(), blocker.key(), System.nanoTime()));
            released = true;
            stage.rest(
                    "POST",
                    "/subscriptions/" + subscription + "/blocked/resume",
                    new JsonObject().put("key", blocker.key()));
        }
        whileMoving("completion and commit of everything", () -> othersCompleted() && committedToTheEnd());
        rest();
        watch.close();
        new Judgement(
                        name,
                        stage.settings().seed(),
                        journal.history(stage.happenings(), stage.handler().stalls(), network(), StageConfig.BOUNDS))
                .pronounce();
    }

    private Network network() {
        return stage.wayToHandler().network();
    }

    private boolean committedToTheEnd() {
        Map<Integer, Long> ends = new HashMap<>();
        journal.ledger().partitions().forEach((partition, entries) -> ends.put(partition, (long) entries.size()));
        Map<Integer, Long> committed = watch.committed();
        return ends.entrySet().stream().allMatch(end -> committed.getOrDefault(end.getKey(), -1L) >= end.getValue());
    }

    /** Samples the instances until they hold nothing, or for long enough. */
    private void rest() {
        for (GatewayProcess process : stage.live()) {
            Sample[] newest = {null};
            whileMoving("rest of " + process.name(), () -> {
                Sample sample = process.sample(true);
                newest[0] = sample == null ? newest[0] : sample;
                return sample != null && sample.entries() == 0 && sample.heldBytes() == 0 && sample.unfinished() == 0;
            });
            if (newest[0] != null) {
                journal.add(newest[0]);
            }
        }
    }

    @Override
    public void close() {
        watch.close();
        if (load != null) {
            load.close();
        }
        unsubscribe();
        stage.handler().forget(topic);
    }
}
