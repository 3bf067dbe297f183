package dev.keyway.gateway.slot;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Keeps the heap from growing with the number of addresses in trouble. Those that came into it first stay in hand, as many
 * as the limits allow; what comes later is put aside: it is in its backlog, nothing of it stays in memory, and it takes
 * turns with others like it ({@link SlotBacklog#resume}). The slot's owner only.
 */
final class SlotAside {
    private final Slot slot;
    private final SlotScope scope;
    private final SlotHost host;
    private final SlotBacklog backlog;
    /** In trouble, with all that they hold stored; oldest first. */
    private final Set<Mailbox> troubled = new LinkedHashSet<>();

    SlotAside(Slot slot, SlotScope scope, SlotHost host, SlotBacklog backlog) {
        this.slot = slot;
        this.scope = scope;
        this.host = host;
        this.backlog = backlog;
    }

    /** Once in a while: looks who is in trouble, and asks for what is too much. */
    void tick() {
        long now = scope.clock().getAsLong();
        Set<Mailbox> found = new HashSet<>();
        for (Mailbox mailbox : slot.mailboxes().values()) {
            SlotInvocation flight = mailbox.flight;
            if (flight != null && flight.holdsUp(now, scope.limits().acceptMillis()) && mailbox.isOutStored()) {
                found.add(mailbox);
            }
        }
        troubled.retainAll(found);
        troubled.addAll(found);
        long messages = 0;
        long bytes = 0;
        for (Mailbox mailbox : troubled) {
            List<Message> held = mailbox.held();
            messages += held.size();
            bytes += Message.weight(held);
            if (messages > scope.limits().troubledMessages()
                    || bytes > scope.limits().troubledBytes()) {
                host.putAside(mailbox.flight);
            }
        }
    }

    /** Addresses that are known to be in trouble. */
    int inTrouble() {
        return troubled.size();
    }

    /** A batch was given back by its runner; what of its address is in memory is let go. */
    void landed(SlotInvocation batch) {
        Mailbox mailbox = batch.mailbox;
        List<Message> gone = new ArrayList<>(batch.messages);
        gone.addAll(mailbox.forgetStored());
        host.left(gone.size(), Message.weight(gone));
        mailbox.stored = true;
        mailbox.storedAfter = -1;
        if (mailbox.isEmpty() && mailbox.uncommitted == 0) {
            slot.mailboxes().remove(mailbox.address, mailbox);
            backlog.leftAside();
        } else {
            slot.list(mailbox);
        }
    }
}
