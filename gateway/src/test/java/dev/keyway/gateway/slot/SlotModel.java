package dev.keyway.gateway.slot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.codecs.statefun.Address;
import dev.keyway.codecs.statefun.DelayedInvocation;
import dev.keyway.codecs.statefun.OutgoingMessage;
import dev.keyway.codecs.statefun.StateMutation;
import dev.keyway.codecs.statefun.StateSpec;
import dev.keyway.codecs.statefun.TypedValue;
import dev.keyway.gateway.commit.GroupCommit;
import dev.keyway.gateway.commit.Part;
import dev.keyway.gateway.commit.Snapshot;
import dev.keyway.gateway.commit.Transaction;
import dev.keyway.gateway.commit.TransactionSettings;
import dev.keyway.gateway.commit.Verdict;
import dev.keyway.gateway.dispatch.Fence;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.inbox.EnvelopeCodec;
import dev.keyway.gateway.invoke.statefun.FunctionAnswer;
import dev.keyway.gateway.invoke.statefun.FunctionRequest;
import dev.keyway.gateway.invoke.statefun.FunctionTargets;
import dev.keyway.gateway.state.Slots;
import dev.keyway.gateway.state.SteppedShard;
import dev.keyway.ordering.OffsetMetadata;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * A slot with its shard and its committer, between a list for the inbox, one for the changelog and one for what is sent.
 * Functions count: each message makes one output with the next number of its id, and may send, delay and cancel. Those of
 * {@link #STATELESS} do not count, so that nothing of theirs is built on anything.
 */
final class SlotModel implements SlotHost, GroupCommit.Source<SlotCompletion> {
    static final String STATELESS = "c";
    static final TopicPartition INBOX = new TopicPartition("inbox", 0);
    private static final Uuid TOPIC = new Uuid(3, 3);
    private static final StateSpec SEEN = new StateSpec("seen", StateSpec.Expiration.NEVER, "t");
    private static final int ROOM = 40;
    private static final int FAULTS_AT_THE_END = 60;
    /** See {@link #resolve}. */
    private static final int REFUSED = 4;

    // What Kafka has.
    final List<ProducerRecord<byte[], byte[]>> inbox = new ArrayList<>();
    private final List<ProducerRecord<byte[], byte[]>> changelog = new ArrayList<>();
    final List<String> output = new ArrayList<>();
    final List<String> letters = new ArrayList<>();
    /** How messages ended, outputs and letters, in their order. */
    final List<String> ends = new ArrayList<>();

    private OffsetAndMetadata committed = new OffsetAndMetadata(0, Optional.empty(), "");

    // What the source topics have: ids and commands, by partition.
    final List<List<String>> sources = List.of(new ArrayList<>(), new ArrayList<>());
    private final int[] forwarded = new int[2];

    // What the instance has.
    private long now = 1_000;
    private long timerIds;
    private final TreeMap<Long, List<Runnable>> timers = new TreeMap<>();
    private final Map<Long, Runnable> timersById = new HashMap<>();
    private final ArrayDeque<Runnable> context = new ArrayDeque<>();
    private final ModelLane lane = new ModelLane();
    private SteppedShard shard;
    private Slot slot;
    private ModelPart part;
    private GroupCommit<SlotCompletion> commits;
    private Snapshot snapshot;
    private Runnable refreshing;
    private boolean restoring;
    private int position;
    private final List<FunctionInvocation> out = new ArrayList<>();
    private int held;
    /** The message of a timer was refused, which waits for another process. */
    private boolean stuck;
    /** What happened, for whoever has to understand a failure. */
    final List<String> trace = new ArrayList<>();

    private int life;

    SlotModel() {
        start(null);
    }

    private void start(SteppedShard earlier) {
        trace.add("start, committed " + committed.offset());
        life++;
        timers.clear();
        timersById.clear();
        context.clear();
        out.clear();
        held = 0;
        stuck = false;
        part = new ModelPart(committed);
        position = (int) committed.offset();
        shard = new SteppedShard(earlier, changelog, now);
        SlotScope scope = new SlotScope(
                "inbox",
                "inbox",
                new Slots(1),
                () -> FunctionTargets.NONE,
                null,
                message -> new FailurePolicy(OnFailure.DEAD_LETTER, null, "letters"),
                place -> false,
                null,
                null,
                null,
                null,
                null,
                null,
                new SlotLimits(20, 4, 1_000, Long.MAX_VALUE, 3, 1_000),
                () -> now);
        slot = new Slot(0, scope, this);
        commits = new GroupCommit<>(
                new TransactionSettings("id", Duration.ofSeconds(10), Duration.ofMillis(50), 5, Map.of()),
                this,
                lane,
                context::add,
                new GroupCommit.Timers() {
                    @Override
                    public long set(long millis, Runnable action) {
                        long id = ++timerIds;
                        timersById.put(id, action);
                        at(now + millis, () -> {
                            Runnable due = timersById.remove(id);
                            if (due != null) {
                                due.run();
                            }
                        });
                        return id;
                    }

                    @Override
                    public void cancel(long id) {
                        timersById.remove(id);
                    }
                },
                () -> now * 1_000_000);
        publish();
        commits.ready();
        restoring = true;
    }

    private void at(long time, Runnable action) {
        timers.computeIfAbsent(time, absent -> new ArrayList<>()).add(action);
    }

    @SuppressWarnings("removal")
    private void publish() {
        snapshot = new Snapshot(
                new ConsumerGroupMetadata("g", life, "member", Optional.empty()), Map.of(INBOX, part.beginning));
    }

    // ---- the world outside

    /** Somebody writes to a source topic. @param command see {@link #apply} */
    void produce(int source, String id, String command) {
        sources.get(source).add(id + "|" + command);
    }

    /** The next records of a source reach the inbox; {@code back} of the earlier ones come again before them. */
    void forward(int source, int back, int count) {
        List<String> records = sources.get(source);
        int from = Math.max(0, forwarded[source] - back);
        int to = Math.min(records.size(), forwarded[source] + count);
        for (int offset = from; offset < to; offset++) {
            String[] record = records.get(offset).split("\\|", 2);
            Envelope envelope = new Envelope(
                    Envelope.Target.function("f", "count"),
                    record[0],
                    null,
                    new Envelope.Argument("t", bytes("s" + source + "-" + offset + "|" + record[1])),
                    List.of(),
                    new Envelope.Mark("src", 0, TOPIC, "in", source, offset, 0, -1),
                    null);
            trace.add("inbox " + inbox.size() + ": s" + source + "-" + offset + " for " + records.get(offset));
            inbox.add(new ProducerRecord<>("inbox", 0, envelope.key(), EnvelopeCodec.encode(envelope)));
        }
        forwarded[source] = Math.max(to, forwarded[source]);
    }

    // ---- the instance

    void restore() {
        if (restoring) {
            restoring = false;
            slot.restored(shard.shard());
        }
    }

    void poll(int count) {
        int to = Math.min(inbox.size(), position + count);
        for (; position < to; position++) {
            ProducerRecord<byte[], byte[]> record = inbox.get(position);
            ConsumerRecord<byte[], byte[]> polled =
                    new ConsumerRecord<>("inbox", 0, position, record.key(), record.value());
            long index = part.tracker.arrive(position, now);
            if (index >= 0) {
                held++;
            }
            slot.arrived(polled, index, index < 0 ? 0 : 1);
        }
        slot.flush();
    }

    void work() {
        shard.work();
    }

    void answer() {
        shard.answer();
    }

    void run() {
        Runnable next = context.poll();
        if (next != null) {
            next.run();
        }
    }

    private void runAll() {
        while (!context.isEmpty()) {
            run();
        }
    }

    void pass(int millis) {
        now += millis;
        while (!timers.isEmpty() && timers.firstKey() <= now) {
            timers.pollFirstEntry().getValue().forEach(Runnable::run);
        }
    }

    void tick(boolean pressed) {
        if (!restoring) {
            slot.tick(pressed);
        }
        commits.tick();
    }

    /** A batch that is out runs into trouble, and stays out. */
    void trouble(int which) {
        if (!out.isEmpty()) {
            out.get(which % out.size()).inTrouble();
        }
    }

    /** A batch comes back: handled as far as {@code most} messages, given up, or split. */
    void land(int which, int most, boolean given) {
        if (out.isEmpty()) {
            return;
        }
        FunctionInvocation batch = out.remove(which % out.size());
        boolean refused = batch.messages.get(0).refusal != null;
        if (refused || (given && batch.messages.size() == 1)) {
            batch.result = SlotInvocation.Result.DISPOSED;
            String letter = batch.address().id() + "|" + uid(batch.messages.get(0));
            batch.transactional = List.of(new ProducerRecord<>("letters", bytes(letter)));
        } else if (given) {
            batch.result = SlotInvocation.Result.SPLIT;
        } else {
            handle(batch, Math.max(1, Math.min(most, batch.messages.size())));
        }
        trace.add("landed " + batch.result + " " + batch.sent + " of " + uids(batch));
        slot.landed(List.of(batch));
    }

    private static List<String> uids(FunctionInvocation batch) {
        return batch.messages.stream()
                .map(message -> uid(message) + (message.queued == null ? "" : "q" + message.queued.sequence()))
                .toList();
    }

    private static String uid(Message message) {
        return text(message.envelope.argument().value()).split("\\|", 2)[0];
    }

    private void handle(FunctionInvocation batch, int sent) {
        List<OutgoingMessage> messages = new ArrayList<>();
        List<DelayedInvocation> delayed = new ArrayList<>();
        List<ProducerRecord<byte[], byte[]>> egress = new ArrayList<>();
        TypedValue before = batch.state("seen");
        boolean counts = !batch.address().id().equals(STATELESS);
        int count = before == null ? 0 : Integer.parseInt(before.value().toStringUtf8());
        for (int i = 0; i < sent; i++) {
            String[] argument =
                    text(batch.messages.get(i).envelope.argument().value()).split("\\|", 2);
            count++;
            String line = batch.address().id() + "|" + argument[0] + "|" + (counts ? count : "-");
            egress.add(new ProducerRecord<>("output", bytes(line)));
            apply(batch.address(), argument[0], argument[1], messages, delayed);
        }
        batch.sent = sent;
        batch.result = SlotInvocation.Result.HANDLED;
        batch.request = new FunctionRequest.Ready(batch.address(), sent, Map.of("seen", SEEN), new byte[0]);
        batch.effects = new FunctionAnswer.Effects(
                messages,
                delayed,
                List.of(),
                counts
                        ? List.of(new StateMutation(
                                StateMutation.Kind.MODIFY, "seen", TypedValue.of("t", bytes(Integer.toString(count)))))
                        : List.of());
        batch.transactional = egress;
    }

    /** Commands: {@code -}, {@code send:<id>}, {@code later:<token>:<millis>}, {@code cancel:<token>}. */
    private static void apply(
            Address self, String uid, String command, List<OutgoingMessage> messages, List<DelayedInvocation> delayed) {
        String[] words = command.split(":");
        switch (words[0]) {
            case "send" ->
                messages.add(new OutgoingMessage(new Address("f", "count", words[1]), argument(uid + "/m|-")));
            case "later" ->
                delayed.add(new DelayedInvocation(
                        false,
                        words[1].equals("none") ? "" : words[1],
                        Long.parseLong(words[2]),
                        self,
                        argument(uid + "/d|-")));
            case "cancel" -> delayed.add(new DelayedInvocation(true, words[1], 0, null, null));
            default -> {}
        }
    }

    private static TypedValue argument(String text) {
        return TypedValue.of("t", bytes(text));
    }

    /** The process dies, perhaps in the middle of a transaction, and another begins with what Kafka has. */
    void restart(boolean elsewhere, boolean committedFirst) {
        if (lane.transaction != null) {
            if (committedFirst) {
                write(lane.transaction);
            }
            lane.transaction = null;
        }
        slot.end();
        part.alive = false;
        start(elsewhere ? null : shard);
    }

    // ---- transactions

    /** Ends the transaction under way. */
    void resolve(int how, int which) {
        Transaction transaction = lane.transaction;
        if (transaction == null) {
            return;
        }
        Verdict verdict =
                switch (how) {
                    case 1 -> new Verdict.Aborted("model");
                    case 2 -> settled(transaction, true);
                    case 3 -> settled(transaction, false);
                    case REFUSED -> refused(transaction, which);
                    case 5 -> new Verdict.Rejected("model");
                    default -> {
                        write(transaction);
                        yield new Verdict.Committed(ends());
                    }
                };
        trace.add("transaction of " + part.taken + " ended: " + verdict);
        lane.end(verdict);
    }

    private Verdict settled(Transaction transaction, boolean done) {
        if (done) {
            write(transaction);
        }
        return new Verdict.Settled("no answer", Map.of(INBOX, committed), false, ends());
    }

    private Verdict refused(Transaction transaction, int which) {
        List<Integer> candidates = new ArrayList<>();
        for (int i = 0; i < part.taken; i++) {
            if (!transaction.effects().get(i).isEmpty()) {
                candidates.add(i);
            }
        }
        if (candidates.isEmpty()) {
            return new Verdict.Aborted("model");
        }
        Map<Integer, String> reasons = new HashMap<>();
        reasons.put(candidates.get(which % candidates.size()), "too large");
        reasons.put(candidates.get(which / 3 % candidates.size()), "too large");
        return new Verdict.Refused(reasons);
    }

    private Map<TopicPartition, Long> ends() {
        return Map.of(new TopicPartition("changelog", 0), (long) changelog.size());
    }

    private void write(Transaction transaction) {
        for (List<ProducerRecord<byte[], byte[]>> effects : transaction.effects()) {
            for (ProducerRecord<byte[], byte[]> record : effects) {
                switch (record.topic()) {
                    case "changelog" -> changelog.add(record);
                    case "inbox" -> inbox.add(record);
                    case "output" -> {
                        output.add(text(record.value()));
                        ends.add(text(record.value()));
                    }
                    case "letters" -> {
                        letters.add(text(record.value()).split("\\|")[1]);
                        ends.add(text(record.value()));
                    }
                    default -> throw new AssertionError(record.topic());
                }
            }
        }
        committed = transaction.offsets().get(INBOX);
    }

    /**
     * Everything goes well until nothing is left to do, in this process or in another one, which knows what Kafka has and
     * nothing else. Only the first transactions still end as chance has it, and now there are some that move no offset.
     */
    void finish(SplittableRandom random) {
        runAll();
        if (stuck || random.nextBoolean()) {
            restart(false, true);
        }
        restore();
        for (int i = 0; i < 20_000 && !idle(); i++) {
            round();
            land(0, 100, false);
            int how = i < FAULTS_AT_THE_END ? random.nextInt(12) : 0;
            resolve(how == REFUSED ? 0 : how, 0);
            refresh();
            pass(5);
            tick(false);
        }
        assertThat(idle()).as("comes to rest: " + describe()).isTrue();
        assertThat(held).as("records that count against the bounds").isZero();
        assertThat(slot.mailboxes()).as("addresses that are kept").isEmpty();
    }

    /** Kafka and the store do what they are asked for. */
    void round() {
        forward(0, 0, 100);
        forward(1, 0, 100);
        poll(100);
        shard.drain();
        runAll();
    }

    /** All batches run into trouble but for those of one id, which are handled. */
    void troubleAllBut(String id) {
        for (int i = out.size() - 1; i >= 0; i--) {
            if (out.get(i).address().id().equals(id)) {
                land(i, 100, false);
            } else {
                trouble(i);
            }
        }
    }

    /** Records that count against the bounds. */
    int held() {
        return held;
    }

    int addresses() {
        return slot.mailboxes().size();
    }

    /** Whether the slot's offset has passed all records of the inbox. */
    boolean passedAll() {
        return committed.offset() == inbox.size();
    }

    private boolean idle() {
        return forwarded[0] == sources.get(0).size()
                && forwarded[1] == sources.get(1).size()
                && committed.offset() == inbox.size()
                && out.isEmpty()
                && context.isEmpty()
                && lane.transaction == null
                && commits.held() == 0
                && shard.shard().nextDue() == Long.MAX_VALUE
                && slot.mailboxes().isEmpty()
                && slot.allTakenUp();
    }

    private String describe() {
        return "committed " + committed.offset() + " of " + inbox.size() + ", out " + out.size() + ", waiting "
                + commits.held() + ", due " + shard.shard().nextDue() + ", addresses "
                + slot.mailboxes().size();
    }

    void refresh() {
        if (refreshing != null) {
            publish();
            Runnable done = refreshing;
            refreshing = null;
            done.run();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    // ---- what the slot asks for

    @Override
    public Part part() {
        return part;
    }

    @Override
    public Fence fence() {
        return null;
    }

    @Override
    public int epoch() {
        return life;
    }

    @Override
    public void submit(List<SlotInvocation> batches) {
        for (SlotInvocation each : batches) {
            FunctionInvocation batch = (FunctionInvocation) each;
            assertThat(out).noneMatch(other -> other.address().equals(batch.address()));
            trace.add("out " + uids(batch));
            out.add(batch);
        }
    }

    @Override
    public void complete(List<SlotCompletion> completions) {
        completions.forEach(completion -> trace.add("done " + completion.describe()));
        commits.add(completions);
    }

    @Override
    public void withdraw(Set<SlotCompletion> completions) {
        completions.forEach(completion -> trace.add("withdrawn " + completion.describe()));
        commits.withdraw(completions);
    }

    @Override
    public void took(int records, long bytes) {
        held += records;
    }

    @Override
    public void left(int records, long bytes) {
        held -= records;
    }

    @Override
    public void putAside(SlotInvocation batch) {
        FunctionInvocation asked = (FunctionInvocation) batch;
        context.add(() -> {
            if (out.remove(asked)) {
                asked.result = SlotInvocation.Result.ASIDE;
                trace.add("put aside " + uids(asked));
                slot.landed(List.of(asked));
            }
        });
    }

    @Override
    public void unreadable(ConsumerRecord<byte[], byte[]> record, long index, int bytes, String reason) {
        throw new AssertionError(reason);
    }

    @Override
    public void after(long millis, Runnable action) {
        at(now + Math.max(1, millis), action);
    }

    @Override
    public void broken(String reason) {
        throw new AssertionError(reason);
    }

    // ---- what the committer asks for

    @Override
    public Collection<? extends Part> parts() {
        return List.of(part);
    }

    @Override
    public Snapshot snapshot() {
        return snapshot;
    }

    @Override
    public void refresh(Runnable done) {
        refreshing = done;
    }

    @Override
    public void settled(GroupCommit.Settlement<SlotCompletion> settlement) {
        settlement.completions().forEach(completion -> held -= completion.records());
        slot.committed(
                settlement.completions(), settlement.ends().getOrDefault(new TopicPartition("changelog", 0), 0L));
    }

    @Override
    public void aborted(Verdict verdict, int completions) {}

    @Override
    public void refused(SlotCompletion completion, String reason) {
        trace.add("refused " + completion.describe());
        stuck |= completion.records() == 0;
        slot.refused(completion, reason);
    }

    @Override
    public void failed(String reason) {
        throw new AssertionError(reason);
    }

    /** The slot's partition. */
    private final class ModelPart implements Part {
        final Object beginning = new Object();
        final dev.keyway.ordering.Tracker tracker;
        boolean alive = true;
        int taken;
        private int number;

        ModelPart(OffsetAndMetadata from) {
            OffsetMetadata.Decoded metadata = OffsetMetadata.decode(from.metadata());
            tracker = new dev.keyway.ordering.Tracker(from.offset(), metadata.completions());
            number = life * 100_000;
        }

        @Override
        public TopicPartition partition() {
            return INBOX;
        }

        @Override
        public Object beginning() {
            return beginning;
        }

        @Override
        public boolean alive() {
            return alive;
        }

        @Override
        public boolean dirty() {
            return false;
        }

        @Override
        public void enter(long index) {
            tracker.enter(index);
        }

        @Override
        public void leave(long index) {
            tracker.leave(index);
        }

        @Override
        public OffsetAndMetadata offset() {
            OffsetMetadata.Encoded metadata = OffsetMetadata.encode(number, tracker.enteredCompletions(), ROOM);
            return metadata.complete()
                    ? new OffsetAndMetadata(tracker.entered(), Optional.empty(), metadata.text())
                    : null;
        }

        @Override
        public boolean inOrder() {
            return true;
        }

        @Override
        public List<ProducerRecord<byte[], byte[]>> companions(OffsetAndMetadata offset) {
            number++;
            List<ProducerRecord<byte[], byte[]>> companions = slot.companions(offset.offset());
            lane.companions = companions.isEmpty() ? 0 : 1;
            return companions;
        }

        @Override
        public void returned() {
            slot.returned();
        }

        @Override
        public void settled(OffsetAndMetadata offset) {
            tracker.settle();
        }

        @Override
        public void full(boolean waits) {}
    }

    /** Holds the transaction until the model says how it ends. */
    private final class ModelLane implements dev.keyway.gateway.commit.Lane {
        Transaction transaction;
        int companions;
        private java.util.function.Consumer<Verdict> done;

        @Override
        public io.vertx.core.Future<Void> open() {
            return io.vertx.core.Future.succeededFuture();
        }

        @Override
        public void run(Transaction next, java.util.function.Consumer<Verdict> whenDone) {
            assertThat(transaction).isNull();
            transaction = next;
            done = whenDone;
            part.taken = next.effects().size() - companions;
        }

        void end(Verdict verdict) {
            transaction = null;
            done.accept(verdict);
        }

        @Override
        public io.vertx.core.Future<Void> cut() {
            throw new AssertionError("nothing is revoked here");
        }

        @Override
        public io.vertx.core.Future<Void> close() {
            return io.vertx.core.Future.succeededFuture();
        }
    }
}
