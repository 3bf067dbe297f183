package dev.keyway.gateway.slot;

import dev.keyway.gateway.commit.Part;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.state.Sealed;
import dev.keyway.gateway.state.Shard;
import dev.keyway.gateway.state.Turn;
import dev.keyway.gateway.state.record.Address;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One slot of the inbox while this instance has it: a mailbox for each address that has work, and the shard with what
 * outlives them. Context of its source only.
 *
 * <pre>
 *   inbox ──admit──► mailbox ──open──► batch on a runner ──seal──► committer
 *                    ▲    │ in trouble
 *          backlog ──┘    └──accept──► backlog
 * </pre>
 *
 * Later batches of an address begin when an earlier one is sealed, not when it is committed. What can never be committed
 * takes everything with it that was built on it, and the messages of all of that are handled again, in their order.
 */
public final class Slot {
    private static final Logger LOG = LoggerFactory.getLogger(Slot.class);
    private static final long HESITATION_MS = 5;
    private static final long REOPEN_MS = 5_000;

    private final int number;
    private final SlotScope scope;
    private final SlotHost host;
    private final Map<Address, Mailbox> mailboxes = new HashMap<>();
    private final SlotTimers timers;
    private final SlotInlet inlet;
    private final SlotBacklog backlog;
    private final SlotAside aside;
    private final SlotLedger ledger;
    private List<Mailbox> starting = new ArrayList<>();
    private Shard shard;
    private int sealing;
    private Promise<Void> quiet;
    private boolean hesitating;
    private boolean draining;
    private boolean ended;

    public Slot(int number, SlotScope scope, SlotHost host) {
        this.number = number;
        this.scope = scope;
        this.host = host;
        this.timers = new SlotTimers(this, scope, host);
        this.inlet = new SlotInlet(this, scope, host);
        this.backlog = new SlotBacklog(this, scope, host);
        this.aside = new SlotAside(this, scope, host, backlog);
        this.ledger = new SlotLedger(this, scope, host);
    }

    public int number() {
        return number;
    }

    /** The shard has been restored: what has arrived meanwhile is judged now. */
    public void restored(Shard restored) {
        shard = restored;
        timers.begin(shard);
        backlog.resume(0);
        flush();
    }

    /** Nothing of it counts any more. */
    public void end() {
        ended = true;
        inlet.clear();
        mailboxes.clear();
        starting.clear();
        timers.end();
        quiet();
    }

    public boolean ended() {
        return ended;
    }

    /** As {@link SlotInlet#arrived}. */
    public void arrived(ConsumerRecord<byte[], byte[]> record, long index, int weight) {
        inlet.arrived(record, index, weight);
    }

    /** The records of a poll have arrived. */
    public void flush() {
        if (shard != null && !ended) {
            inlet.flush();
        }
    }

    /** The mailbox of a message, made if there is none. */
    Mailbox mailbox(Envelope envelope) {
        Address address = Wire.address(envelope.target(), envelope.id());
        Mailbox mailbox = mailboxes.get(address);
        if (mailbox == null) {
            mailbox = new Mailbox(address, envelope.target());
            // Until all backlogs are known this one may have one.
            mailbox.stored = !backlog.allResumed();
            mailboxes.put(address, mailbox);
        }
        return mailbox;
    }

    Part part() {
        return host.part();
    }

    // ---- batches

    /** Puts a mailbox among those to be started, or lets go of it. */
    void list(Mailbox mailbox) {
        List<Message> gone = mailbox.purge();
        if (!gone.isEmpty()) {
            host.left(gone.size(), Message.weight(gone));
        }
        if (mailbox.mayStart()) {
            mailbox.listed = true;
            starting.add(mailbox);
        } else if (mailbox.isIdle()) {
            mailboxes.remove(mailbox.address, mailbox);
        }
    }

    /** Begins a batch of every mailbox that is listed. */
    void start() {
        if (starting.isEmpty() || draining || ended || hesitating) {
            return;
        }
        if (shard.unwrittenBytes() > scope.limits().unwrittenBytes()) {
            hesitating = true;
            host.after(HESITATION_MS, () -> {
                hesitating = false;
                if (!ended) {
                    start();
                }
            });
            return;
        }
        List<Mailbox> next = starting;
        starting = new ArrayList<>();
        List<Mailbox> able = new ArrayList<>(next.size());
        for (Mailbox mailbox : next) {
            mailbox.listed = false;
            mailbox.busy = true;
            mailbox.settled();
            if (mailbox.wantsStored()) {
                backlog.load(mailbox);
            } else {
                able.add(mailbox);
            }
        }
        open(able);
    }

