package dev.keyway.gateway.source;

import dev.keyway.admin.model.Subscription.KeyAction;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.dispatch.Runner;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.invoke.RecordHeaders;
import dev.keyway.gateway.metrics.Policy;
import dev.keyway.gateway.slot.Place;
import dev.keyway.gateway.slot.SlotInvocation;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocked records of a source, and messages that came from it into slots: listing them and applying an operator's word.
 * On the runner's context.
 */
final class KeyActions {
    private static final Logger LOG = LoggerFactory.getLogger(KeyActions.class);

    private KeyActions() {}

    static void apply(Runner runner, Origin origin, KeyAction action) {
        for (Invocation invocation : List.copyOf(runner.troubled())) {
            Place place = place(invocation, origin.id());
            if (place == null || !action.names(place.topic(), place.partition(), place.offset())) {
                continue;
            }
            LOG.atInfo()
                    .addKeyValue("subscription", origin.id())
                    .addKeyValue("topic", place.topic())
                    .addKeyValue("partition", place.partition())
                    .addKeyValue("offset", place.offset())
                    .log("Operator asked to {} the record", action.action());
            if (action.action() == KeyAction.Action.RESUME) {
                runner.resume(invocation);
            } else if (invocation.state() != Invocation.State.IN_FLIGHT) {
                discard(runner, origin, invocation);
            }
        }
    }

    private static void discard(Runner runner, Origin origin, Invocation invocation) {
        if (invocation instanceof SlotInvocation slot) {
            slot.discard();
        } else {
            origin.meters().failed(Policy.DISCARD);
            runner.finish(invocation, origin.sink());
        }
    }

    /** By what an invocation is named, {@code null} if its record is not of this source or nobody wants it any more. */
    private static Place place(Invocation invocation, String source) {
        Place place = null;
        if (invocation instanceof SlotInvocation slot) {
            place = slot.place();
        } else if (invocation instanceof RecordInvocation record && record.wanted()) {
            place = new Place(
                    record.origin().id(),
                    record.record().topic(),
                    record.record().partition(),
                    record.record().offset());
        }
        return place != null && place.source().equals(source) ? place : null;
    }

    static List<BlockedKey> blocked(Runner runner, String source) {
        List<BlockedKey> found = new ArrayList<>();
        for (Invocation invocation : runner.troubled()) {
            Place place = place(invocation, source);
            if (place != null) {
                found.add(
                        invocation instanceof SlotInvocation slot
                                ? describe(slot, place)
                                : describe((RecordInvocation) invocation, place));
            }
        }
        return found;
    }

    private static BlockedKey describe(SlotInvocation invocation, Place place) {
        Envelope message = invocation.head();
        Envelope.Caller from = message.caller();
        return describe(
                invocation,
                place,
                message.target().owner(),
                message.target().name(),
                message.id(),
                message.key(),
                from == null ? null : from.namespace() + "/" + from.name() + "/" + from.id());
    }

    private static BlockedKey describe(RecordInvocation invocation, Place place) {
        Origin origin = invocation.origin();
        byte[] key = invocation.record().key();
        return describe(
                invocation,
                place,
                origin.subscription().service(),
                origin.subscription().handler(),
                text(key),
                key,
                null);
    }

    private static BlockedKey describe(
            Invocation invocation,
            Place place,
            String service,
            String handler,
            String key,
            byte[] keyBytes,
            String from) {
        boolean backingOff = invocation.state() == Invocation.State.BACKOFF;
        return new BlockedKey(
                place.source(),
                service,
                handler,
                key,
                keyBytes == null ? null : RecordHeaders.base64(keyBytes),
                from,
                place.topic(),
                place.partition(),
                place.offset(),
                invocation.failures(),
                invocation.state() == Invocation.State.BLOCKED ? "paused" : "retrying",
                invocation.reason(),
                invocation.runner().waitingBehind(invocation),
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
