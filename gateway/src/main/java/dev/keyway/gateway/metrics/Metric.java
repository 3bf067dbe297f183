package dev.keyway.gateway.metrics;

import java.util.List;

/** Every metric that Keyway exports: the only source of names, tags and help texts. Names are public API. */
public enum Metric {
    RECORDS_RECEIVED(Kind.COUNTER, "keyway.records.received", "Records taken from Kafka for delivery", "subscription"),
    RECORDS_DELIVERED(Kind.COUNTER, "keyway.records.delivered", "Records that their handler completed", "subscription"),
    RECORDS_FORWARDED(Kind.COUNTER, "keyway.records.forwarded", "Records that the inbox has taken", "subscription"),
    ATTEMPTS_RETRIED(
            Kind.COUNTER,
            "keyway.attempts.retried",
            "Failed attempts that were followed by another one",
            "subscription"),
    RECORDS_FAILED(
            Kind.COUNTER, "keyway.records.failed", "Records that took a failure policy", "subscription", "policy"),
    BATCHES_SENT(
            Kind.COUNTER,
            "keyway.batches.sent",
            "Requests that carried a batch, attempts repeated included",
            "subscription"),
    HEADERS_DROPPED(
            Kind.COUNTER,
            "keyway.record.headers.dropped",
            "Record headers with a reserved name or no legal form",
            "subscription"),
    DEAD_LETTERS_REFUSED(
            Kind.COUNTER,
            "keyway.dead.letters.refused",
            "Writes that a dead-letter topic did not take",
            "subscription"),
    RECORDS_UNFINISHED(Kind.GAUGE, "keyway.records.unfinished", "Records delivered and not done", "subscription"),
    OLDEST_UNFINISHED(
            Kind.GAUGE,
            "keyway.oldest.unfinished.seconds",
            "Age of the oldest record that is not done",
            "subscription"),
    LAG(Kind.GAUGE, "keyway.lag", "Records between the committable offset and the log end", "subscription"),
    PARTITIONS(Kind.GAUGE, "keyway.partitions.assigned", "Partitions that this instance owns", "subscription"),
    COMMITS(Kind.TIMER, "keyway.commit", "Latency of offset commits", "subscription"),
    COMMITS_FAILED(
            Kind.COUNTER, "keyway.commits.failed", "Offset commits that failed and are repeated", "subscription"),
    TRANSACTIONS(Kind.TIMER, "keyway.transactions", "Committed transactions and how long they took", "subscription"),
    TRANSACTIONS_ABORTED(
            Kind.COUNTER,
            "keyway.transactions.aborted",
            "Transactions that did not commit; what of them is still owned is tried again",
            "subscription"),
    TRANSACTION_COMPLETIONS_RETRIED(
            Kind.COUNTER,
            "keyway.transactions.completions.retried",
            "Finished records that were in an aborted transaction",
            "subscription"),
    TRANSACTION_RECORDS(
            Kind.COUNTER,
            "keyway.transactions.records",
            "Records written by committed transactions, offsets not counted",
            "subscription"),
    DRAINS_TIMED_OUT(
            Kind.COUNTER,
            "keyway.drains.timed.out",
            "Revokes whose calls did not land within the bound",
            "subscription"),
    PARTITIONS_LOST(Kind.COUNTER, "keyway.partitions.lost", "Partitions lost without a revoke", "subscription"),
    OUT_OF_RANGE(Kind.COUNTER, "keyway.offsets.out.of.range", "Partitions restarted at the log start", "subscription"),
    CALLS_IN_FLIGHT(Kind.GAUGE, "keyway.calls.in.flight", "Calls in flight", "deployment"),
    CALLS_WAITING(
            Kind.GAUGE,
            "keyway.calls.waiting",
            "Calls that wait for a permit, the rate, a closed circuit or a stream",
            "deployment"),
    CONCURRENCY_LIMIT(
            Kind.GAUGE,
            "keyway.concurrency.limit",
            "Calls in flight that this instance allows now, adaptive or fixed",
            "deployment"),
    CIRCUIT_OPEN(Kind.GAUGE, "keyway.circuit.open", "1 while only probes are sent, else 0", "deployment"),
    CIRCUIT_OPENED(Kind.COUNTER, "keyway.circuit.opened", "Times that the circuit has opened", "deployment"),
    RATE_LIMIT(
            Kind.GAUGE,
            "keyway.rate.limit",
            "Calls per second that this instance may send, 0 when not limited",
            "deployment"),
    CONNECTIONS(Kind.GAUGE, "keyway.connections", "Open connections", "deployment"),
    MAILBOXES(Kind.GAUGE, "keyway.mailboxes", "Keys that have work"),
    MAILBOX_DEPTH(Kind.GAUGE, "keyway.mailbox.entries", "Invocations held in mailboxes and workers"),
    BLOCKED_KEYS(Kind.GAUGE, "keyway.blocked.keys", "Keys that wait for an operator"),
    HELD_BYTES(Kind.GAUGE, "keyway.held.bytes", "Bytes of records held by this process"),
    STATE_SHARDS(Kind.GAUGE, "keyway.state.slots", "Slots whose state this instance holds or restores"),
    STATE_MEMORY(Kind.GAUGE, "keyway.state.memory.bytes", "Memory outside of the heap that local stores use"),
    STATE_RESTORING(Kind.GAUGE, "keyway.state.restoring", "Slots that are being restored from the changelog"),
    STATE_RESTORE_REMAINING(
            Kind.GAUGE,
            "keyway.state.restore.remaining",
            "Offsets of the changelog that running restores have still to read"),
    STATE_RESTORED(Kind.COUNTER, "keyway.state.restored.records", "Records that restores have read"),
    STATE_DISCARDED(Kind.COUNTER, "keyway.state.discarded", "Local stores that could not be used and were made anew"),
    EGRESS_WRITTEN(
            Kind.COUNTER,
            "keyway.egress.records",
            "Records acknowledged by the brokers, those in transactions of sources left out",
            "egress"),
    EGRESS_FAILED(Kind.COUNTER, "keyway.egress.failures", "Writes that an egress did not take", "egress"),
    EGRESS_RECORDS(
            Kind.GAUGE, "keyway.egress.in.flight.records", "Records handed over and not yet acknowledged", "egress"),
    EGRESS_BYTES(Kind.GAUGE, "keyway.egress.in.flight.bytes", "The same in bytes", "egress"),
    EGRESS_FAILING(Kind.GAUGE, "keyway.egress.failing", "1 while the last record was not taken, else 0", "egress"),
    RPC_CALLS(Kind.COUNTER, "keyway.rpc.calls", "RPC calls by outcome", "outcome");

    /** How a metric is counted. */
    public enum Kind {
        COUNTER("_total"),
        GAUGE(""),
        TIMER("_seconds");

        private final String suffix;

        Kind(String suffix) {
            this.suffix = suffix;
        }
    }

    private final Kind kind;
    private final String meterName;
    private final String help;
    private final List<String> tags;

    Metric(Kind kind, String meterName, String help, String... tags) {
        this.kind = kind;
        this.meterName = meterName;
        this.help = help;
        this.tags = List.of(tags);
    }

    /** Micrometer's dotted name; Prometheus gets underscores and {@code _total} or {@code _seconds}. */
    public String meterName() {
        return meterName;
    }

    /** The name in Prometheus' format. */
    public String exportedName() {
        return meterName.replace('.', '_') + kind.suffix;
    }

    public String help() {
        return help;
    }

    public List<String> tags() {
        return tags;
    }
}
