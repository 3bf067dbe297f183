package dev.keyway.gateway.guarantees.stage;

import dev.keyway.gateway.guarantees.journal.Payments;
import dev.keyway.gateway.guarantees.journal.Payments.Kind;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Writes records for counters and commands for accounts at a steady rate until it is stopped or has written all. What the
 * broker acknowledged is in the ledgers; a broker that is away is waited for.
 */
final class FunctionLoad implements AutoCloseable {
    private static final long STEP_NANOS = 20_000_000;
    private static final int COUNTERS = 200;
    private static final int ACCOUNTS = 20;

    /** One command in so many records. */
    private static final int COMMAND_EVERY = 5;

    private static final long FIRST_DEPOSIT = 1_000_000_000;
    private static final long NEVER_MILLIS = 86_400_000;
    private static final int MOST_DELAY_MILLIS = 1_500;

    /** The same for all orders of an account that are taken back at once: it is free again each time. */
    private static final String AGAIN = "again";

    private final String countsTopic;
    private final String bankTopic;
    private final Pace pace;
    private final SplittableRandom random;
    private final KafkaProducer<String, String> producer;
    private final Map<String, Integer> written = new ConcurrentHashMap<>();
    private final Payments payments = new Payments();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final PriorityQueue<Recall> recalls = new PriorityQueue<>();
    private final Thread thread;
    private volatile boolean stopping;
    private long nextAmount;

    /** A cancellation to be written at about the time at which its payment comes. */
    private record Recall(long dueNanos, String account, String token) implements Comparable<Recall> {
        @Override
        public int compareTo(Recall other) {
            return Long.compare(dueNanos - other.dueNanos, 0);
        }
    }

    FunctionLoad(String bootstrapServers, String countsTopic, String bankTopic, Pace pace, long seed) {
        this.countsTopic = countsTopic;
        this.bankTopic = bankTopic;
        this.pace = pace;
        this.random = new SplittableRandom(seed);
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.LINGER_MS_CONFIG,
                        5,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        600_000,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        600_000),
                new StringSerializer(),
                new StringSerializer());
        this.thread = Daemon.start("function-load", this::write);
    }

    /** Acknowledged records by key. */
    Map<String, Integer> written() {
        return new TreeMap<>(written);
    }

    Payments payments() {
        return payments;
    }

    boolean done() {
        return !thread.isAlive();
    }

    private void write() {
        for (int i = 0; i < ACCOUNTS; i++) {
            deposit("a" + i, FIRST_DEPOSIT + 2L * i);
            deposit("b" + i, FIRST_DEPOSIT + 2L * i + 1);
        }
        long begun = System.nanoTime();
        for (int sent = 0; sent < pace.records() && !stopping; ) {
            long due = Math.min(pace.records(), (System.nanoTime() - begun) * pace.perSecond() / 1_000_000_000L);
            for (; sent < due && !stopping; sent++) {
                if (sent % COMMAND_EVERY == 0) {
                    command();
                } else {
                    count("c" + random.nextInt(COUNTERS));
                }
            }
            recall(System.nanoTime());
            LockSupport.parkNanos(STEP_NANOS);
        }
        recall(Long.MAX_VALUE / 2 + System.nanoTime());
    }

    private void count(String key) {
        send(countsTopic, key, "", () -> written.merge(key, 1, Integer::sum));
    }

    private void deposit(String account, long amount) {
        JsonObject command = new JsonObject().put("deposit", new JsonObject().put("amount", amount));
        send(bankTopic, account, command.encode(), () -> payments.add(Kind.DEPOSIT, null, account, amount));
    }

    /** Payments whose outcome is certain are among some accounts, those that race with their cancellation among others. */
    private void command() {
        int dice = random.nextInt(10);
        long amount = ++nextAmount;
        if (dice < 5) {
            transfer(Kind.AT_ONCE, "a", amount, null, null);
        } else if (dice < 7) {
            transfer(Kind.DELAYED, "a", amount, (long) random.nextInt(1, MOST_DELAY_MILLIS), null);
        } else if (dice < 8) {
            cancel(transfer(Kind.CANCELLED, "a", amount, NEVER_MILLIS, AGAIN), AGAIN);
        } else {
            long delay = random.nextInt(1, MOST_DELAY_MILLIS);
            String token = "r" + amount;
            String account = transfer(Kind.RACED, "b", amount, delay, token);
            long about = delay + random.nextInt(-200, 200);
            recalls.add(new Recall(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(about), account, token));
        }
    }

    /** Returns the account that pays. */
    private String transfer(Kind kind, String accounts, long amount, Long afterMillis, String token) {
        int from = random.nextInt(ACCOUNTS);
        int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        JsonObject transfer = new JsonObject().put("to", accounts + to).put("amount", amount);
        if (afterMillis != null) {
            transfer.put("afterMillis", afterMillis);
        }
        if (token != null) {
            transfer.put("token", token);
        }
        String account = accounts + from;
        send(
                bankTopic,
                account,
                new JsonObject().put("transfer", transfer).encode(),
                () -> payments.add(kind, account, accounts + to, amount));
        return account;
    }

    private void cancel(String account, String token) {
        JsonObject command = new JsonObject().put("cancel", new JsonObject().put("token", token));
        send(bankTopic, account, command.encode(), () -> {});
    }

    private void recall(long nowNanos) {
        for (Recall next = recalls.peek(); next != null && next.dueNanos() - nowNanos <= 0; next = recalls.peek()) {
            recalls.remove();
            cancel(next.account(), next.token());
        }
    }

    private void send(String topic, String key, String value, Runnable acknowledged) {
        producer.send(new ProducerRecord<>(topic, key, value), (where, problem) -> {
            if (problem == null) {
                acknowledged.run();
            } else {
                failure.compareAndSet(null, problem);
            }
        });
    }

    /** Returns when all is written and acknowledged. */
    void finish() {
        Daemon.join(thread);
        producer.flush();
        if (failure.get() != null) {
            throw new IllegalStateException("a record was not written", failure.get());
        }
    }

    @Override
    public void close() {
        stopping = true;
        Daemon.join(thread);
        producer.close();
    }
}
