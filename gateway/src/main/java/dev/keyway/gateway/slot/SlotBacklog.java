package dev.keyway.gateway.slot;

import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.inbox.EnvelopeCodec;
import dev.keyway.gateway.inbox.EnvelopeException;
import dev.keyway.gateway.rpc.RpcCall;
import dev.keyway.gateway.state.Changes;
import dev.keyway.gateway.state.Queued;
import dev.keyway.gateway.state.Sealed;
import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.RecordKey;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way of messages into the backlogs of their addresses and out of them. The slot's owner only. */
final class SlotBacklog {
    private static final Logger LOG = LoggerFactory.getLogger(SlotBacklog.class);
    /** Messages of a backlog that are read at once. */
    private static final int LOADED = 500;
    /** Addresses with a backlog that are taken up at once, after a restore or when it is their turn. */
    private static final int RESUMED = 100;
    /** Between two turns of those that were put aside. */
    private static final long TURN_MS = 10_000;

    private final Slot slot;
    private final SlotScope scope;
    private final SlotHost host;
    private final CallNotices notices;
    /** The last address with a backlog that was taken up, while there may be more. */
    private Address resumedUpTo;

    private boolean allResumed;
    /** One was put aside since the first of this turn was taken up. */
    private boolean missed;

    private boolean resuming;
    private long resumeAt;

    SlotBacklog(Slot slot, SlotScope scope, SlotHost host) {
        this.slot = slot;
        this.scope = scope;
        this.host = host;
        this.notices = new CallNotices(scope, host);
    }

    /** Whether every address that had a backlog has its mailbox. */
    boolean allResumed() {
        return allResumed;
    }

    /** Reads on in the backlog of an address. */
    void load(Mailbox mailbox) {
        slot.shard().backlog(mailbox.address, mailbox.storedAfter, LOADED).onComplete(loaded -> {
            if (slot.ended()) {
                return;
            }
            if (loaded.failed()) {
                slot.broken(loaded.cause());
                return;
            }
            loaded(mailbox, loaded.result());
        });
    }

    private void loaded(Mailbox mailbox, List<Queued> queued) {
        if (queued.isEmpty()) {
            mailbox.stored = false;
        }
        List<Message> messages = new ArrayList<>(queued.size());
        long bytes = 0;
        for (Queued one : queued) {
            mailbox.storedAfter = one.key().sequence();
            Message message = stored(mailbox.address, one);
            if (message != null) {
                messages.add(message);
                bytes += message.weight;
            }
        }
        mailbox.putBack(messages);
        host.took(messages.size(), bytes);
        if (mailbox.isEmpty()) {
            mailbox.busy = false;
            slot.list(mailbox);
            slot.start();
        } else {
            slot.open(List.of(mailbox));
        }
    }

    private Message stored(Address address, Queued queued) {
        byte[] bytes = queued.message();
        try {
            Envelope envelope = EnvelopeCodec.decode(Envelope.key(address.id()), bytes);
            Message message = new Message(envelope, bytes, -1, bytes.length, EnvelopeCodec.storedOffset(bytes), 0, 0);
            message.queued = queued.key();
            return message;
        } catch (EnvelopeException e) {
            LOG.atError()
                    .addKeyValue("slot", slot.number())
                    .addKeyValue("address", address)
                    .addKeyValue("sequence", queued.key().sequence())
                    .addKeyValue("cause", e.getMessage())
                    .log("A message of a backlog cannot be read by this version and is passed over; it stays stored");
            return null;
        }
    }

    /** Messages of addresses in trouble go into their backlogs, so that they hold up nobody else. */
    void tick(boolean pressed) {
        long now = scope.clock().getAsLong();
        long patience = pressed ? 0 : scope.limits().acceptMillis();
        List<SlotCompletion> accepted = new ArrayList<>();
        for (Mailbox mailbox : slot.mailboxes().values()) {
            SlotInvocation flight = mailbox.flight;
            if (flight == null || mailbox.busy || flight.overtaking) {
                continue;
            }
            if (flight.blockedBy() != null) {
                answerCalls(mailbox, flight.blockedBy(), accepted);
            } else {
                notices.look(mailbox, accepted);
            }
            if (flight.holdsUp(now, scope.limits().acceptMillis())) {
                accept(mailbox, now - patience, accepted);
            }
        }
        slot.complete(accepted);
    }