    void open(List<Mailbox> able) {
        if (able.isEmpty()) {
            return;
        }
        List<Address> addresses = new ArrayList<>(able.size());
        able.forEach(mailbox -> addresses.add(mailbox.address));
        shard.open(addresses, scope.clock().getAsLong()).onComplete(opened -> {
            if (ended) {
                return;
            }
            if (opened.succeeded()) {
                opened(able, opened.result());
            } else if (shard.failure() != null) {
                broken(shard.failure());
            } else if (able.size() > 1) {
                able.forEach(mailbox -> open(List.of(mailbox)));
            } else {
                unreadable(able.get(0), opened.cause());
            }
        });
    }

    /** The states of one address: that stops nobody else. */
    private void unreadable(Mailbox mailbox, Throwable cause) {
        LOG.atError()
                .addKeyValue("slot", number)
                .addKeyValue("address", mailbox.address)
                .addKeyValue("cause", cause.getMessage())
                .log("States cannot be read, so the address waits");
        host.after(REOPEN_MS, () -> {
            if (!ended) {
                open(List.of(mailbox));
            }
        });
    }

    private void opened(List<Mailbox> able, List<Turn> turns) {
        List<SlotInvocation> batches = new ArrayList<>(able.size());
        for (int i = 0; i < turns.size(); i++) {
            Mailbox mailbox = able.get(i);
            mailbox.busy = false;
            if (draining) {
                shard.discard(turns.get(i));
                continue;
            }
            mailbox.flight = invocation(mailbox, turns.get(i));
            batches.add(mailbox.flight);
        }
        host.submit(batches);
    }

    private SlotInvocation invocation(Mailbox mailbox, Turn turn) {
        List<Message> messages = mailbox.take(most(mailbox), scope.limits().batchBytes());
        if (mailbox.target.kind() == Envelope.Kind.HANDLER) {
            return HandlerInvocation.of(this, mailbox, turn, messages, scope, host.fence(), host.epoch());
        }
        return new FunctionInvocation(this, mailbox, turn, messages, scope, host.fence());
    }

    private int most(Mailbox mailbox) {
        if (mailbox.target.kind() == Envelope.Kind.HANDLER) {
            return 1;
        }
        var endpoint = scope.functions().get().endpoint(mailbox.target.owner(), mailbox.target.name());
        int wanted = endpoint == null ? 1 : endpoint.maxNumBatchRequests();
        int most = scope.limits().batchMessages();
        return wanted <= 0 ? most : Math.min(wanted, most);
    }

    // ---- what comes back

    /** To be committed, behind all of this slot that was given before. */
    void complete(List<SlotCompletion> completions) {
        ledger.enter(completions);
        host.complete(completions);
    }

    /** Batches of this slot have ended on their runners. */
    public void landed(List<SlotInvocation> batches) {
        if (ended) {
            return;
        }
        List<SlotCompletion> done = new ArrayList<>(batches.size());
        for (SlotInvocation batch : batches) {
            land(batch, done);
        }
        complete(done);
        backlog.resume(aside.inTrouble());
        start();
    }

    private void land(SlotInvocation batch, List<SlotCompletion> done) {
        Mailbox mailbox = batch.mailbox;
        if (batch.turn.stale() || batch.overtaking || batch.result == SlotInvocation.Result.SPLIT) {
            if (batch.result == SlotInvocation.Result.SPLIT) {
                batch.messages.forEach(message -> message.alone = true);
            }
            again(batch);
            return;
        }
        if (batch.result == SlotInvocation.Result.ASIDE) {
            shard.discard(batch.turn);
            mailbox.flight = null;
            aside.landed(batch);
            return;
        }
        int handled = batch.result == SlotInvocation.Result.HANDLED ? batch.sent : batch.messages.size();
        List<Message> taken = batch.messages.subList(0, handled);
        mailbox.putBack(batch.messages.subList(handled, batch.messages.size()));
        BatchEffects effects =
                new BatchEffects(scope, batch, taken, scope.clock().getAsLong());
        mailbox.busy = true;
        sealing++;
        Future<Sealed> sealed = shard.seal(batch.turn, effects.changes());
        if (sealed.isComplete()) {
            sealed(batch, taken, effects, sealed, done);
            return;
        }
        sealed.onComplete(later -> {
            List<SlotCompletion> alone = new ArrayList<>(1);
            if (!ended) {
                sealed(batch, taken, effects, later, alone);
                complete(alone);
                start();
            }
        });
    }

