package dev.keyway.benchmarks.state;

import dev.keyway.gateway.state.InternalTopics;
import dev.keyway.gateway.state.Slots;
import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.Expiration;
import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.RecordKeys;
import dev.keyway.gateway.state.record.StateValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long an instance takes to have the state of its slots: from the changelog alone, and again from what it left on disk.
 * A broker in a process of its own, a changelog with one state for each key, and a process with a small heap ({@link
 * RestoreMain}) that restores all slots twice.
 */
@Command(
        name = "Restore",
        description = "Measures the restore of states from the changelog and from the local stores.",
        mixinStandardHelpOptions = true)
public final class Restore implements Callable<Integer> {
    private static final String BROKER = "dev.keyway.benchmarks.load.BrokerMain";
    private static final String PREFIX = "restore.";

    @Option(names = "--keys", defaultValue = "1000000", description = "Keys (${DEFAULT-VALUE}).")
    private int keys;

    @Option(names = "--bytes", defaultValue = "100", description = "Bytes of each state (${DEFAULT-VALUE}).")
    private int bytes;

    @Option(names = "--slots", defaultValue = "64", description = "Slots (${DEFAULT-VALUE}).")
    private int slots;

    @Option(names = "--heap", defaultValue = "64m", description = "Heap of the restoring process (${DEFAULT-VALUE}).")
    private String heap;

    private Restore() {}

    /** Runs the command and exits with its code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Restore()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path data = Files.createTempDirectory("keyway-restore-");
        Process broker = start(List.of("-Xmx1g"), BROKER, List.of());
        try {
            String bootstrap = ready(broker);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
                InternalTopics.Found topics = new InternalTopics(admin, "restore", PREFIX, slots, -1).ensure();
                System.out.printf("writing %,d states of %,d bytes to %d slots%n", keys, bytes, slots);
                write(bootstrap, topics);
            }
            Process restoring = start(
                    List.of("-Xmx" + heap),
                    RestoreMain.class.getName(),
                    List.of(bootstrap, PREFIX, Integer.toString(slots), data.toString()));
            try {
                restoring.getInputStream().transferTo(System.out);
                return restoring.waitFor();
            } finally {
                restoring.destroyForcibly();
            }
        } finally {
            broker.outputWriter().close();
            broker.destroy();
            broker.waitFor();
            delete(data);
        }
    }

    private static Process start(List<String> jvmArgs, String main, List<String> args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmArgs);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(args);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String ready(Process broker) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(broker.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("READY ")) {
                return line.substring("READY ".length());
            }
        }
        throw new IllegalStateException("the broker did not start");
    }

    private void write(String bootstrap, InternalTopics.Found topics) {
        Slots placement = new Slots(slots);
        byte[] value = new StateValue("io.statefun.types/string", new byte[bytes], Expiration.NONE, 0).encode();
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "linger.ms", 20, "batch.size", 256 << 10),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < keys; i++) {
                String id = "key-" + i;
                byte[] key = RecordKeys.encode(new RecordKey.State(new Address("example/counter", id), "seen"));
                producer.send(
                        new ProducerRecord<>(topics.changelog(), placement.of(id), key, value), (where, problem) -> {
                            if (problem != null) {
                                failure.compareAndSet(null, problem);
                            }
                        });
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException("a state was not written", failure.get());
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
