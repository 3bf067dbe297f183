package dev.keyway.benchmarks.peer;

import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.vertx.VertxParallelEoSStreamProcessor;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code parallel-consumer-vertx} in key order, one POST per record over h2c, as a process that a load run starts and
 * measures. Prints {@code ready} on standard output once it has partitions, and ends when standard input closes.
 *
 * <p>The defaults are its best on 2 cores that broker and handler share (processor time per event, 200-byte values,
 * 10,000 keys, 8 partitions): one event loop with one held connection costs 32 to 35 µs, a second connection 43 µs, a
 * second loop 49 µs, because parallel-consumer's own control and worker threads need a core. 256 to 1,000 calls in
 * flight cost the same, 4,000 cost 39 µs and stall the loop for seconds in garbage collection at {@code -Xmx512m};
 * larger polls gain nothing. Offsets are committed asynchronously every 5 s, its cheapest mode. Each record is handed to
 * the loop that owns the connection, and Vert.x's plain client is used, not the {@code WebClient} above it.
 */
@Command(
        name = "parallel-consumer-peer",
        description = "Delivers a topic to an HTTP/2 handler with parallel-consumer-vertx, in key order.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class ParallelConsumerMain implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--bootstrap", required = true, description = "The broker, HOST:PORT.")
    private String bootstrap;

    @Option(names = "--topic", required = true, description = "The topic, read from its begin.")
    private String topic;

    @Option(names = "--group", required = true, description = "The consumer group.")
    private String group;

    @Option(names = "--uri", required = true, description = "The handler: http://HOST:PORT.")
    private URI uri;

    @Option(names = "--path-prefix", required = true, description = "First part of the path: /LoadObject.")
    private String pathPrefix;

    @Option(names = "--handler", required = true, description = "Last part of the path.")
    private String handler;

    @Option(
            names = "--concurrency",
            defaultValue = "1000",
            description = "Calls in flight; parallel-consumer's maxConcurrency (${DEFAULT-VALUE}).")
    private int concurrency;

    @Option(names = "--loops", defaultValue = "1", description = "Event loops that call (${DEFAULT-VALUE}).")
    private int loops;

    @Option(names = "--connections", defaultValue = "1", description = "Connections of each loop (${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--max-poll-records", defaultValue = "500", description = "The consumer's (${DEFAULT-VALUE}).")
    private int maxPollRecords;

    private ParallelConsumerMain() {}

    /** Runs until standard input closes. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ParallelConsumerMain()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        if (!"http".equals(uri.getScheme()) || uri.getHost() == null || uri.getPort() < 0) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--uri: found \"" + uri + "\", wanted http://HOST:PORT");
        }
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops));
        Destination destination =
                new Destination(uri.getHost(), uri.getPort(), pathPrefix, handler, connections, concurrency);
        Caller[] callers = new Caller[loops];
        Arrays.setAll(callers, i -> new Caller(vertx, destination));
        ParallelConsumerOptions<byte[], byte[]> options = ParallelConsumerOptions.<byte[], byte[]>builder()
                .consumer(consumer())
                .ordering(ProcessingOrder.KEY)
                .maxConcurrency(concurrency)
                .build();
        var processor = new VertxParallelEoSStreamProcessor<byte[], byte[]>(vertx, null, options);
        processor.subscribe(List.of(topic), new SaysReady());
        processor.vertxFuture(context -> {
            ConsumerRecord<byte[], byte[]> record = context.getSingleConsumerRecord();
            return callers[Math.floorMod(Arrays.hashCode(record.key()), loops)].call(record);
        });
        while (System.in.read() >= 0) {
            // Input means nothing; its end means to stop.
        }
        processor.closeDontDrainFirst();
        return 0;
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                ConsumerConfig.GROUP_ID_CONFIG, group,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxPollRecords,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Tells the load run that the group has placed partitions here. */
    private static final class SaysReady implements ConsumerRebalanceListener {
        private final AtomicBoolean said = new AtomicBoolean();

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (said.compareAndSet(false, true)) {
                System.out.println("ready");
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}
    }
}
