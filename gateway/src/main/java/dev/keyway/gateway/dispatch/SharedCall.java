package dev.keyway.gateway.dispatch;

import dev.keyway.gateway.invoke.BatchCall;
import dev.keyway.gateway.invoke.BatchRecord;
import dev.keyway.gateway.invoke.HeaderSink;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.ordering.TimerWheel;
import java.util.ArrayList;
import java.util.List;

/**
 * One request for several invocations. It takes further ones in until it is full or begins; from then on it is as it is.
 * Those of one key stand in the order of their mailbox. The runner's context only.
 *
 * <pre>
 *   gathering ──full, or lingered──► submitted ──a stream is free──► begun ──► done
 *       └───────all were recalled─────────┴──────────► gone
 * </pre>
 */
final class SharedCall extends TimerWheel.Timer implements BatchCall {
    private final Batches batches;
    private final Batching batching;
    private final Target target;
    private final List<Invocation> members = new ArrayList<>();
    private List<Outcome> results;
    private Object attemptState;
    private int live;
    private int cap;
    private long bytes;
    boolean submitted;
    /** The handler may have seen it. */
    private boolean sent;
    /** Reset by this instance. */
    boolean aborted;

    SharedCall(Batches batches, Batching batching, Target target) {
        this.batches = batches;
        this.batching = batching;
        this.target = target;
        this.cap = batching.bounds().maxRecords();
    }

    Batching batching() {
        return batching;
    }

    /** Its invocations in order; {@code null} where one left before the beginning. */
    List<Invocation> members() {
        return members;
    }

    boolean empty() {
        return live == 0;
    }

    boolean full() {
        return live >= cap || bytes >= batching.bounds().maxBytes();
    }

    boolean takes(Invocation invocation) {
        return invocation.target == target
                && live < cap
                && (invocation.shareLimit == 0 || live < invocation.shareLimit)
                && (live == 0
                        || bytes + invocation.weight() <= batching.bounds().maxBytes());
    }

    void add(Invocation invocation) {
        invocation.shared = this;
        invocation.sharedIndex = members.size();
        members.add(invocation);
        live++;
        bytes += invocation.weight();
        if (invocation.shareLimit > 0) {
            cap = Math.min(cap, invocation.shareLimit);
        }
    }

    /** Lets go of an invocation before the beginning. */
    void remove(Invocation invocation) {
        members.set(invocation.sharedIndex, null);
        invocation.shared = null;
        live--;
        bytes -= invocation.weight();
    }

    /** Closes the gaps that invocations left. */
    void settleDown() {
        if (live == members.size()) {
            return;
        }
        members.removeIf(member -> member == null);
        for (int i = 0; i < members.size(); i++) {
            members.get(i).sharedIndex = i;
        }
    }

    boolean sent() {
        return sent;
    }

    /** The outcome of each, {@code null} when the handler gave one for all. */
    List<Outcome> results() {
        return results;
    }

    /** It has lingered long enough. */
    @Override
    protected void fire() {
        batches.submit(this);
    }

    @Override
    public int records() {
        return live;
    }

    /** A record that spoils its requests stays the first of them, or is sent alone in the end. */
    @Override
    public Object subject() {
        return members.get(0);
    }

    @Override
    public BatchRecord record(int index) {
        return members.get(index).inBatch();
    }

    @Override
    public void results(List<Outcome> each) {
        results = each;
    }

    @Override
    public Object attemptState() {
        return attemptState;
    }

    @Override
    public void attemptState(Object state) {
        attemptState = state;
    }

    @Override
    public Target target() {
        return target;
    }

    @Override
    public void headers(HeaderSink sink) {
        sent = true;
        batching.headers(sink);
    }

    @Override
    public long timeoutMillis() {
        return batches.timeoutMillis(target);
    }

    @Override
    public boolean begin() {
        return batches.begin(this);
    }

    @Override
    public boolean current() {
        return batches.held(this);
    }

    @Override
    public void done(Outcome outcome) {
        batches.landed(this, outcome);
    }
}
