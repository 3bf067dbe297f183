package dev.keyway.admin.kafka;

import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.KafkaCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Turns the properties of an egress and its cluster, in librdkafka's or the Java client's words, into properties of the
 * Java producer. Pure: reads no file, no environment and no broker. Any thread.
 */
public final class ProducerOptions {

    /** What {@code transaction_timeout} is without a word of the user. */
    public static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(10);

    private static final int DELIVERY_TIMEOUT_MS = 30_000;
    private static final String LINGER_MS = "5";
    private static final int REQUEST_TIMEOUT_MS = 10_000;
    private static final int MAX_BLOCK_MS = 10_000;
    /** What a topic takes is for its broker to say: no bound of our own below what a handler usually answers. */
    private static final int MAX_REQUEST_BYTES = 32 << 20;

    private static final long BUFFER_BYTES = 64L << 20;

    private ProducerOptions() {}

    /**
     * The properties of an egress' clients. Later layers win: defaults, the cluster's properties, the egress'.
     *
     * @param cluster the egress' cluster; {@code null} for an egress with an address of its own
     * @throws OptionException for unknown names, values that are not allowed and contradictions, all at once
     */
    public static ProducerProperties resolve(KafkaCluster cluster, Egress egress) throws OptionException {
        Draft draft = new Draft();
        Layers layers = new Layers(OptionTable.producer(), draft);
        layers.add(connection(cluster, egress).properties());
        // What a cluster's options mean is said where the cluster is shown.
        draft.info().clear();
        layers.add(egress.properties());
        Brokers.convert(draft);
        Tls.convert(draft);
        Sasl.convert(draft);
        if (egress.semantic() != DeliverySemantic.NONE) {
            owned(draft, ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true", egress);
            owned(draft, ProducerConfig.ACKS_CONFIG, "all", egress);
        }
        Map<String, String> names = new HashMap<>();
        draft.given().forEach((name, option) -> {
            names.put(name, option.option());
            draft.set(name, option.value());
        });
        Backoffs.complete(draft);
        draft.setDefault(ProducerConfig.CLIENT_ID_CONFIG, "keyway-egress-" + egress.id());
        draft.setDefault(ProducerConfig.MAX_BLOCK_MS_CONFIG, String.valueOf(MAX_BLOCK_MS));
        draft.setDefault(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, String.valueOf(MAX_REQUEST_BYTES));
        draft.setDefault(ProducerConfig.BUFFER_MEMORY_CONFIG, String.valueOf(BUFFER_BYTES));
        draft.setDefault(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, String.valueOf(REQUEST_TIMEOUT_MS));
        draft.setDefault(ProducerConfig.LINGER_MS_CONFIG, LINGER_MS);
        draft.setDefault(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, String.valueOf(deliveryTimeout(draft)));
        JavaOptions.producer(draft, names);
        if (!draft.problems().isEmpty()) {
            throw new OptionException(draft.problems());
        }
        Map<String, Object> common = new HashMap<>(draft.client());
        common.keySet().retainAll(OptionTable.get().common());
        return new ProducerProperties(draft.client(), common, draft.info());
    }

    /** The cluster that the egress writes to, be it a registered one or its own address. */
    public static KafkaCluster connection(KafkaCluster cluster, Egress egress) {
        return cluster != null
                ? cluster
                : new KafkaCluster(
                        "of egress " + egress.id(),
                        Map.of("bootstrap.servers", egress.address()),
                        KafkaCluster.Origin.DYNAMIC,
                        Instant.EPOCH);
    }

    private static void owned(Draft draft, String name, String value, Egress egress) {
        Draft.Given given = draft.given().get(name);
        draft.drop(name);
        if (given != null && !given.value().strip().equals(value) && !(value.equals("all") && isAll(given))) {
            draft.info(
                    given.option(),
                    "not used: always " + value + " with " + egress.semantic().wireName());
        }
        draft.set(name, value);
    }

    private static boolean isAll(Draft.Given acks) {
        return acks.value().strip().equals("-1");
    }

    private static long deliveryTimeout(Draft draft) {
        long least = number(draft, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG)
                + number(draft, ProducerConfig.LINGER_MS_CONFIG);
        return Math.min(Integer.MAX_VALUE, Math.max(DELIVERY_TIMEOUT_MS, least));
    }

    private static long number(Draft draft, String name) {
        return draft.client().get(name) instanceof String text && text.strip().matches("\\d{1,9}")
                ? Long.parseLong(text.strip())
                : 0;
    }
}
