package dev.keyway.gateway.rpc.inbox;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.inbox.EnvelopeCodec;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.rpc.RpcCall;
import dev.keyway.gateway.rpc.RpcMeters;
import dev.keyway.gateway.rpc.RpcRoute;
import dev.keyway.gateway.state.InternalTopics;
import dev.keyway.gateway.state.Slots;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of this instance that are made by the owners of their slots.
 *
 * <pre>
 *   dispatch ──► WRITING ──acknowledged──► WAITING ──answer──► done
 *                   └─failed─► done           └─deadline, caller leaves─► forgotten; its answer is dropped
 * </pre>
 *
 * <p>A call is written once, by an idempotent producer. Its deadline goes along, so that nobody begins a call whose caller
 * has gone. Bounds: calls for one key, and bytes that are not acknowledged; calls in flight at all are the ingress' to
 * bound. Its own context, but for {@link #dispatch} and {@link #open}.
 */
public final class InboxCalls implements RpcRoute {
    private static final Logger LOG = LoggerFactory.getLogger(InboxCalls.class);
    /** Of calls that the inbox has not acknowledged. */
    static final long UNACKNOWLEDGED_BYTES = 32L << 20;

    private static final long LOOK_EVERY_MS = 500;
    private static final String NOT_OPEN = "Keyway's own topics have not been opened yet";
    /** What a record adds in the log to its key and value. */
    private static final int RECORD_OVERHEAD = 128;

    private final Vertx vertx;
    private final Context context;
    private final KeywayConfig config;
    private final RpcMeters counted;
    private final Map<Long, WaitingCall> waiting = new HashMap<>();
    private final Map<String, Integer> perKey = new HashMap<>();
    /** Begins anywhere, so that the answers of an earlier life of this instance are for nobody. */
    private long correlations = new SecureRandom().nextLong();

    private List<WaitingCall> gathered = new ArrayList<>();
    private long unacknowledged;
    private Way way;
    private AnswerReader reader;
    private Outbox outbox;
    private Owners owners;
    private long lookTimer = -1;
    private volatile String problem;

    /** Takes calls to the inbox. Any thread. */
    interface Outbox {
        void write(List<Outgoing> calls);

        /** Waits for what is under way, within a bound. */
        Future<Void> close();
    }

    /** A record for the inbox. @param done gets {@code null} or the failure, exactly once, on any thread */
    record Outgoing(ProducerRecord<byte[], byte[]> record, Consumer<Throwable> done) {}

    /** What is known here of who has which slot. The context of the calls. */
    interface Owners {
        /** Finds out, unless that has been done lately. */
        void look();

        /** What is known, for a caller. */
        String of(int slot);
    }

    /** Where calls go and answers come from. */
    private record Way(InternalTopics.Found topics, Slots slots, int partition) {}

    public InboxCalls(Vertx vertx, KeywayConfig config, Meters meters) {
        this.vertx = vertx;
        this.context = ((VertxInternal) vertx).createEventLoopContext();
        this.config = config;
        this.counted = new RpcMeters(meters);
    }

    /**
     * Calls may be made once it completes.
     *
     * @param connection connection and security properties of the home cluster
     * @param admin of the home cluster; stays the caller's
     * @param restoring whether this instance has been given a slot that it restores; any thread
     */
    public Future<Void> open(
            InternalTopics.Found topics,
            int slots,
            Map<String, Object> connection,
            Admin admin,
            IntPredicate restoring) {
        Promise<Void> opened = Promise.promise();
        context.runOnContext(v -> {
            byte[] instance = config.instanceId().getBytes(StandardCharsets.UTF_8);
            int partition =
                    Utils.toPositive(Utils.murmur2(instance)) % topics.replies().partitions();
            reader = new AnswerReader(
                    connection,
                    new TopicPartition(topics.replies().topic(), partition),
                    config.instanceId(),
                    this::received,
                    reason -> problem = reason);
            outbox = new CallWriter(vertx, config.instanceId(), connection);
            Owners known = new SlotOwners(context, admin, topics.inbox(), restoring);
            reader.start()
                    .compose(ready -> open(topics, slots, partition, outbox, known))
                    .onComplete(ready -> context.runOnContext(w -> opened.handle(ready)));
        });
        return opened.future();
    }

    /** Calls may be made once it completes, if answers are read. */
    Future<Void> open(InternalTopics.Found topics, int slots, int partition, Outbox writer, Owners known) {
        Promise<Void> opened = Promise.promise();
        context.runOnContext(v -> {
            outbox = writer;
            owners = known;
            way = new Way(topics, new Slots(slots), partition);
            lookTimer = vertx.setPeriodic(LOOK_EVERY_MS, id -> look());
            opened.complete();
        });
        return opened.future();
    }

    @Override
    public Pending dispatch(RpcCall call) {
        Context caller = vertx.getOrCreateContext();
        Promise<RpcCall.Reply> reply = Promise.promise();
        Promise<Long> correlation = Promise.promise();
        context.runOnContext(v -> correlation.complete(enter(call, reply, caller)));
        return new Pending() {
            @Override
            public Future<RpcCall.Reply> reply() {
                return reply.future();
            }

            @Override
            public void abandon() {
                context.runOnContext(v -> forget(correlation.future().result()));
            }
        };
    }

    private long enter(RpcCall call, Promise<RpcCall.Reply> reply, Context caller) {
        long correlation = correlations++;
        String refusal = way == null && problem == null ? NOT_OPEN : problem;
        if (refusal != null) {
            answer(reply, caller, new RpcCall.Reply.Unsent(503, "the call cannot be made: " + refusal));
            return correlation;
        }
        long left = (call.deadlineNanos() - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            answer(reply, caller, new RpcCall.Reply.TimedOut("the deadline passed before the call began", null));
            return correlation;
        }
        String key = call.service() + "/" + call.key();
        if (perKey.getOrDefault(key, 0) >= config.limits().mailboxRpc()) {
            answer(
                    reply,
                    caller,
                    new RpcCall.Reply.Overloaded(
                            config.limits().mailboxRpc() + " calls wait for this key already (limits.mailbox-rpc)", 1));
            return correlation;
        }
        WaitingCall next = waiting(call, correlation, key, left, reply, caller);
        long bytes = bytes(next);
        if (bytes > way.topics().maxRecordBytes()) {
            answer(
                    reply,
                    caller,
                    new RpcCall.Reply.Unsent(
                            413,
                            "the call would have about " + bytes + " bytes in topic "
                                    + way.topics().inbox() + ", which takes "
                                    + way.topics().maxRecordBytes() + " (max.message.bytes)"));
        } else if (unacknowledged + bytes > UNACKNOWLEDGED_BYTES) {
            answer(
                    reply,
                    caller,
                    new RpcCall.Reply.Overloaded(
                            unacknowledged + " bytes of calls are on their way to topic "
                                    + way.topics().inbox() + " already",
                            1));
        } else {
            waits(next, left, bytes);
        }
        return correlation;
    }

    private WaitingCall waiting(
            RpcCall call, long correlation, String key, long left, Promise<RpcCall.Reply> reply, Context caller) {
        List<Header> headers = new ArrayList<>();
        for (Map.Entry<String, String> header : call.headers()) {
            headers.add(new RecordHeader(header.getKey(), header.getValue().getBytes(StandardCharsets.UTF_8)));
        }
        byte[] body = call.body() == null ? new byte[0] : call.body().getBytes();
        Envelope envelope = new Envelope(
                Envelope.Target.handler(call.service(), call.handler()),
                call.key(),
                null,
                new Envelope.Argument("", body),
                headers,
                null,
                new Envelope.Reply(
                        config.instanceId(), correlation, way.partition(), System.currentTimeMillis() + left));
        int slot = way.slots().of(envelope.key());
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(way.topics().inbox(), slot, envelope.key(), EnvelopeCodec.encode(envelope));
        return new WaitingCall(call, correlation, key, slot, record, reply, caller);
    }

    private static long bytes(WaitingCall call) {
        return (long) call.record.key().length + call.record.value().length + RECORD_OVERHEAD;
    }

    private void waits(WaitingCall next, long left, long bytes) {
        waiting.put(next.correlation, next);
        perKey.merge(next.key, 1, Integer::sum);
        unacknowledged += bytes;
        next.timer = vertx.setTimer(left, id -> expire(next));
        if (gathered.isEmpty()) {
            context.runOnContext(v -> flush());
        }
        gathered.add(next);
    }

    /** What has gathered leaves together. */
    private void flush() {
        List<WaitingCall> batch = gathered;
        gathered = new ArrayList<>();
        List<Outgoing> records = new ArrayList<>(batch.size());
        for (WaitingCall call : batch) {
            records.add(new Outgoing(call.record, failure -> context.runOnContext(v -> acknowledged(call, failure))));
        }
        outbox.write(records);
    }

    private void acknowledged(WaitingCall call, Throwable failure) {
        unacknowledged -= bytes(call);
        call.acknowledged = true;
        if (failure != null && forget(call.correlation)) {
            end(
                    call,
                    new RpcCall.Reply.Unsent(
                            503,
                            "topic " + call.record.topic() + " did not take the call: " + failure.getMessage()
                                    + "; it may be made all the same before its deadline"));
        }
    }

    private void expire(WaitingCall call) {
        if (forget(call.correlation)) {
            end(
                    call,
                    new RpcCall.Reply.TimedOut(
                            "the deadline passed while the call was " + call.whereabouts(owners), null));
        }
    }

    /** Once in a while: whoever has waited for long without news may have to be told whom for. */
    private void look() {
        long now = System.nanoTime();
        for (WaitingCall call : waiting.values()) {
            if (call.wonders(now)) {
                owners.look();
                return;
            }
        }
    }

    /** Nobody waits for it any more. What is in the inbox is made if its turn comes before its deadline. */
    private boolean forget(Long correlation) {
        WaitingCall call = waiting.remove(correlation);
        if (call == null) {
            return false;
        }
        vertx.cancelTimer(call.timer);
        perKey.computeIfPresent(call.key, (key, calls) -> calls == 1 ? null : calls - 1);
        return true;
    }

    private void end(WaitingCall call, RpcCall.Reply reply) {
        answer(call.reply, call.caller, reply);
    }

    private void answer(Promise<RpcCall.Reply> promise, Context caller, RpcCall.Reply reply) {
        counted.count(reply);
        caller.runOnContext(v -> promise.tryComplete(reply));
    }

    /** The values of records for this instance. On the reader's poll thread. */
    CompletionStage<Void> received(List<byte[]> values) {
        List<AnswerCodec.News> all = new ArrayList<>(values.size());
        for (byte[] value : values) {
            try {
                all.add(AnswerCodec.decode(value));
            } catch (IOException e) {
                LOG.atWarn()
                        .addKeyValue("cause", e.getMessage())
                        .log("An answer to a call cannot be read by this version; its caller waits until its deadline");
            }
        }
        CompletableFuture<Void> taken = new CompletableFuture<>();
        context.runOnContext(v -> {
            all.forEach(this::hear);
            taken.complete(null);
        });
        return taken;
    }

    private void hear(AnswerCodec.News news) {
        WaitingCall call = waiting.get(news.correlation());
        if (call == null) {
            return;
        }
        if (news instanceof AnswerCodec.Notice notice) {
            call.ahead = notice.ahead();
        } else if (news instanceof AnswerCodec.Answer answer) {
            forget(call.correlation);
            end(call, answer.reply());
        }
    }

    /** Callers whose answer has not come. Any thread. */
    public Future<Integer> inFlight() {
        Promise<Integer> promise = Promise.promise();
        context.runOnContext(v -> promise.complete(waiting.size()));
        return promise.future();
    }

    /** Closes the clients. Who still waits is told so. */
    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        context.runOnContext(v -> {
            problem = "the instance stops";
            for (WaitingCall call : List.copyOf(waiting.values())) {
                forget(call.correlation);
                end(call, new RpcCall.Reply.Unsent(503, "the instance stops, and the call is still under way"));
            }
            vertx.cancelTimer(lookTimer);
            Future<Void> read = reader == null ? Future.succeededFuture() : reader.close();
            read.eventually(() -> outbox == null ? Future.succeededFuture() : outbox.close())
                    .onComplete(closed);
        });
        return closed.future();
    }
}
