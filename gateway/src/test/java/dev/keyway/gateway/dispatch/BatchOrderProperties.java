package dev.keyway.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.model.Batch;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.gateway.egress.Effects;
import dev.keyway.gateway.egress.EgressRecord;
import dev.keyway.gateway.invoke.BatchCall;
import dev.keyway.gateway.invoke.BatchRecord;
import dev.keyway.gateway.invoke.Call;
import dev.keyway.gateway.invoke.HeaderSink;
import dev.keyway.gateway.invoke.Invoker;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.invoke.TestCalls;
import io.netty.util.AsciiString;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Batches against a naive oracle, in virtual time: whatever a handler answers, and whatever happens to fences meanwhile,
 * the records of a key are sent and done in their order, each is done once, and none is forgotten.
 */
class BatchOrderProperties {

    @Property(tries = 400)
    void recordsOfAKeyAreDoneInOrderAndOnceWhateverTheHandlerAnswers(@ForAll long seed) {
        new Play(new Random(seed), new KeyedTurns()).run();
    }

    @Property(tries = 200)
    void recordsWithoutOrderAreDoneOnceWhateverTheHandlerAnswers(@ForAll long seed) {
        new Play(new Random(seed), new ParallelTurns()).run();
    }

    /** One sequence of random events, then calm until everything is done. */
    private static final class Play {
        private static final Outcome WRITES =
                Outcome.completed(null, new Effects(List.of(new EgressRecord("e", "t", null, new byte[0], List.of()))));

        private final Random random;
        private final boolean ordered;
        private final VirtualLoop loop = new VirtualLoop();
        private final Runner runner;
        private final Target target = TestCalls.object(TestCalls.deployment("http://h:1/"));
        private final int most;
        private final Batching batching;
        private final Deque<Call> waiting = new ArrayDeque<>();
        private final List<Call> inFlight = new ArrayList<>();
        /** What the mailbox of a key must still hold, in order. */
        private final Map<Integer, List<Rec>> expected = new TreeMap<>();

        private final Set<Rec> done = new HashSet<>();
        private final List<Rec> blocked = new ArrayList<>();
        private final List<Rec> settling = new ArrayList<>();
        /** Completed, while what they asked for is being written. */
        private final List<Rec> writing = new ArrayList<>();
        /** Answered for good behind such a one: not to be sent again unless its effects prove bad. */
        private final Set<Rec> answered = new HashSet<>();
        /** Answered behind one whose effects proved bad: to be sent again. */
        private final Set<Rec> voided = new HashSet<>();

        private final List<Partition> drained = new ArrayList<>();
        private Partition partition = new Partition();
        private int sent;
        private boolean calm;

        Play(Random random, Turns turns) {
            this.random = random;
            this.ordered = turns instanceof KeyedTurns;
            this.most = 1 + random.nextInt(8);
            this.runner = new Runner(0, loop.context, loop.loopTimers, random, Duration.ofMinutes(1), turns);
            runner.use(new FakeInvoker());
            Duration linger = random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(5);
            batching = new Batching(new Batch(most, 1 + random.nextInt(200), linger)) {
                @Override
                protected void headers(HeaderSink sink) {}

                @Override
                protected void sent(int invocations) {
                    assertThat(invocations).isPositive();
                }
            };
        }

        void run() {
            int steps = 50 + random.nextInt(150);
            for (int i = 0; i < steps; i++) {
                step();
                loop.run();
            }
            calm = true;
            partition.paused = false;
            for (int i = 0; i < 10_000 && !expected.isEmpty(); i++) {
                settleOne(true);
                loop.pass(20);
                begin();
                if (!inFlight.isEmpty()) {
                    answer();
                }
            }
            assertThat(expected).as("records that are never done").isEmpty();
            assertThat(runner.stats(List.of()).held()).isZero();
            assertThat(partition.inFlight()).isZero();
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> arrive();
                case 3, 4 -> begin();
                case 5, 6, 7 -> {
                    if (!inFlight.isEmpty()) {
                        answer();
                    }
                }
                case 8 -> loop.pass(random.nextInt(100));
                case 9 -> settleOne(random.nextBoolean());
                case 10 -> partition.paused = random.nextInt(4) == 0;
                default -> {
                    if (random.nextInt(4) == 0) {
                        revoke();
                    }
                }
            }
        }

