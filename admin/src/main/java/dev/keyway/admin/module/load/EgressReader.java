package dev.keyway.admin.module.load;

import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.kafka.ProducerOptions;
import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.module.TypeName;
import dev.keyway.admin.module.yaml.Fields;
import dev.keyway.admin.module.yaml.Item;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reads an egress document. */
final class EgressReader {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);
    private static final String PLACEHOLDER = "placeholder:9092";
    private static final List<String> SEMANTICS = Arrays.stream(DeliverySemantic.values())
            .map(DeliverySemantic::wireName)
            .toList();

    private EgressReader() {}

    static void read(Item spec, Map<String, Item> elsewhere, Draft draft) {
        Fields egress = spec.fields(Shapes.EGRESS, elsewhere);
        if (egress == null) {
            return;
        }
        TypeName id = egress.read("id", TypeName::parse);
        if (id != null) {
            draft.id(Kind.KAFKA_EGRESS, id, egress.get("id"));
        }
        PropertyList properties = PropertyList.read(egress);
        String servers = properties.take("bootstrap.servers", "address");
        String address = egress.has("address") ? egress.text("address") : servers;
        if (!egress.has("address") && servers == null) {
            egress.missing("address");
        }
        Fields semantics = egress.fields("deliverySemantic", Shapes.SEMANTIC);
        DeliverySemantic semantic = semantic(semantics);
        Duration timeout = timeout(semantics, semantic);
        Egress read = new Egress(
                id == null ? "egress" : id.toString(),
                null,
                address == null ? PLACEHOLDER : address,
                semantic,
                timeout,
                properties.values());
        check(read, egress, properties);
        if (id != null && address != null) {
            draft.egresses.add(read);
        }
    }

    private static void check(Egress read, Fields egress, PropertyList properties) {
        try {
            ProducerOptions.resolve(null, read).info().forEach(note -> egress.item()
                    .info("has the property " + note));
        } catch (OptionException e) {
            properties.problems(e);
        }
    }

    private static DeliverySemantic semantic(Fields semantics) {
        return semantics == null
                ? DeliverySemantic.AT_LEAST_ONCE
                : DeliverySemantic.of(semantics.word("type", SEMANTICS));
    }

    private static Duration timeout(Fields semantics, DeliverySemantic semantic) {
        if (semantics == null) {
            return null;
        }
        Duration timeout = semantics.duration("transactionTimeout", SHORTEST, LONGEST);
        Long millis = semantics.number("transactionTimeoutMillis", 1, Integer.MAX_VALUE);
        boolean stated = semantics.has("transactionTimeout") || semantics.has("transactionTimeoutMillis");
        if (semantic == DeliverySemantic.EXACTLY_ONCE && !stated) {
            semantics.missing("transactionTimeout");
        }
        if (semantic != DeliverySemantic.EXACTLY_ONCE && stated) {
            semantics.item().info("has a transaction timeout without effect: only exactly-once has transactions");
            return null;
        }
        return millis == null ? timeout : Duration.ofMillis(millis);
    }
}
