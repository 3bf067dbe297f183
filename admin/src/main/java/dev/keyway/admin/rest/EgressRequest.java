package dev.keyway.admin.rest;

import dev.keyway.admin.config.Masking;
import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.DurationText;
import dev.keyway.admin.model.Egress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Egresses in request bodies. */
final class EgressRequest {

    private static final Pattern ID =
            Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}(/[a-zA-Z0-9][a-zA-Z0-9._-]{0,127})?");
    private static final List<String> CHANGEABLE =
            List.of("cluster", "address", "delivery_semantic", "transaction_timeout", "properties");
    private static final List<String> KNOWN =
            List.of("id", "cluster", "address", "delivery_semantic", "transaction_timeout", "properties");
    private static final List<String> SEMANTICS = Arrays.stream(DeliverySemantic.values())
            .map(DeliverySemantic::wireName)
            .toList();
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

    private EgressRequest() {}

    static Egress create(JsonBody body) {
        body.onlyKnown(KNOWN);
        String id = body.required("id");
        if (!ID.matcher(id).matches()) {
            throw body.bad(
                    "id",
                    "'" + id + "' is neither <namespace>/<name> nor a name; both begin with a letter or digit and "
                            + "have letters, digits, '.', '_' and '-', 128 at most");
        }
        return read(body, new Egress(id, null, null, DeliverySemantic.AT_LEAST_ONCE, null, Map.of()));
    }

    /** A field that is named replaces, {@code null} brings back the default. */
    static Egress patch(JsonBody body, Egress present) {
        if (body.mentions("id")) {
            throw body.bad("id", "cannot be changed; create another egress");
        }
        body.onlyKnown(CHANGEABLE);
        return read(body, present);
    }

    private static Egress read(JsonBody body, Egress old) {
        String cluster = body.mentions("cluster") ? body.optional("cluster") : old.cluster();
        String address = body.mentions("address") ? body.optional("address") : old.address();
        // Naming the one takes the place of the other that stood there before.
        if (body.has("cluster") && !body.mentions("address")) {
            address = null;
        } else if (body.has("address") && !body.mentions("cluster")) {
            cluster = null;
        }
        if (cluster == null && address == null) {
            throw body.bad("cluster", "is missing; name a Kafka cluster, or give the brokers in address");
        }
        if (cluster != null && address != null) {
            throw body.bad(
                    "address", "cannot be combined with cluster, which has brokers of its own; give one of them");
        }
        DeliverySemantic semantic = body.mentions("delivery_semantic")
                ? DeliverySemantic.of(
                        body.word("delivery_semantic", DeliverySemantic.AT_LEAST_ONCE.wireName(), SEMANTICS))
                : old.semantic();
        return new Egress(
                old.id(),
                cluster,
                address,
                semantic,
                body.mentions("transaction_timeout") ? timeout(body) : old.transactionTimeout(),
                body.mentions("properties") ? properties(body) : old.properties());
    }

    private static Duration timeout(JsonBody body) {
        Duration timeout = body.duration("transaction_timeout");
        if (timeout != null && (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0)) {
            throw body.bad(
                    "transaction_timeout",
                    DurationText.format(timeout) + " is not between " + DurationText.format(SHORTEST) + " and "
                            + DurationText.format(LONGEST));
        }
        return timeout;
    }

    private static Map<String, String> properties(JsonBody body) {
        Map<String, String> properties = body.texts("properties");
        properties.forEach((name, value) -> {
            if (Masking.MASK.equals(value) && Masking.isSecret(name)) {
                throw body.bad(
                        "properties." + name,
                        "is '" + Masking.MASK + "', which only stands for a secret in answers; write the value or a "
                                + "reference like ${env:NAME}");
            }
            if (name.equals("bootstrap.servers") || name.equals("metadata.broker.list")) {
                throw body.bad("properties." + name, "is not a property of an egress; give cluster or address");
            }
        });
        return properties;
    }
}