        private void arrive() {
            List<Rec> arrived = new ArrayList<>();
            for (int i = random.nextInt(12); i >= 0; i--) {
                Rec record = new Rec(this, random.nextInt(4), partition, random.nextInt(6) == 0);
                expected.computeIfAbsent(record.key, k -> new ArrayList<>()).add(record);
                arrived.add(record);
            }
            runner.submit(arrived);
        }

        private void begin() {
            for (int i = calm ? Integer.MAX_VALUE : 1 + random.nextInt(3); i > 0 && !waiting.isEmpty(); i--) {
                Call call = waiting.poll();
                call.attemptState(null);
                if (call.begin()) {
                    call.attemptState("in flight");
                    check(call);
                    inFlight.add(call);
                }
            }
        }

        private static List<Rec> records(Call call) {
            if (!(call instanceof BatchCall batch)) {
                return List.of((Rec) call);
            }
            List<Rec> records = new ArrayList<>();
            for (int i = 0; i < batch.records(); i++) {
                records.add((Rec) batch.record(i));
            }
            return records;
        }

        /** A request holds the first records of each key that are not done, in order, and no key of another request. */
        private void check(Call call) {
            List<Rec> records = records(call);
            assertThat(records).hasSizeBetween(1, most).doesNotHaveDuplicates().noneMatch(done::contains);
            assertThat(records).as("sent again although answered").noneMatch(answered::contains);
            records.forEach(voided::remove);
            sent += records.size();
            if (call instanceof BatchCall) {
                // As the driver does: from here on the handler may have seen it.
                call.headers((name, value) -> {});
                assertThat(records).noneMatch(record -> record.rpc);
            }
            for (Call other : inFlight) {
                assertThat(records(other)).doesNotContainAnyElementsOf(records);
                if (ordered) {
                    assertThat(keys(other)).doesNotContainAnyElementsOf(keys(call));
                }
            }
            if (ordered) {
                keys(call).forEach(key -> {
                    List<Rec> own =
                            records.stream().filter(record -> record.key == key).toList();
                    assertThat(expected.get(key)).startsWith(own.toArray(Rec[]::new));
                });
            }
        }

        private static Set<Integer> keys(Call call) {
            return records(call).stream().map(record -> record.key).collect(Collectors.toSet());
        }

        private void answer() {
            Call call = inFlight.remove(random.nextInt(inFlight.size()));
            call.attemptState(null);
            List<Rec> records = records(call);
            Set<Rec> before = new HashSet<>(done);
            Set<Rec> refusedBefore = records.stream().filter(r -> r.refused).collect(Collectors.toSet());
            List<Outcome> each = new ArrayList<>();
            if (call instanceof BatchCall batch && !calm && random.nextInt(3) > 0) {
                for (int i = 0; i < records.size(); i++) {
                    each.add(outcome());
                }
                batch.results(each);
                call.done(Outcome.COMPLETED);
            } else {
                Outcome all = outcome();
                if (call instanceof BatchCall && !all.effects().isEmpty()) {
                    all = Outcome.COMPLETED;
                }
                Outcome same = all;
                records.forEach(record -> each.add(same));
                call.done(same);
            }
            // The oracle: down the request, a key goes on only behind what is done.
            Set<Integer> stopped = new HashSet<>();
            for (int i = 0; i < records.size(); i++) {
                Rec record = records.get(i);
                boolean may = !ordered || !stopped.contains(record.key);
                boolean completed = each.get(i).kind() == Outcome.Kind.COMPLETED;
                boolean writes = !each.get(i).effects().isEmpty();
                if (may && writes) {
                    assertThat(writing).as("its effects are being written").contains(record);
                    markAnswered(records, each, i);
                } else if (may && completed) {
                    assertThat(done).as("completed by the handler").contains(record);
                } else if (done.contains(record) && !before.contains(record)) {
                    assertThat(may && record.refused)
                            .as("done although it failed")
                            .isTrue();
                }
                if (!may) {
                    assertThat(done).as("done behind a failed one").doesNotContain(record);
                    assertThat(record.refused && !refusedBefore.contains(record))
                            .as("refused behind a failed one")
                            .isFalse();
                }
                if (!done.contains(record)) {
                    stopped.add(record.key);
                }
            }
        }

