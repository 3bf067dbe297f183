package dev.keyway.gateway.slot;

import dev.keyway.gateway.commit.Part;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.inbox.EnvelopeCodec;
import dev.keyway.gateway.inbox.EnvelopeException;
import dev.keyway.gateway.rpc.RpcCall;
import dev.keyway.gateway.state.Arrival;
import dev.keyway.gateway.state.Changes;
import dev.keyway.gateway.state.Queued;
import dev.keyway.gateway.state.Sealed;
import dev.keyway.gateway.state.Shard;
import dev.keyway.gateway.state.Turn;
import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.RecordKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    /** Messages of a backlog that are read at once. */
    private static final int LOADED = 500;
    /** Addresses with a backlog that are taken up at once after a restore. */
    private static final int RESUMED = 500;

    private static final long HESITATION_MS = 5;
    private static final long REOPEN_MS = 5_000;

    private final int number;
    private final SlotScope scope;
    private final SlotHost host;
    private final Map<Address, Mailbox> mailboxes = new HashMap<>();
    private final SlotTimers timers;
    /** What waits for its transaction, by what it changes. */
    private final Map<Sealed, SlotCompletion> outstanding = new LinkedHashMap<>();

    private List<Inbound> arrivals = new ArrayList<>();
    private List<Mailbox> starting = new ArrayList<>();
    private Shard shard;
    private Sealed marks;
    /** The last address with a backlog that was taken up, while there may be more. */
    private Address resumedUpTo;

    private boolean allResumed;
    private boolean resuming;
    private long orders;
    private long completionOrders;
    private int sealing;
    private Promise<Void> quiet;
    private boolean hesitating;
    private boolean draining;
    private boolean ended;

    /** A record of the inbox on its way to its mailbox. */
    private record Inbound(ConsumerRecord<byte[], byte[]> record, Envelope envelope, long index, int weight) {}

    public Slot(int number, SlotScope scope, SlotHost host) {
        this.number = number;
        this.scope = scope;
        this.host = host;
        this.timers = new SlotTimers(this, scope, host);
    }

    public int number() {
        return number;
    }

    /** The shard has been restored: what has arrived meanwhile is judged now. */
    public void restored(Shard restored) {
        shard = restored;
        timers.begin(shard);
        resumeBacklogs();
        flush();
    }

    /** Nothing of it counts any more. */
    public void end() {
        ended = true;
        arrivals.clear();
        mailboxes.clear();
        starting.clear();
        timers.end();
        quiet();
    }

    public boolean ended() {
        return ended;
    }

    // ---- what arrives

    /**
     * A record of the inbox, in its order; it is looked at with the next {@link #flush}.
     *
     * @param index of the record in the tracker, -1 if it is known to be done: it moves a mark all the same
     * @param weight what it counts for against the bounds
     */
    public void arrived(ConsumerRecord<byte[], byte[]> record, long index, int weight) {
        Envelope envelope;
        try {
            envelope = EnvelopeCodec.decode(record.key(), record.value());
        } catch (EnvelopeException e) {
            if (index >= 0) {
                host.unreadable(record, index, weight, e.getMessage());
            }
            return;
        }
        arrivals.add(new Inbound(record, envelope, index, weight));
    }

    /** The records of a poll have arrived. */
    public void flush() {
        if (shard == null || ended || arrivals.isEmpty()) {
            return;
        }
        List<Inbound> batch = arrivals;
        arrivals = new ArrayList<>();
        List<Arrival> marked = new ArrayList<>();
        for (Inbound inbound : batch) {
            Envelope.Mark mark = inbound.envelope().mark();
            if (mark != null) {
                marked.add(new Arrival(
                        new RecordKey.Dedup(
                                mark.source(), mark.topicId(), mark.partition(), mark.targetIndex(), mark.epoch()),
                        mark.offset(),
                        inbound.record().offset()));
            }
        }
        shard.admit(marked).onComplete(admitted -> {
            if (ended) {
                return;
            }
            if (admitted.failed()) {
                host.broken("slot " + number + " cannot tell repetitions: " + admitted.cause());
                return;
            }
            admitted(batch, admitted.result());
        });
    }

    private void admitted(List<Inbound> batch, List<Boolean> accepted) {
        List<Inbound> repeated = new ArrayList<>();
        long now = scope.clock().getAsLong();
        int at = 0;
        for (Inbound inbound : batch) {
            boolean fresh = inbound.envelope().mark() == null || accepted.get(at++);
            if (inbound.index() < 0) {
                continue;
            }
            if (!fresh) {
                repeated.add(inbound);
                continue;
            }
            Mailbox mailbox = mailbox(inbound.envelope());
            mailbox.add(new Message(
                    inbound.envelope(), inbound.record().value(), inbound.index(), inbound.weight(), orders++, now));
            list(mailbox);
        }
        if (!repeated.isEmpty()) {
            complete(List.of(repetitions(repeated)));
        }
        start();
    }

    private SlotCompletion repetitions(List<Inbound> repeated) {
        long bytes = 0;
        long[] indexes = new long[repeated.size()];
        for (int i = 0; i < indexes.length; i++) {
            indexes[i] = repeated.get(i).index();
            bytes += repeated.get(i).weight();
        }
        return new SlotCompletion(part(), indexes, indexes.length, bytes, null, List.of(), NO_UNDO);
    }

    /** Writes nothing, so nothing of it can be refused, and is built on nothing. */
    private static final SlotCompletion.Undo NO_UNDO = new SlotCompletion.Undo() {
        @Override
        public void refused(String reason) {
            throw new IllegalStateException("nothing was written, and refused: " + reason);
        }

        @Override
        public void withdrawn() {
            throw new IllegalStateException("what builds on nothing is withdrawn");
        }
    };

    private Mailbox mailbox(Envelope envelope) {
        Address address = Wire.address(envelope.target(), envelope.id());
        Mailbox mailbox = mailboxes.get(address);
        if (mailbox == null) {
            mailbox = new Mailbox(address, envelope.target());
            // Until all backlogs are known this one may have one.
            mailbox.stored = !allResumed;
            mailboxes.put(address, mailbox);
        }
        return mailbox;
    }

    Part part() {
        return host.part();
    }

    // ---- batches

    private void list(Mailbox mailbox) {
        if (mailbox.mayStart()) {
            mailbox.listed = true;
            starting.add(mailbox);
        } else if (mailbox.isIdle()) {
            mailboxes.remove(mailbox.address, mailbox);
        }
    }

    private void start() {
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
            if (mailbox.wantsStored()) {
                load(mailbox);
            } else {
                able.add(mailbox);
            }
        }
        open(able);
    }

    /** Reads on in the backlog of an address. */
    private void load(Mailbox mailbox) {
        shard.backlog(mailbox.address, mailbox.storedAfter, LOADED).onComplete(loaded -> {
            if (ended) {
                return;
            }
            if (loaded.failed()) {
                broken(loaded.cause());
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
            list(mailbox);
            start();
        } else {
            open(List.of(mailbox));
        }
    }

    private Message stored(Address address, Queued queued) {
        byte[] bytes = queued.message();
        try {
            Envelope envelope = EnvelopeCodec.decode(Envelope.key(address.id()), bytes);
            // Before all that has arrived since; the sequence of a slot is far below.
            long order = Long.MIN_VALUE + queued.key().sequence();
            Message message = new Message(envelope, bytes, -1, bytes.length, order, 0);
            message.queued = queued.key();
            return message;
        } catch (EnvelopeException e) {
            LOG.atError()
                    .addKeyValue("slot", number)
                    .addKeyValue("address", address)
                    .addKeyValue("sequence", queued.key().sequence())
                    .addKeyValue("cause", e.getMessage())
                    .log("A message of a backlog cannot be read by this version and is passed over; it stays stored");
            return null;
        }
    }

    private void open(List<Mailbox> able) {
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
        List<Message> messages = mailbox.take(most(mailbox), most());
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

    private long most() {
        return scope.limits().batchBytes();
    }

    // ---- what comes back

    /** To be committed, behind all of this slot that was given before. */
    void complete(List<SlotCompletion> completions) {
        for (SlotCompletion completion : completions) {
            if (completion.sealed() != null) {
                completion.order = completionOrders++;
                outstanding.put(completion.sealed(), completion);
            }
        }
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

    private SlotCompletion completion(
            Mailbox mailbox, List<Message> taken, Sealed sealed, List<ProducerRecord<byte[], byte[]>> sent) {
        return new SlotCompletion(
                part(), indexes(taken), taken.size(), weight(taken), sealed, sent, new SlotCompletion.Undo() {
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
    private void putBack(Mailbox mailbox, List<Message> messages) {
        mailboxes.put(mailbox.address, mailbox);
        mailbox.putBack(messages);
        if (mailbox.flight != null) {
            mailbox.flight.overtaking = true;
        }
        list(mailbox);
    }

    /** Records of the inbox that end with it; what is stored has ended before. */
    static long[] indexes(List<Message> messages) {
        return messages.stream()
                .filter(message -> message.queued == null)
                .mapToLong(message -> message.index)
                .toArray();
    }

    static long weight(List<Message> messages) {
        long bytes = 0;
        for (Message message : messages) {
            bytes += message.weight;
        }
        return bytes;
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
        long now = scope.clock().getAsLong();
        long patience = pressed ? 0 : scope.limits().acceptMillis();
        List<SlotCompletion> accepted = new ArrayList<>();
        for (Mailbox mailbox : mailboxes.values()) {
            SlotInvocation flight = mailbox.flight;
            if (flight == null || mailbox.busy || flight.overtaking) {
                continue;
            }
            if (flight.blockedBy() != null) {
                answerCalls(mailbox, flight.blockedBy(), accepted);
            }
            if (flight.holdsUp(now, scope.limits().acceptMillis())) {
                accept(mailbox, now - patience, accepted);
            }
        }
        complete(accepted);
        timers.tick();
    }

    /** Nobody knows when an operator comes: calls behind what waits for one are answered. */
    private void answerCalls(Mailbox mailbox, String blockedBy, List<SlotCompletion> answered) {
        List<Message> calls = mailbox.calls();
        if (calls.isEmpty()) {
            return;
        }
        Future<Sealed> sealed = shard.seal(new Changes());
        if (sealed.failed()) {
            broken(sealed.cause());
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
        answered.add(completion(mailbox, calls, sealed.result(), answers));
    }

    private void accept(Mailbox mailbox, long before, List<SlotCompletion> accepted) {
        List<Message> messages = mailbox.unstored();
        if (messages.isEmpty() || messages.get(0).arrivedMillis > before) {
            return;
        }
        Changes changes = new Changes();
        messages.forEach(message -> changes.enqueue(mailbox.address, message.bytes));
        Future<Sealed> sealed = shard.seal(changes);
        if (sealed.failed()) {
            LOG.atError()
                    .addKeyValue("slot", number)
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
        long[] indexes = indexes(all);
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
                part(), indexes, behind.size(), weight(behind), sealed, List.of(), new SlotCompletion.Undo() {
                    @Override
                    public Mailbox mailbox() {
                        return mailbox;
                    }

                    @Override
                    public void refused(String reason) {
                        LOG.atError()
                                .addKeyValue("slot", number)
                                .addKeyValue("address", mailbox.address)
                                .addKeyValue("cause", reason)
                                .log("Messages cannot be put into a backlog, they go on holding up their partition");
                        all.forEach(message -> message.unacceptable = true);
                        withdrawn();
                    }

                    @Override
                    public void withdrawn() {
                        all.forEach(message -> message.queued = null);
                        putBack(mailbox, behind);
                    }
                });
    }

    /** Takes up backlogs of an earlier life, a number of addresses after the other. */
    private void resumeBacklogs() {
        if (resuming || allResumed || ended) {
            return;
        }
        resuming = true;
        shard.backlogged(resumedUpTo, RESUMED).onComplete(found -> {
            resuming = false;
            if (ended) {
                return;
            }
            if (found.failed()) {
                broken(found.cause());
                return;
            }
            for (Address address : found.result()) {
                resumedUpTo = address;
                Mailbox mailbox =
                        mailboxes.computeIfAbsent(address, absent -> new Mailbox(absent, Wire.target(absent)));
                mailbox.stored = true;
                list(mailbox);
            }
            allResumed = found.result().size() < RESUMED;
            start();
            resumeBacklogs();
        });
    }

    // ---- the end of a transaction

    /**
     * What goes into a transaction because it commits this offset: how the marks stand there.
     *
     * @param offset of the inbox
     */
    public List<ProducerRecord<byte[], byte[]>> companions(long offset) {
        marks = shard == null || ended ? null : shard.marks(offset);
        return marks == null ? List.of() : marks.records();
    }

    /** That transaction was not committed. */
    public void returned() {
        if (marks != null && !ended) {
            shard.drop(marks);
        }
        marks = null;
    }

    /**
     * That transaction was committed.
     *
     * @param completions of this slot that were in it, in their order
     * @param changelogEnd the offset behind the last record of the slot's changelog, 0 if it wrote none
     */
    public void committed(List<SlotCompletion> completions, long changelogEnd) {
        if (ended) {
            return;
        }
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
            shard.committed(sealed, changelogEnd, scope.clock().getAsLong()).onFailure(this::broken);
        }
        timers.look();
    }

    /**
     * The effects of a completion can never be written.
     *
     * @param completion not waiting any more
     */
    public void refused(SlotCompletion completion, String reason) {
        if (ended || !outstanding.containsKey(completion.sealed())) {
            // Another one that it was built on was refused before it, in the same transaction.
            return;
        }
        Set<SlotCompletion> gone = new LinkedHashSet<>();
        drop(completion, gone);
        gone.remove(completion);
        host.withdraw(gone);
        gone.forEach(built -> built.undo.withdrawn());
        completion.undo.refused(reason);
        start();
    }

    /** It waits for no transaction any more. */
    private void leave(SlotCompletion completion) {
        outstanding.remove(completion.sealed());
        Mailbox mailbox = completion.undo.mailbox();
        if (mailbox != null) {
            mailbox.uncommitted--;
            if (mailbox.isIdle()) {
                mailboxes.remove(mailbox.address, mailbox);
            }
        }
    }

    /** Takes a completion back, what was built on it, and what would overtake its messages. */
    private void drop(SlotCompletion first, Set<SlotCompletion> gone) {
        List<SlotCompletion> dropped = new ArrayList<>();
        for (Sealed sealed : shard.drop(first.sealed())) {
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

    // ---- the end

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

    /** Addresses that have work. */
    int mailboxes() {
        return mailboxes.size();
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