    private void again(SlotInvocation batch) {
        shard.discard(batch.turn);
        batch.mailbox.flight = null;
        batch.mailbox.putBack(batch.messages);
        list(batch.mailbox);
    }

    private void sealed(
            SlotInvocation batch,
            List<Message> taken,
            BatchEffects effects,
            io.vertx.core.AsyncResult<Sealed> sealed,
            List<SlotCompletion> done) {
        Mailbox mailbox = batch.mailbox;
        mailbox.busy = false;
        mailbox.flight = null;
        sealing--;
        if (sealed.succeeded() && batch.overtaking) {
            shard.drop(sealed.result());
            mailbox.putBack(taken);
        } else if (sealed.failed()) {
            mailbox.putBack(taken);
            if (shard.failure() != null) {
                broken(shard.failure());
                return;
            }
            if (!batch.turn.stale()) {
                shard.discard(batch.turn);
                refuse(taken, sealed.cause().getMessage());
            } else {
                shard.discard(batch.turn);
            }
        } else {
            mailbox.uncommitted++;
            done.add(completion(mailbox, taken, sealed.result(), effects.sent()));
        }
        list(mailbox);
        if (sealing == 0) {
            quiet();
        }
    }

    SlotCompletion completion(
            Mailbox mailbox, List<Message> taken, Sealed sealed, List<ProducerRecord<byte[], byte[]>> sent) {
        return new SlotCompletion(
                part(),
                Message.indexes(taken),
                taken.size(),
                Message.weight(taken),
                sealed,
                sent,
                new SlotCompletion.Undo() {
                    @Override
                    public Mailbox mailbox() {
                        return mailbox;
                    }

                    @Override
                    public void refused(String reason) {
                        Slot.this.refuse(taken, reason);
                        withdrawn();
                    }

                    @Override
                    public void withdrawn() {
                        putBack(mailbox, taken);
                    }
                });
    }

    /** Messages that were done or stored are not; what is out behind them has overtaken them. */
    void putBack(Mailbox mailbox, List<Message> messages) {
        mailboxes.put(mailbox.address, mailbox);
        mailbox.putBack(messages);
        if (mailbox.flight != null) {
            mailbox.flight.overtaking = true;
        }
        list(mailbox);
    }

    /** One of several may be at fault: each then has to show. */
    private void refuse(List<Message> messages, String reason) {
        if (messages.size() == 1) {
            messages.get(0).refusal = reason;
        } else {
            messages.forEach(message -> message.alone = true);
        }
    }

    // ---- backlogs

    /** Once in a while: messages of addresses in trouble go into their backlogs, so that they hold up nobody else. */
    public void tick(boolean pressed) {
        if (shard == null || ended || draining) {
            return;
        }
        backlog.tick(pressed);
        aside.tick();
        backlog.resumeBeside(aside.inTrouble());
        timers.tick();
    }

    // ---- the end

    /** As {@link SlotLedger#companions}. */
    public List<ProducerRecord<byte[], byte[]>> companions(long offset) {
        return shard == null || ended ? List.of() : ledger.companions(offset);
    }

    /** The transaction with the companions was not committed. */
    public void returned() {
        ledger.returned();
    }

    /** As {@link SlotLedger#committed}. */
    public void committed(List<SlotCompletion> completions, long changelogEnd) {
        if (!ended) {
            ledger.committed(completions, changelogEnd);
            timers.look();
        }
    }

    /** The effects of a completion, which waits no more, can never be written. */
    public void refused(SlotCompletion completion, String reason) {
        if (!ended) {
            ledger.refused(completion, reason);
            start();
        }
    }

    /** No further batch begins. Completes when nothing is being sealed any more; calls in flight are the runners' business. */
    public Future<Void> drain() {
        draining = true;
        if (sealing == 0) {
            return Future.succeededFuture();
        }
        quiet = Promise.promise();
        return quiet.future();
    }

    private void quiet() {
        if (quiet != null) {
            quiet.tryComplete();
        }
    }

    /** Whether all that is stored has its mailbox. */
    boolean allTakenUp() {
        return backlog.allResumed();
    }

    /** Addresses that have work. */
    Map<Address, Mailbox> mailboxes() {
        return mailboxes;
    }

    /** The shard, {@code null} before it is restored. */
    Shard shard() {
        return shard;
    }

    boolean drains() {
        return draining || ended;
    }

    void broken(Throwable cause) {
        if (!ended) {
            host.broken("slot " + number + ": " + cause);
        }
    }
}