        /** The answers behind one that writes count, down to the first that is no completion. */
        private void markAnswered(List<Rec> records, List<Outcome> each, int writing) {
            if (!ordered || records.get(writing).partition.state() != Fence.State.LIVE) {
                return;
            }
            for (int i = writing + 1; i < records.size(); i++) {
                if (records.get(i).key != records.get(writing).key) {
                    continue;
                }
                if (each.get(i).isUnprocessed()) {
                    return;
                }
                answered.add(records.get(i));
                if (each.get(i).kind() != Outcome.Kind.COMPLETED) {
                    return;
                }
            }
        }

        /** What a completed record asked for is written, or cannot be. */
        private void written(boolean well) {
            Rec record = writing.remove(0);
            if (!well) {
                for (Rec other : List.copyOf(answered)) {
                    if (other.key == record.key) {
                        answered.remove(other);
                        voided.add(other);
                    }
                }
            }
            runner.delivered(record, () -> {
                if (well) {
                    record.finish();
                } else {
                    runner.reject(record, Outcome.badEffects("no such topic"));
                }
            });
        }

        private Outcome outcome() {
            if (calm) {
                return Outcome.COMPLETED;
            }
            return switch (random.nextInt(10)) {
                case 8, 9 -> WRITES;
                case 0 -> Outcome.retry(Outcome.Fault.RECORD, "busy");
                case 1 -> Outcome.retry(Outcome.Fault.DEPLOYMENT, "gone");
                case 2 -> Outcome.unprocessed("refused stream");
                case 3 -> new Outcome(Outcome.Kind.TERMINAL, Outcome.Fault.RECORD, "bad", -1, null);
                case 4 -> new Outcome(Outcome.Kind.DISCARD, Outcome.Fault.RECORD, "drop it", -1, null);
                default -> Outcome.COMPLETED;
            };
        }

        /** An operator's word, or a dead letter that is written. */
        private void settleOne(boolean finish) {
            if (!writing.isEmpty()) {
                written(finish);
            } else if (!settling.isEmpty()) {
                Rec record = settling.remove(0);
                if (record.state() == Invocation.State.SETTLING) {
                    record.finish();
                }
            } else if (!blocked.isEmpty()) {
                Rec record = blocked.remove(0);
                if (record.state() == Invocation.State.BLOCKED) {
                    if (finish) {
                        record.finish();
                    } else {
                        runner.resume(record);
                    }
                }
            }
        }

        private void revoke() {
            Partition revoked = partition;
            partition = new Partition();
            revoked.state(Fence.State.DRAINING);
            List<Partition> fences = List.of(revoked);
            runner.drain(fences, () -> {
                assertThat(revoked.inFlight()).as("in flight when drained").isZero();
                drained.add(revoked);
            });
            if (random.nextBoolean()) {
                while (!writing.isEmpty()) {
                    written(random.nextBoolean());
                }
                runner.abandon(fences);
                assertThat(drained).contains(revoked);
            }
            revoked.revoked = true;
            // What is not in flight is somebody else's from now on; what is may still land.
            forget(revoked);
        }

        private void forget(Partition revoked) {
            for (List<Rec> records : expected.values()) {
                records.removeIf(record ->
                        record.fence() == revoked && (record.state() == Invocation.State.DONE || !contained(record)));
            }
            expected.values().removeIf(List::isEmpty);
        }

        private boolean contained(Rec record) {
            return record.state() == Invocation.State.IN_FLIGHT || record.state() == Invocation.State.SETTLING;
        }

        void isDone(Rec record) {
            assertThat(done.add(record)).as("done twice").isTrue();
            assertThat(voided).as("done by a void answer").doesNotContain(record);
            List<Rec> of = expected.get(record.key);
            if (ordered && !record.partition.revoked) {
                assertThat(of.get(0)).as("done out of order").isSameAs(record);
            }
            gone(record);
        }

        void gone(Rec record) {
            answered.remove(record);
            List<Rec> of = expected.get(record.key);
            if (of != null) {
                of.remove(record);
                if (of.isEmpty()) {
                    expected.remove(record.key);
                }
            }
        }

        private final class FakeInvoker implements Invoker {
            @Override
            public void submit(Call call) {
                call.attemptState("waiting");
                waiting.add(call);
            }

            @Override
            public void abort(Call call) {
                if (waiting.remove(call)) {
                    call.attemptState(null);
                } else if (inFlight.remove(call)) {
                    call.attemptState(null);
                    call.done(Outcome.retry(Outcome.Fault.RECORD, "aborted by this instance"));
                }
            }

            @Override
            public int inFlight(String deploymentId) {
                return inFlight.size();
            }

