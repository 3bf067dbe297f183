package dev.keyway.gateway.slot;

import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.rpc.inbox.AnswerCodec;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Tells callers what their calls wait for, so that they know when their deadline passes. A caller hears at most once of each
 * invocation ahead of its call and again when that one fails. The slot's owner only.
 */
final class CallNotices {
    /** Nothing depends on a notice. */
    private static final SlotCompletion.Undo NO_UNDO = new SlotCompletion.Undo() {
        @Override
        public void refused(String reason) {}

        @Override
        public void withdrawn() {}
    };

    private final SlotScope scope;
    private final SlotHost host;

    CallNotices(SlotScope scope, SlotHost host) {
        this.scope = scope;
        this.host = host;
    }

    /** Notices for the calls of a mailbox that has an invocation out. Nobody calls functions. */
    void look(Mailbox mailbox, List<SlotCompletion> told) {
        if (mailbox.target.kind() != Envelope.Kind.HANDLER) {
            return;
        }
        SlotInvocation flight = mailbox.flight;
        long now = scope.clock().getAsLong();
        boolean holdsUp = flight.holdsUp(now, scope.limits().acceptMillis());
        String trouble = flight.trouble();
        List<ProducerRecord<byte[], byte[]>> notices = new ArrayList<>(0);
        if (holdsUp && flight.head().reply() != null) {
            String state = trouble == null ? "it is at the handler" : "it is tried again after: " + trouble;
            tell(flight.messages.get(0), trouble == null ? "called" : "failed", state, notices);
        }
        for (Message call : mailbox.calls()) {
            if (holdsUp || now - call.arrivedMillis > scope.limits().acceptMillis()) {
                String about = flight.coordinates();
                String state = about + " is ahead of it" + (trouble == null ? "" : " (" + trouble + ")");
                tell(call, trouble == null ? about : about + " failed", state, notices);
            }
        }
        if (!notices.isEmpty()) {
            told.add(new SlotCompletion(host.part(), new long[0], 0, 0, null, notices, NO_UNDO));
        }
    }

    private void tell(Message call, String about, String state, List<ProducerRecord<byte[], byte[]>> notices) {
        if (about.equals(call.told)) {
            return;
        }
        call.told = about;
        Envelope.Reply caller = call.envelope.reply();
        if (caller.deadlineMillis() > scope.clock().getAsLong()) {
            notices.add(CallInvocation.record(
                    scope.handlers(), caller, new AnswerCodec.Notice(caller.correlation(), state)));
        }
    }
}
