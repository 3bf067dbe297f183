package dev.keyway.gateway.rpc.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.TestPlane;
import dev.keyway.gateway.fixture.World;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.inbox.EnvelopeCodec;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.rpc.RpcCall;
import dev.keyway.gateway.rpc.RpcRoute;
import dev.keyway.gateway.state.InternalTopics;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls on their way through an inbox that the test plays. */
class InboxCallsTest {
    private static final int SLOTS = 3;
    private static final int LARGEST = 2 << 20;
    private static final InternalTopics.Found TOPICS = new InternalTopics.Found(
            "inbox",
            new Uuid(1, 2),
            "changelog",
            new Uuid(3, 4),
            Duration.ofDays(7),
            LARGEST,
            new InternalTopics.Replies("replies", 5, LARGEST));
    private static final Duration LONG = Duration.ofMinutes(10);

    private final Vertx vertx = Vertx.vertx();
    private final Meters meters = new Meters();
    private final InboxCalls calls = new InboxCalls(vertx, World.config(), meters);
    private final Inbox inbox = new Inbox();
    private final Owners owners = new Owners();

    /** Keeps what it gets; the test acknowledges it. */
    private static final class Inbox implements InboxCalls.Outbox {
        private final BlockingQueue<InboxCalls.Outgoing> records = new LinkedBlockingQueue<>();
        private volatile boolean closed;

        @Override
        public void write(List<InboxCalls.Outgoing> written) {
            records.addAll(written);
        }

        InboxCalls.Outgoing next() throws InterruptedException {
            InboxCalls.Outgoing next = records.poll(60, TimeUnit.SECONDS);
            assertThat(next).as("a record for the inbox").isNotNull();
            return next;
        }

        @Override
        public Future<Void> close() {
            closed = true;
            return Future.succeededFuture();
        }
    }

    private static final class Owners implements InboxCalls.Owners {
        private final BlockingQueue<Boolean> looks = new LinkedBlockingQueue<>();

        @Override
        public void look() {
            looks.add(true);
        }

        @Override
        public String of(int slot) {
            return "somebody has slot " + slot;
        }
    }

    @AfterEach
    void close() {
        TestPlane.await(calls.close());
        TestPlane.await(vertx.close());
    }

    private void open() {
        TestPlane.await(calls.open(TOPICS, SLOTS, 4, inbox, owners));
    }

    private RpcRoute.Pending call(String key, int bytes, Duration timeout) {
        return calls.dispatch(new RpcCall(
                "Orders",
                "handle",
                key,
                MultiMap.caseInsensitiveMultiMap().add("x-a", "1").add("x-a", "2"),
                Buffer.buffer(new byte[bytes]),
                System.nanoTime() + timeout.toNanos()));
    }

    private static RpcCall.Reply end(RpcRoute.Pending call) {
        return TestPlane.await(call.reply());
    }

    private static Envelope envelope(InboxCalls.Outgoing outgoing) throws Exception {
        return EnvelopeCodec.decode(outgoing.record().key(), outgoing.record().value());
    }

    private void say(AnswerCodec.News... news) {
        List<byte[]> values = new ArrayList<>();
        for (AnswerCodec.News one : news) {
            values.add(AnswerCodec.encode(one));
        }
        calls.received(values).toCompletableFuture().join();
    }

    private static RpcCall.Reply answer(String body) {
        return new RpcCall.Reply.Answered(
                Outcome.completed(
                        new Outcome.Response(200, MultiMap.caseInsensitiveMultiMap(), Buffer.buffer(body), null)),
                "inv_1");
    }

    @Test
    void a_call_is_written_to_the_slot_of_its_key_and_says_who_waits_and_until_when() throws Exception {
        open();
        long before = System.currentTimeMillis();

        call("k1", 3, LONG);

        InboxCalls.Outgoing written = inbox.next();
        Envelope envelope = envelope(written);
        assertThat(written.record().topic()).isEqualTo("inbox");
        assertThat(written.record().partition()).isBetween(0, SLOTS - 1);
        assertThat(envelope.target()).isEqualTo(Envelope.Target.handler("Orders", "handle"));
        assertThat(envelope.id()).isEqualTo("k1");
        assertThat(envelope.mark()).isNull();
        assertThat(envelope.headers())
                .extracting(header -> header.key() + new String(header.value()))
                .containsExactly("x-a1", "x-a2");
        assertThat(envelope.argument().value()).hasSize(3);
        assertThat(envelope.reply().instance()).isEqualTo("test");
        assertThat(envelope.reply().partition()).isEqualTo(4);
        assertThat(envelope.reply().deadlineMillis())
                .isBetween(before + 1, System.currentTimeMillis() + LONG.toMillis());
    }

