package dev.keyway.benchmarks.load;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Kills one of two instances with {@code kill -9} while its exactly-once transaction is open, and measures how long the
 * read-committed output of any partition stands still: from the kill until a record of each partition is seen that was
 * written after it. Broker, handler and instances are processes of their own.
 */
@Command(name = "Failover", sortOptions = false, mixinStandardHelpOptions = true)
public final class Failover implements Callable<Integer> {
    private static final int PARTITIONS = 8;
    private static final int RATE = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String GROUP = "failover";
    private static final String EXACTLY_ONCE = "exactly-once";
    private static final Workload LOAD = new Workload(1, Keys.uniform(1_000), Scenarios.VALUE_BYTES, 1, PARTITIONS);

    @Option(names = "--kills", defaultValue = "10", description = "How often (${DEFAULT-VALUE}).")
    private int kills;

    @Option(
            names = "--session-seconds",
            defaultValue = "6",
            description = "session.timeout.ms of the subscription, in seconds (${DEFAULT-VALUE}).")
    private int sessionSeconds;

    @Option(
            names = "--transaction-seconds",
            defaultValue = "10",
            description = "transaction_timeout of the egress, in seconds (${DEFAULT-VALUE}).")
    private int transactionSeconds;

    private final Setup setup = new Setup();
    private final Children children = new Children();
    private final List<Double> seconds = new ArrayList<>();
    private String bootstrapServers;
    private Admin admin;
    private KafkaConsumer<byte[], byte[]> output;
    private String subscription;
    /** When the newest answer to a record of each partition was written. */
    private final Map<Integer, Long> newest = new HashMap<>();

    private volatile boolean ended;

    private Failover() {}

    /** Runs the command and exits with its code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Failover()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        try {
            run();
            return CommandLine.ExitCode.OK;
        } finally {
            ended = true;
            children.close();
        }
    }

    private void run() throws Exception {
        ChildJvm broker = children.start("broker", List.of("-Xmx1g"), BrokerMain.class, List.of());
        ChildJvm handler = children.start("handler", List.of("-Xmx512m"), HandlerMain.class, List.of("1"));
        bootstrapServers = broker.await("READY");
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        int port = Integer.parseInt(handler.await("READY"));
        handler.tell("reset 100000000 " + LOAD.keys().count() + " 0");
        KeywayProcess victim = instance("one");
        victim.register(port, false);
        victim.addEgress(EXACTLY_ONCE, EXACTLY_ONCE, transactionSeconds);
        String topic = new Topics(bootstrapServers, admin).create(LOAD).get(0);
        subscription = victim.subscribe(
                topic,
                GROUP,
                KeywayProcess.ANSWERING,
                1,
                EXACTLY_ONCE,
                new JsonObject().put("session.timeout.ms", Integer.toString(sessionSeconds * 1_000)));
        Thread load = new Thread(() -> load(topic), "load");
        load.setDaemon(true);
        load.start();
        instance("two");
        output = output();
        System.out.printf(
                "bound: session %d s + transaction %d s + scan 10 s = %d s%n",
                sessionSeconds, transactionSeconds, sessionSeconds + transactionSeconds + 10);
        for (int kill = 1; kill <= kills; kill++) {
            double took = killed(victim);
            seconds.add(took);
            System.out.printf(Locale.ROOT, "kill %2d: all partitions went on after %5.1f s%n", kill, took);
            children.end(victim.jvm());
            victim = instance("one");
        }
        Collections.sort(seconds);
        System.out.printf(
                Locale.ROOT,
                "%d kills: least %.1f s, median %.1f s, most %.1f s%n",
                kills,
                seconds.get(0),
                seconds.get(seconds.size() / 2),
                seconds.get(seconds.size() - 1));
    }

    private KeywayProcess instance(String id) {
        return new KeywayProcess(children, setup, bootstrapServers, id);
    }

    /** A key belongs to the partition of its number, so that an answer tells by its key which partition it is of. */
    private void load(String topic) {
        Body body = new Body(LOAD.valueBytes());
        int keys = LOAD.keys().count();
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new StringSerializer(), new ByteArraySerializer())) {
            long start = System.nanoTime();
            for (int sent = 0; !ended; ) {
                for (; sent < (System.nanoTime() - start) * RATE / 1_000_000_000L; sent++) {
                    int key = sent % keys;
                    producer.send(new ProducerRecord<>(
                            topic, key % PARTITIONS, Integer.toString(key), body.of(sent, key, 0)));
                }
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> output() throws Exception {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "latest",
                        "fetch.max.wait.ms",
                        20),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> all = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            all.add(new TopicPartition(KeywayProcess.REPLIES, partition));
        }
        consumer.assign(all);
        return consumer;
    }

    /** Seconds from the kill, with a transaction open, until all partitions have gone on. */
    private double killed(KeywayProcess victim) throws Exception {
        awaitShared();
        awaitNewerThan(System.currentTimeMillis());
        String id = "keyway./" + subscription + "/one/0";
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            // Stopped first, so that what is seen to be open is open when it is killed.
            signal("STOP", victim);
            long stopped = System.nanoTime();
            long stoppedAt = System.currentTimeMillis();
            if (state(id) == TransactionState.ONGOING) {
                victim.jvm().kill();
                awaitNewerThan(stoppedAt);
                return (System.nanoTime() - stopped) / 1e9;
            }
            signal("CONT", victim);
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("no open transaction of " + id + " was met");
            }
            awaitNewerThan(System.currentTimeMillis());
        }
    }

    /** Until each instance has its half of the partitions. */
    private void awaitShared() throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            List<Integer> shares =
                    admin.describeConsumerGroups(List.of(GROUP)).describedGroups().get(GROUP).get().members().stream()
                            .map(member -> member.assignment().topicPartitions().size())
                            .toList();
            if (shares.equals(List.of(PARTITIONS / 2, PARTITIONS / 2))) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the partitions are not shared evenly: " + shares);
            }
            LockSupport.parkNanos(100_000_000);
        }
    }

    private static void signal(String name, KeywayProcess to) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(to.jvm().pid()))
                .start()
                .waitFor();
    }

    private TransactionState state(String id) throws InterruptedException, ExecutionException {
        try {
            return admin.describeTransactions(List.of(id)).description(id).get().state();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TransactionalIdNotFoundException) {
                return TransactionState.EMPTY;
            }
            throw e;
        }
    }

    private static int partition(byte[] key) {
        return Integer.parseInt(new String(key, StandardCharsets.US_ASCII)) % PARTITIONS;
    }

    /** Reads until each partition has a record that was written after this moment. */
    private void awaitNewerThan(long epochMillis) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (newest.size() < PARTITIONS || Collections.min(newest.values()) <= epochMillis) {
            output.poll(Duration.ofMillis(50))
                    .forEach(record -> newest.merge(partition(record.key()), record.timestamp(), Math::max));
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the output stands still: " + newest + " behind " + epochMillis
                        + ", partitions " + Arrays.toString(newest.keySet().toArray()));
            }
        }
    }
}
