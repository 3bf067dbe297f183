package dev.keyway.gateway.slot;

import dev.keyway.gateway.state.Sealed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What of a slot waits for its transaction, and what becomes of it when that ends. The slot's owner only. */
final class SlotLedger {
    private final Slot slot;
    private final SlotScope scope;
    private final SlotHost host;
    /** By what it changes, in order. */
    private final Map<Sealed, SlotCompletion> outstanding = new LinkedHashMap<>();

    private Sealed marks;
    private long orders;

    SlotLedger(Slot slot, SlotScope scope, SlotHost host) {
        this.slot = slot;
        this.scope = scope;
        this.host = host;
    }

    /** These wait from now on, behind all that wait. */
    void enter(List<SlotCompletion> completions) {
        for (SlotCompletion completion : completions) {
            if (completion.sealed() != null) {
                completion.order = orders++;
                outstanding.put(completion.sealed(), completion);
            }
        }
    }

    /**
     * What goes into a transaction because it commits this offset: how the marks stand there.
     *
     * @param offset of the inbox
     */
    List<ProducerRecord<byte[], byte[]>> companions(long offset) {
        marks = slot.shard().marks(offset);
        return marks == null ? List.of() : marks.records();
    }

    /** That transaction was not committed. */
    void returned() {
        if (marks != null && !slot.ended()) {
            slot.shard().drop(marks);
        }
        marks = null;
    }

    /**
     * That transaction was committed.
     *
     * @param completions of this slot that were in it, in their order
     * @param changelogEnd the offset behind the last record of the slot's changelog, 0 if it wrote none
     */
    void committed(List<SlotCompletion> completions, long changelogEnd) {
        List<Sealed> sealed = new ArrayList<>(completions.size() + 1);
        for (SlotCompletion completion : completions) {
            if (completion.sealed() != null) {
                leave(completion);
                sealed.add(completion.sealed());
            }
        }
        if (marks != null) {
            sealed.add(marks);
            marks = null;
        }
        if (!sealed.isEmpty()) {
            slot.shard()
                    .committed(sealed, changelogEnd, scope.clock().getAsLong())
                    .onFailure(slot::broken);
        }
    }

    /**
     * The effects of a completion can never be written.
     *
     * @param completion not waiting any more
     */
    void refused(SlotCompletion completion, String reason) {
        if (!outstanding.containsKey(completion.sealed())) {
            // Another one that it was built on was refused before it, in the same transaction.
            return;
        }
        Set<SlotCompletion> gone = new LinkedHashSet<>();
        drop(completion, gone);
        gone.remove(completion);
        host.withdraw(gone);
        gone.forEach(built -> built.undo.withdrawn());
        completion.undo.refused(reason);
    }

    /** It waits for no transaction any more. */
    private void leave(SlotCompletion completion) {
        outstanding.remove(completion.sealed());
        Mailbox mailbox = completion.undo.mailbox();
        if (mailbox != null) {
            mailbox.uncommitted--;
            if (mailbox.isIdle()) {
                slot.mailboxes().remove(mailbox.address, mailbox);
            }
        }
    }

    /** Takes a completion back, what was built on it, and what would overtake its messages. */
    private void drop(SlotCompletion first, Set<SlotCompletion> gone) {
        List<SlotCompletion> dropped = new ArrayList<>();
        for (Sealed sealed : slot.shard().drop(first.sealed())) {
            SlotCompletion built = outstanding.get(sealed);
            if (built != null) {
                leave(built);
                dropped.add(built);
            }
        }
        gone.addAll(dropped);
        for (SlotCompletion one : dropped) {
            Mailbox mailbox = one.undo.mailbox();
            if (mailbox == null) {
                continue;
            }
            for (SlotCompletion later : List.copyOf(outstanding.values())) {
                if (later.undo.mailbox() == mailbox
                        && later.order > one.order
                        && outstanding.containsKey(later.sealed())) {
                    drop(later, gone);
                }
            }
        }
    }
}
