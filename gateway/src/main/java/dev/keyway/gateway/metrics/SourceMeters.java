package dev.keyway.gateway.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** The meters of one source. Any thread; closing removes them from the export. */
public final class SourceMeters implements AutoCloseable {

    /**
     * What a source publishes about once a second.
     *
     * @param oldestUnfinishedMillis epoch milliseconds, {@link Long#MAX_VALUE} when nothing is unfinished
     */
    public record Live(int partitions, long unfinished, long oldestUnfinishedMillis, long lag) {}

    private final Meters meters;
    private final List<Meter> registered = new ArrayList<>();
    private final LongAdder received;
    private final LongAdder delivered;
    private final LongAdder forwarded;
    private final LongAdder retried;
    private final LongAdder batchesSent;
    private final LongAdder headersDropped;
    private final LongAdder deadLettersRefused;
    private final LongAdder commitsFailed;
    private final LongAdder drainsTimedOut;
    private final LongAdder transactionsAborted;
    private final LongAdder completionsRetried;
    private final LongAdder transactionRecords;
    private final Timer transactions;
    private final LongAdder lost;
    private final LongAdder outOfRange;
    private final Map<Policy, LongAdder> failed = new EnumMap<>(Policy.class);
    private final Timer commits;
    private volatile Live live = new Live(0, 0, Long.MAX_VALUE, 0);

    public SourceMeters(Meters meters, String subscription) {
        this.meters = meters;
        received = counter(Metric.RECORDS_RECEIVED, subscription);
        delivered = counter(Metric.RECORDS_DELIVERED, subscription);
        forwarded = counter(Metric.RECORDS_FORWARDED, subscription);
        retried = counter(Metric.ATTEMPTS_RETRIED, subscription);
        batchesSent = counter(Metric.BATCHES_SENT, subscription);
        headersDropped = counter(Metric.HEADERS_DROPPED, subscription);
        deadLettersRefused = counter(Metric.DEAD_LETTERS_REFUSED, subscription);
        commitsFailed = counter(Metric.COMMITS_FAILED, subscription);
        transactionsAborted = counter(Metric.TRANSACTIONS_ABORTED, subscription);
        completionsRetried = counter(Metric.TRANSACTION_COMPLETIONS_RETRIED, subscription);
        transactionRecords = counter(Metric.TRANSACTION_RECORDS, subscription);
        transactions = meters.timer(Metric.TRANSACTIONS, subscription);
        registered.add(transactions);
        drainsTimedOut = counter(Metric.DRAINS_TIMED_OUT, subscription);
        lost = counter(Metric.PARTITIONS_LOST, subscription);
        outOfRange = counter(Metric.OUT_OF_RANGE, subscription);
        for (Policy policy : Policy.values()) {
            failed.put(policy, counter(Metric.RECORDS_FAILED, subscription, policy.wireName()));
        }
        commits = meters.timer(Metric.COMMITS, subscription);
        registered.add(commits);
        registered.add(meters.gauge(Metric.PARTITIONS, () -> live.partitions(), subscription));
        registered.add(meters.gauge(Metric.RECORDS_UNFINISHED, () -> live.unfinished(), subscription));
        registered.add(meters.gauge(Metric.LAG, () -> live.lag(), subscription));
        registered.add(meters.gauge(Metric.OLDEST_UNFINISHED, this::oldestSeconds, subscription));
    }

    private LongAdder counter(Metric metric, String... tagValues) {
        LongAdder adder = new LongAdder();
        registered.add(meters.counter(metric, adder, tagValues));
        return adder;
    }

    private double oldestSeconds() {
        long since = live.oldestUnfinishedMillis();
        return since == Long.MAX_VALUE ? 0 : Math.max(0, System.currentTimeMillis() - since) / 1000.0;
    }

    public void publish(Live newest) {
        live = newest;
    }

    public void received(int records) {
        received.add(records);
    }

    public void delivered() {
        delivered.increment();
    }

    public void forwarded() {
        forwarded.increment();
    }

    public void retried() {
        retried.increment();
    }

    public void batchSent() {
        batchesSent.increment();
    }

    public void failed(Policy policy) {
        failed.get(policy).increment();
    }

    public void headersDropped(int count) {
        headersDropped.add(count);
    }

    public void deadLetterFailed() {
        deadLettersRefused.increment();
    }

    public void committed(long nanos) {
        commits.record(nanos, TimeUnit.NANOSECONDS);
    }

    public void commitFailed() {
        commitsFailed.increment();
    }

    /** @param records written by it */
    public void transactionCommitted(long records, long nanos) {
        transactions.record(nanos, TimeUnit.NANOSECONDS);
        transactionRecords.add(records);
    }

    /** @param completions that were in it */
    public void transactionAborted(int completions) {
        transactionsAborted.increment();
        completionsRetried.add(completions);
    }

    public void drainTimedOut() {
        drainsTimedOut.increment();
    }

    public void lost(int partitions) {
        lost.add(partitions);
    }

    public void outOfRange(int partitions) {
        outOfRange.add(partitions);
    }

    @Override
    public void close() {
        registered.forEach(meters::remove);
    }
}