            @Override
            public int waiting(String deploymentId) {
                return waiting.size();
            }

            @Override
            public int connections(String deploymentId) {
                return 0;
            }

            @Override
            public void forget(String deploymentId) {}

            @Override
            public Future<Void> close() {
                return Future.succeededFuture();
            }
        }
    }

    private static final class Partition extends Fence {
        private boolean paused;
        private boolean revoked;

        Partition() {
            super(1);
        }

        @Override
        public boolean open(long nowNanos) {
            return state() == State.LIVE && !paused;
        }

        @Override
        public boolean held(long nowNanos) {
            return state() != State.DEAD;
        }
    }

    /** A record, or an RPC call in the same mailbox. */
    private static final class Rec extends Invocation implements BatchRecord {
        private final Play play;
        private final int key;
        private final Partition partition;
        private final boolean rpc;
        private final int weight;
        private boolean refused;

        Rec(Play play, int key, Partition partition, boolean rpc) {
            this.play = play;
            this.key = key;
            this.partition = partition;
            this.rpc = rpc;
            this.weight = play.random.nextInt(40);
        }

        @Override
        protected Fence fence() {
            return rpc ? null : partition;
        }

        @Override
        protected int mailboxOwner() {
            return 1;
        }

        @Override
        protected byte[] mailboxKey() {
            return new byte[] {(byte) key};
        }

        @Override
        protected boolean wanted() {
            return rpc || partition.state() == Fence.State.LIVE;
        }

        @Override
        protected Target resolve() {
            return play.target;
        }

        @Override
        protected String prepare(Target target) {
            return null;
        }

        @Override
        protected Batching batching() {
            return rpc ? null : play.batching;
        }

        @Override
        protected int weight() {
            return weight;
        }

        @Override
        protected BatchRecord inBatch() {
            return this;
        }

        @Override
        protected RetryPolicy retryPolicy() {
            return new RetryPolicy(Duration.ofMillis(1), 2, Duration.ofMillis(20), play.calm ? 0 : 3, null, null);
        }

        @Override
        protected long remainingMillis(long nowNanos) {
            return Long.MAX_VALUE;
        }

        @Override
        protected void completed(Outcome outcome) {
            play.answered.remove(this);
            if (outcome.effects().isEmpty()) {
                finish();
            } else {
                runner().delivering(this);
                play.writing.add(this);
            }
        }

        void finish() {
            play.isDone(this);
            runner().finish(this, null);
        }

        @Override
        protected void rejected(Outcome outcome, boolean exhausted) {
            play.answered.remove(this);
            assertThat(exhausted && sharedFailure)
                    .as("given up for a shared answer")
                    .isFalse();
            refused = true;
            if (outcome.kind() == Outcome.Kind.DISCARD || rpc) {
                finish();
            } else if (play.random.nextBoolean()) {
                runner().block(this, outcome.reason());
                play.blocked.add(this);
            } else {
                runner().settling(this, outcome.reason());
                play.settling.add(this);
            }
        }

        @Override
        protected void dropped() {
            assertThat(partition.state()).isNotEqualTo(Fence.State.LIVE);
            play.gone(this);
        }

        @Override
        protected void retrying(Outcome outcome, long delayMillis) {
            play.answered.remove(this);
        }

        @Override
        public String coordinates() {
            return toString();
        }

        @Override
        public String toString() {
            return (rpc ? "rpc " : "record ") + key + "#" + System.identityHashCode(this) + " " + state();
        }

        @Override
        public String key() {
            return Integer.toString(key);
        }

        @Override
        public byte[] body() {
            return new byte[0];
        }

        @Override
        public CharSequence contentType() {
            return "application/json";
        }

        @Override
        public void headers(HeaderSink sink) {}

        @Override
        public byte[] invocationId() {
            return new byte[24];
        }

        @Override
        public AsciiString topic() {
            return AsciiString.of("t");
        }

        @Override
        public int partition() {
            return 0;
        }

        @Override
        public long offset() {
            return 0;
        }

        @Override
        public long timestamp() {
            return -1;
        }

        @Override
        public int epoch() {
            return 0;
        }

        @Override
        public byte[] rawKey() {
            return mailboxKey();
        }

        @Override
        public AsciiString idempotencyPrefix() {
            return AsciiString.EMPTY_STRING;
        }

        @Override
        public void ownHeaders(HeaderSink sink) {}
    }
}