    /** Nobody knows when an operator comes: calls behind what waits for one are answered. */
    private void answerCalls(Mailbox mailbox, String blockedBy, List<SlotCompletion> answered) {
        List<Message> calls = mailbox.calls();
        if (calls.isEmpty()) {
            return;
        }
        Future<Sealed> sealed = slot.shard().seal(new Changes());
        if (sealed.failed()) {
            slot.broken(sealed.cause());
            return;
        }
        mailbox.forget(calls);
        RpcCall.Reply reply =
                new RpcCall.Reply.Blocked("the key is blocked by " + blockedBy + "; resume or discard that record");
        List<ProducerRecord<byte[], byte[]>> answers = new ArrayList<>(calls.size());
        for (Message call : calls) {
            // Once an answer was refused its caller has to do without one.
            if (call.refusal == null && !call.alone) {
                answers.add(CallInvocation.answer(scope.handlers(), call.envelope, reply));
            }
        }
        mailbox.uncommitted++;
        answered.add(slot.completion(mailbox, calls, sealed.result(), answers));
    }

    private void accept(Mailbox mailbox, long before, List<SlotCompletion> accepted) {
        List<Message> messages = mailbox.unstored();
        if (messages.isEmpty() || messages.get(0).arrivedMillis > before) {
            return;
        }
        Changes changes = new Changes();
        messages.forEach(message -> changes.enqueue(mailbox.address, message.stored()));
        Future<Sealed> sealed = slot.shard().seal(changes);
        if (sealed.failed()) {
            LOG.atError()
                    .addKeyValue("slot", slot.number())
                    .addKeyValue("address", mailbox.address)
                    .addKeyValue("cause", sealed.cause().toString())
                    .log("Messages cannot be put into a backlog");
            messages.forEach(message -> message.unacceptable = true);
            return;
        }
        mailbox.uncommitted++;
        accepted.add(accepted(mailbox, messages, sealed.result()));
    }

    private SlotCompletion accepted(Mailbox mailbox, List<Message> all, Sealed sealed) {
        List<Message> out = new ArrayList<>(all);
        out.retainAll(mailbox.flight.messages);
        List<Message> behind = all.subList(out.size(), all.size());
        long[] indexes = Message.indexes(all);
        List<RecordKey.Queued> places = sealed.queued();
        for (int i = 0; i < all.size(); i++) {
            all.get(i).queued = places.get(i);
        }
        mailbox.forget(behind);
        if (!out.isEmpty()) {
            mailbox.storedAfter = out.get(out.size() - 1).queued.sequence();
        }
        mailbox.stored |= !behind.isEmpty();
        // Those that are out stay in hand; their bounds are freed when their batch is.
        return new SlotCompletion(
                host.part(),
                indexes,
                behind.size(),
                Message.weight(behind),
                sealed,
                List.of(),
                new SlotCompletion.Undo() {
                    @Override
                    public Mailbox mailbox() {
                        return mailbox;
                    }

                    @Override
                    public void refused(String reason) {
                        LOG.atError()
                                .addKeyValue("slot", slot.number())
                                .addKeyValue("address", mailbox.address)
                                .addKeyValue("cause", reason)
                                .log("Messages cannot be put into a backlog, they go on holding up their partition");
                        all.forEach(message -> message.unacceptable = true);
                        withdrawn();
                    }

                    @Override
                    public void withdrawn() {
                        mailbox.notStored(all);
                        slot.putBack(mailbox, behind);
                    }
                });
    }

    /** An address with a backlog was let go of: it has to be taken up again, though not at once. */
    void leftAside() {
        if (allResumed) {
            beginAgain();
        }
        missed = true;
    }

    private void beginAgain() {
        allResumed = false;
        missed = false;
        resumedUpTo = null;
        resumeAt = scope.clock().getAsLong() + TURN_MS;
    }

    /**
     * Takes up backlogs of an earlier life, and of addresses that were put aside, a number of addresses after the other.
     *
     * @param inTrouble addresses that have a place of their own in memory
     */
    void resume(int inTrouble) {
        resume(inTrouble, slot.mailboxes().size());
    }

    /** The same, however many addresses have work that is not from backlogs. */
    void resumeBeside(int inTrouble) {
        if (!allResumed) {
            resume(
                    inTrouble,
                    slot.mailboxes().values().stream()
                            .filter(mailbox -> mailbox.stored)
                            .count());
        }
    }

    private void resume(int inTrouble, long inHand) {
        if (resuming
                || allResumed
                || slot.drains()
                || inHand >= RESUMED + inTrouble
                || scope.clock().getAsLong() < resumeAt) {
            return;
        }
        resuming = true;
        slot.shard().backlogged(resumedUpTo, RESUMED).onComplete(found -> {
            resuming = false;
            if (slot.ended()) {
                return;
            }
            if (found.failed()) {
                slot.broken(found.cause());
                return;
            }
            for (Address address : found.result()) {
                resumedUpTo = address;
                Mailbox mailbox =
                        slot.mailboxes().computeIfAbsent(address, absent -> new Mailbox(absent, Wire.target(absent)));
                mailbox.stored = true;
                slot.list(mailbox);
            }
            if (found.result().size() < RESUMED) {
                if (missed) {
                    beginAgain();
                } else {
                    allResumed = true;
                }
            }
            slot.start();
            resume(inTrouble);
        });
    }
}
