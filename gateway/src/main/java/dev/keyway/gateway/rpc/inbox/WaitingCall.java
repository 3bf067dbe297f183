package dev.keyway.gateway.rpc.inbox;

import dev.keyway.gateway.rpc.RpcCall;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A call through the inbox whose caller waits. The context of the calls only. */
final class WaitingCall {
    /** How long a call waits before somebody looks who has its slot. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    final RpcCall call;
    final long correlation;
    final String key;
    final int slot;
    final ProducerRecord<byte[], byte[]> record;
    final Promise<RpcCall.Reply> reply;
    final Context caller;
    private final long sinceNanos = System.nanoTime();
    long timer;
    /** The inbox has it, or did not take it. */
    boolean acknowledged;
    /** What it waits for, as the owner of its slot has said; {@code null} before. */
    String ahead;

    WaitingCall(
            RpcCall call,
            long correlation,
            String key,
            int slot,
            ProducerRecord<byte[], byte[]> record,
            Promise<RpcCall.Reply> reply,
            Context caller) {
        this.call = call;
        this.correlation = correlation;
        this.key = key;
        this.slot = slot;
        this.record = record;
        this.reply = reply;
        this.caller = caller;
    }

    /** Whether nobody has said what it waits for, and it has waited for long, or for most of its time. */
    boolean wonders(long nowNanos) {
        long waited = nowNanos - sinceNanos;
        return acknowledged && ahead == null && (waited > PATIENCE_NANOS || waited > call.deadlineNanos() - nowNanos);
    }

    /** Where it is, for its caller. */
    String whereabouts(InboxCalls.Owners owners) {
        String where = "slot " + slot + " of topic " + record.topic();
        if (!acknowledged) {
            return "on its way to " + where;
        }
        return "waiting in " + where + ": " + (ahead == null ? owners.of(slot) : ahead);
    }
}