    @Test
    void each_answer_finds_its_caller_once_and_what_is_for_nobody_is_dropped() throws Exception {
        open();
        RpcRoute.Pending first = call("a", 1, LONG);
        RpcRoute.Pending second = call("b", 1, LONG);
        long one = envelope(inbox.next()).reply().correlation();
        long two = envelope(inbox.next()).reply().correlation();

        say(
                new AnswerCodec.Answer(one + two + 5, answer("stranger's")),
                new AnswerCodec.Answer(two, answer("b")),
                new AnswerCodec.Answer(one, answer("a")),
                new AnswerCodec.Answer(one, answer("again")));

        assertThat(body(first)).isEqualTo("a");
        assertThat(body(second)).isEqualTo("b");
        assertThat(TestPlane.await(calls.inFlight())).isZero();
    }

    /** A call whose deadline passed after the test had done its part with the record. */
    private record Late(InboxCalls.Outgoing written, RpcRoute.Pending call, RpcCall.Reply.TimedOut end) {}

    private interface Part {
        void play(InboxCalls.Outgoing written) throws Exception;
    }

    /** @param millis of its deadline; longer ones follow should the test not be fast enough */
    private Late late(long millis, Part part) throws Exception {
        for (long left = millis; ; left *= 2) {
            String key = "late" + left;
            RpcRoute.Pending call = call(key, 1, Duration.ofMillis(left));
            if (TestPlane.await(calls.inFlight()) == 0) {
                continue;
            }
            InboxCalls.Outgoing written = inbox.next();
            while (!envelope(written).id().equals(key)) {
                written = inbox.next();
            }
            part.play(written);
            if (TestPlane.await(calls.inFlight()) == 1) {
                return new Late(written, call, (RpcCall.Reply.TimedOut) end(call));
            }
        }
    }

    private static String body(RpcRoute.Pending call) {
        return ((RpcCall.Reply.Answered) end(call)).outcome().response().body().toString();
    }

    @Test
    void bytes_that_are_no_answer_stop_none_that_are() throws Exception {
        open();
        RpcRoute.Pending call = call("a", 1, LONG);
        long correlation = envelope(inbox.next()).reply().correlation();

        calls.received(List.of(
                        new byte[] {9},
                        new byte[0],
                        AnswerCodec.encode(new AnswerCodec.Answer(correlation, answer("yes")))))
                .toCompletableFuture()
                .join();

        assertThat(body(call)).isEqualTo("yes");
    }

    @Test
    void who_comes_when_a_key_has_all_the_calls_that_it_may_have_is_told_to_come_back() throws Exception {
        open();
        int bound = World.config().limits().mailboxRpc();
        List<RpcRoute.Pending> waiting = new ArrayList<>();
        for (int i = 0; i < bound; i++) {
            waiting.add(call("busy", 1, LONG));
        }
        long first = envelope(inbox.next()).reply().correlation();

        RpcCall.Reply tooMany = end(call("busy", 1, LONG));
        RpcRoute.Pending other = call("free", 1, LONG);
        waiting.get(bound - 1).abandon();
        RpcRoute.Pending next = call("busy", 1, LONG);
        say(new AnswerCodec.Answer(first, answer("done")));
        RpcRoute.Pending afterNext = call("busy", 1, LONG);
        RpcCall.Reply tooManyAgain = end(call("busy", 1, LONG));

        assertThat(tooMany)
                .isEqualTo(new RpcCall.Reply.Overloaded(
                        bound + " calls wait for this key already (limits.mailbox-rpc)", 1));
        assertThat(tooManyAgain).isEqualTo(tooMany);
        assertThat(body(waiting.get(0))).isEqualTo("done");
        assertThat(List.of(other, next, afterNext))
                .noneMatch(call -> call.reply().isComplete());
    }

    @Test
    void who_comes_when_too_many_bytes_are_on_their_way_is_told_to_come_back() throws Exception {
        open();
        int mebibytes = (int) (InboxCalls.UNACKNOWLEDGED_BYTES >> 20);
        for (int i = 0; i < mebibytes - 1; i++) {
            call("k" + i, 1 << 20, LONG);
        }

        RpcCall.Reply tooMany = end(call("more", 1 << 20, LONG));
        InboxCalls.Outgoing oldest = inbox.next();
        oldest.done().accept(null);
        call("fits", 1 << 20, LONG);
        for (int i = 1; i < mebibytes - 1; i++) {
            inbox.next();
        }

        assertThat(tooMany).isInstanceOf(RpcCall.Reply.Overloaded.class);
        RpcCall.Reply.Overloaded overloaded = (RpcCall.Reply.Overloaded) tooMany;
        assertThat(overloaded.retryAfterSeconds()).isEqualTo(1);
        assertThat(overloaded.reason()).contains("bytes of calls are on their way to topic inbox already");
        assertThat(envelope(inbox.next()).id())
                .as("acknowledged bytes are free again")
                .isEqualTo("fits");
    }

