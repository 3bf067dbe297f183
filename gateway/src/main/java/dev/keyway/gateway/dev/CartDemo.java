package dev.keyway.gateway.dev;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.module.load.Modules;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * {@code keyway demo --example cart}: starts Kafka, an instance with the example's module, and its functions in a process of
 * Node; writes orders, kills the functions half-way, and proves from what they wrote that nothing was lost or done twice.
 */
public final class CartDemo {
    private static final int PARTITIONS = 4;
    private static final long SEED = 2002;
    private static final Duration TICK = Duration.ofMillis(200);
    private static final Duration STALL = Duration.ofSeconds(120);
    private static final String RECEIPTS = "receipts";
    private static final String STOCK = "stock";

    private final Options options;
    private final PrintStream out;
    private final CartOrders orders;

    /**
     * @param keep leave everything running after the proof, until the process is interrupted
     * @param adminPort 0 takes 9070 or, if that is taken, a free one
     * @param ingressPort 0 takes 8080 or, if that is taken, a free one
     * @param example the directory of {@code module.yaml} and {@code functions.mjs}
     * @param users how many
     * @param rounds checkouts of each user
     * @param configure makes the configuration of the instance
     */
    public record Options(
            boolean keep,
            int adminPort,
            int ingressPort,
            Path example,
            int users,
            int rounds,
            LocalSettings.Configure configure) {}

    public CartDemo(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.orders = CartOrders.of(SEED, options.users(), options.rounds());
    }

    /**
     * Runs to the end; with {@code keep} until the process is interrupted.
     *
     * @return whether all was proven
     * @throws LocalFailure if something could not start or refused, with one line for the user
     */
    public boolean run() {
        if (!Files.isRegularFile(options.example().resolve("module.yaml"))) {
            throw new LocalFailure("the example is not at " + options.example());
        }
        try (LocalRun run = new LocalRun()) {
            boolean proven = run(run);
            if (options.keep()) {
                run.untilInterrupted();
            }
            return proven;
        }
    }

    private boolean run(LocalRun run) {
        out.println("Starting Kafka, Keyway and the functions of "
                + options.example().getFileName() + ", each on loopback ...");
        FunctionProcess functions = run.open(FunctionProcess.start(options.example(), work(run)));
        LocalKeyway keyway =
                run.open(run.start(options.adminPort(), options.ingressPort(), new WithModule(functions.url())));
        out.println("  Kafka      " + keyway.bootstrapServers() + " (embedded, in this process)");
        out.println("  Keyway     REST " + keyway.adminUrl() + ", module "
                + options.example().resolve("module.yaml"));
        out.println("  functions  " + functions.url() + " (process " + functions.pid() + ", Node.js)");
        out.printf(
                "%nWriting %,d records: %d users add, clear and check out, the inventory is restocked.%n",
                orders.records().size(), options.users());
        try (LocalTopics topics = new LocalTopics(keyway.bootstrapServers())) {
            orders.records().forEach(line -> topics.send(line.topic(), line.key(), line.value()));
            topics.flush();
        }
        CartProof proof = new CartProof(orders);
        follow(keyway, functions, proof);
        boolean proven = summary(proof);
        if (options.keep()) {
            out.println("\nEverything stays up until Ctrl-C. To try:");
            out.println(
                    "  echo 'anna:{\"type\":\"add\",\"item\":\"lamp\",\"quantity\":1}' | keyway produce carts --kafka "
                            + keyway.bootstrapServers());
            out.println("  curl " + keyway.adminUrl() + "/health");
        }
        return proven;
    }

    private static Path work(LocalRun run) {
        try {
            return Files.createDirectory(run.directory().resolve("functions"));
        } catch (IOException e) {
            throw new LocalFailure("cannot write to " + run.directory() + ": " + e.getMessage(), e);
        }
    }

    private void follow(LocalKeyway keyway, FunctionProcess functions, CartProof proof) {
        long start = System.nanoTime();
        long lastNews = start;
        boolean killed = false;
        try (KafkaConsumer<String, String> reader = reader(keyway.bootstrapServers())) {
            while (!proof.complete() && System.nanoTime() - lastNews < STALL.toNanos()) {
                int before = proof.receipts();
                for (ConsumerRecord<String, String> each : reader.poll(TICK)) {
                    lastNews = System.nanoTime();
                    JsonObject value = new JsonObject(each.value());
                    if (each.topic().equals(RECEIPTS)) {
                        proof.receipt(each.key(), value);
                    } else {
                        proof.stock(each.key(), value);
                    }
                }
                if (proof.receipts() > before) {
                    out.printf(
                            "  %5.1f s  %,5d of %,d receipts%n",
                            (lastNews - start) / 1e9, proof.receipts(), orders.expectedReceipts());
                }
                if (!killed && proof.receipts() >= orders.expectedReceipts() / 2) {
                    killed = true;
                    functions.killAndRestart();
                    out.println("           killed the functions' process and started it again");
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw new LocalFailure("interrupted");
                }
            }
        }
    }

    private static KafkaConsumer<String, String> reader(String bootstrapServers) {
        KafkaConsumer<String, String> reader = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest"),
                new StringDeserializer(),
                new StringDeserializer());
        List<TopicPartition> all = List.of(RECEIPTS, STOCK).stream()
                .flatMap(topic -> reader.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        reader.assign(all);
        reader.seekToBeginning(all);
        return reader;
    }

    private boolean summary(CartProof proof) {
        List<String> faults = proof.faults();
        out.printf(
                "%nWhat the functions wrote, read committed:%n"
                        + "  receipts  %,d for %,d checkouts of %d users%n"
                        + "  units     %,d delivered, %,d sold, %,d in stock%n",
                proof.receipts(),
                orders.expectedReceipts(),
                orders.checkouts().size(),
                proof.units(orders.restocked()),
                proof.sold(),
                proof.left());
        if (faults.isEmpty()) {
            out.println("PROVEN: one receipt for each checkout, in order; every unit is sold or in stock.");
        } else {
            out.println("NOT PROVEN:");
            faults.stream().limit(10).forEach(fault -> out.println("  " + fault));
        }
        return faults.isEmpty();
    }

    /** The example's module beside the user's configuration, with its topics. */
    private final class WithModule implements LocalSettings.Configure {
        private final String functions;
        private String bootstrapServers;

        WithModule(String functions) {
            this.functions = functions;
        }

        @Override
        public KeywayConfig with(LocalSettings settings) {
            bootstrapServers = settings.bootstrapServers();
            try (LocalTopics topics = new LocalTopics(bootstrapServers)) {
                for (String topic : List.of(CartOrders.CARTS, CartOrders.RESTOCKS, RECEIPTS, STOCK)) {
                    topics.createIfMissing(topic, PARTITIONS);
                }
            }
            return options.configure().with(settings);
        }

        @Override
        public Module module(KeywayConfig config) {
            Map<String, String> names = Map.of("KAFKA", bootstrapServers, "FUNCTIONS", functions);
            return Modules.load(
                    List.of(options.example().resolve("module.yaml")), names::get, config.defaultRetryPolicy());
        }
    }
}
