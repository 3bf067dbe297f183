package dev.keyway.gateway.source;

import dev.keyway.admin.model.Subscription.KeyAction;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.dispatch.Runner;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.invoke.RecordHeaders;
import dev.keyway.gateway.metrics.Policy;
import dev.keyway.gateway.slot.SlotInvocation;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Blocked records: listing them and applying an operator's word. On the runner's context. */
final class KeyActions {
    private static final Logger LOG = LoggerFactory.getLogger(KeyActions.class);

    private KeyActions() {}

    static void apply(Runner runner, Origin origin, KeyAction action) {
        applyForwarded(runner, origin.id(), action);
        for (RecordInvocation invocation : troubled(runner, origin)) {
            ConsumerRecord<byte[], byte[]> record = invocation.record();
            if (!action.names(record.topic(), record.partition(), record.offset()) || !invocation.wanted()) {
                continue;
            }
            LOG.atInfo()
                    .addKeyValue("subscription", origin.id())
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("partition", action.partition())
                    .addKeyValue("offset", action.offset())
                    .log("Operator asked to {} the record", action.action());
            if (action.action() == KeyAction.Action.RESUME) {
                runner.resume(invocation);
            } else if (invocation.state() != Invocation.State.IN_FLIGHT) {
                origin.meters().failed(Policy.DISCARD);
                runner.finish(invocation, origin.sink());
            }
        }
    }

    /** A record of the source that waits in a slot of this instance. */
    private static Envelope.Mark forwarded(Invocation invocation, String source) {
        return invocation instanceof SlotInvocation slot
                        && slot.head().mark() != null
                        && slot.head().mark().source().equals(source)
                ? slot.head().mark()
                : null;
    }

    private static void applyForwarded(Runner runner, String source, KeyAction action) {
        for (Invocation invocation : List.copyOf(runner.troubled())) {
            Envelope.Mark mark = forwarded(invocation, source);
            if (mark == null || !action.names(mark.topic(), mark.partition(), mark.offset())) {
                continue;
            }
            LOG.atInfo()
                    .addKeyValue("subscription", source)
                    .addKeyValue("topic", mark.topic())
                    .addKeyValue("partition", action.partition())
                    .addKeyValue("offset", action.offset())
                    .log("Operator asked to {} the record in its slot", action.action());
            if (action.action() == KeyAction.Action.RESUME) {
                runner.resume(invocation);
            } else if (invocation.state() != Invocation.State.IN_FLIGHT) {
                ((SlotInvocation) invocation).discard();
            }
        }
    }

    private static BlockedKey describe(SlotInvocation invocation, Envelope.Mark mark, int waiting) {
        boolean backingOff = invocation.state() == Invocation.State.BACKOFF;
        Envelope.Target target = invocation.head().target();
        return new BlockedKey(
                mark.source(),
                target.owner(),
                target.name(),
                invocation.head().id(),
                RecordHeaders.base64(invocation.head().key()),
                mark.topic(),
                mark.partition(),
                mark.offset(),
                invocation.failures(),
                invocation.state() == Invocation.State.BLOCKED ? "paused" : "retrying",
                invocation.reason(),
                waiting,
                invocation.troubledSinceMillis(),
                backingOff
                        ? System.currentTimeMillis() + (invocation.nextAttemptNanos() - System.nanoTime()) / 1_000_000
                        : null);
    }

    static List<BlockedKey> blocked(Runner runner, String subscriptionId) {
        List<BlockedKey> found = new ArrayList<>();
        for (Invocation invocation : runner.troubled()) {
            Envelope.Mark mark = forwarded(invocation, subscriptionId);
            if (mark != null) {
                found.add(describe((SlotInvocation) invocation, mark, runner.waitingBehind(invocation)));
            }
            if (invocation instanceof RecordInvocation record
                    && record.origin().id().equals(subscriptionId)
                    && record.wanted()) {
                found.add(describe(record, runner.waitingBehind(record)));
            }
        }
        return found;
    }

    private static List<RecordInvocation> troubled(Runner runner, Origin origin) {
        List<RecordInvocation> found = new ArrayList<>();
        for (Invocation invocation : runner.troubled()) {
            if (invocation instanceof RecordInvocation record && record.origin() == origin) {
                found.add(record);
            }
        }
        return found;
    }

    static BlockedKey describe(RecordInvocation invocation, int waiting) {
        Origin origin = invocation.origin();
        byte[] key = invocation.record().key();
        boolean backingOff = invocation.state() == Invocation.State.BACKOFF;
        return new BlockedKey(
                origin.id(),
                origin.subscription().service(),
                origin.subscription().handler(),
                text(key),
                key == null ? null : RecordHeaders.base64(key),
                invocation.record().topic(),
                invocation.record().partition(),
                invocation.record().offset(),
                invocation.failures(),
                invocation.state() == Invocation.State.BLOCKED ? "paused" : "retrying",
                invocation.reason(),
                waiting,
                invocation.troubledSinceMillis(),
                backingOff
                        ? System.currentTimeMillis() + (invocation.nextAttemptNanos() - System.nanoTime()) / 1_000_000
                        : null);
    }

    private static String text(byte[] key) {
        if (key == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(key))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