    @Test
    void a_call_that_the_inbox_does_not_take_is_refused_with_both_sizes() {
        open();

        RpcCall.Reply.Unsent refused = (RpcCall.Reply.Unsent) end(call("k", LARGEST, LONG));

        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.reason()).contains("bytes in topic inbox, which takes " + LARGEST + " (max.message.bytes)");
        assertThat(inbox.records).isEmpty();
    }

    @Test
    void a_write_that_fails_is_told_at_once_and_frees_what_the_call_held() throws Exception {
        open();
        RpcRoute.Pending call = call("k", 1, LONG);

        inbox.next().done().accept(new IllegalStateException("the broker has gone"));

        RpcCall.Reply.Unsent unsent = (RpcCall.Reply.Unsent) end(call);
        assertThat(unsent.status()).isEqualTo(503);
        assertThat(unsent.reason()).contains("topic inbox did not take the call: the broker has gone", "may be made");
        assertThat(TestPlane.await(calls.inFlight())).isZero();
    }

    @Test
    void a_deadline_that_passes_on_the_way_to_the_inbox_says_so() throws Exception {
        open();

        Late late = late(20, written -> {});

        assertThat(late.end().text())
                .isEqualTo("the deadline passed while the call was on its way to slot "
                        + late.written().record().partition() + " of topic inbox");
    }

    @Test
    void a_deadline_that_passes_in_a_slot_says_what_the_owner_said_last() throws Exception {
        open();

        Late late = late(100, written -> {
            written.done().accept(null);
            long correlation = envelope(written).reply().correlation();
            say(
                    new AnswerCodec.Notice(correlation, "orders/0@4 is ahead of it"),
                    new AnswerCodec.Notice(correlation, "orders/0@5 is ahead of it (handler answered 503)"));
        });

        assertThat(late.end().text())
                .isEqualTo("the deadline passed while the call was waiting in slot "
                        + late.written().record().partition()
                        + " of topic inbox: orders/0@5 is ahead of it (handler answered 503)");
    }

    @Test
    void a_deadline_that_passes_without_a_word_of_the_owner_says_who_that_is() throws Exception {
        open();

        Late late = late(1_600, written -> written.done().accept(null));

        int slot = late.written().record().partition();
        assertThat(late.end().text())
                .endsWith("waiting in slot " + slot + " of topic inbox: somebody has slot " + slot);
        assertThat(owners.looks).as("somebody looked").isNotEmpty();
    }

    @Test
    void an_answer_that_comes_late_or_to_a_caller_who_left_is_dropped() throws Exception {
        open();
        RpcRoute.Pending left = call("a", 1, LONG);
        long one = envelope(inbox.next()).reply().correlation();
        left.abandon();
        Late late = late(20, written -> {});

        say(
                new AnswerCodec.Answer(one, answer("a")),
                new AnswerCodec.Answer(envelope(late.written()).reply().correlation(), answer("b")));

        assertThat(late.end().reason()).startsWith("the deadline passed");
        assertThat(left.reply().isComplete()).isFalse();
        assertThat(TestPlane.await(calls.inFlight())).isZero();
    }

    @Test
    void before_the_topics_are_open_calls_are_refused() {
        RpcCall.Reply.Unsent unsent = (RpcCall.Reply.Unsent) end(call("k", 1, LONG));

        assertThat(unsent.status()).isEqualTo(503);
        assertThat(unsent.reason()).contains("Keyway's own topics have not been opened yet");
    }

    @Test
    void who_waits_when_the_instance_stops_is_told_that_nobody_knows() throws Exception {
        open();
        RpcRoute.Pending call = call("k", 1, LONG);
        inbox.next();

        TestPlane.await(calls.close());

        assertThat(end(call))
                .isEqualTo(new RpcCall.Reply.Unsent(503, "the instance stops, and the call is still under way"));
        assertThat(((RpcCall.Reply.Unsent) end(call("k", 1, LONG))).reason()).contains("the instance stops");
        assertThat(inbox.closed).isTrue();
    }

    @Test
    void ends_are_counted_by_what_they_are() throws Exception {
        open();
        RpcRoute.Pending call = call("k", 1, LONG);
        long correlation = envelope(inbox.next()).reply().correlation();

        say(new AnswerCodec.Answer(correlation, new RpcCall.Reply.Blocked("orders/0@1")));

        assertThat(end(call)).isEqualTo(new RpcCall.Reply.Blocked("orders/0@1"));
        assertThat(meters.scrape()).containsPattern("keyway_rpc_calls_total\\{outcome=\"blocked\".*\\} 1\\.0");
    }
}
