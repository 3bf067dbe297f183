package dev.keyway.admin.module.load;

import dev.keyway.codecs.Nearest;
import java.util.Arrays;
import java.util.List;

/** What a document of a module may be. */
enum Kind {
    ENDPOINT_V2("io.statefun.endpoints.v2/http", null),
    ENDPOINT_V1("io.statefun.endpoints.v1/http", null),
    KAFKA_INGRESS("io.statefun.kafka.v1/ingress", null),
    KAFKA_EGRESS("io.statefun.kafka.v1/egress", null),
    KINESIS_INGRESS("io.statefun.kinesis.v1/ingress", "Keyway reads Kafka only, not Kinesis"),
    KINESIS_EGRESS("io.statefun.kinesis.v1/egress", "Keyway writes to Kafka only, not to Kinesis"),
    PLAYGROUND_INGRESS(
            "io.statefun.playground.v1/ingress", "it belongs to StateFun's playground; use Kafka or Keyway's RPC port"),
    PLAYGROUND_EGRESS("io.statefun.playground.v1/egress", "it belongs to StateFun's playground; use Kafka");

    private final String wireName;
    private final String refusal;

    Kind(String wireName, String refusal) {
        this.wireName = wireName;
        this.refusal = refusal;
    }

    /** As {@code kind} has it. */
    String wireName() {
        return wireName;
    }

    /** Why the kind is not offered, {@code null} if it is. */
    String refusal() {
        return refusal;
    }

    /**
     * The kind of this name, which may be one that is not offered.
     *
     * @throws IllegalArgumentException with the nearest right one
     */
    static Kind of(String text) {
        return Arrays.stream(values())
                .filter(kind -> kind.wireName.equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "wanted one of " + String.join(", ", offered()) + Nearest.hint(text, offered())));
    }

    /** The names of those that Keyway has. */
    static List<String> offered() {
        return Arrays.stream(values())
                .filter(kind -> kind.refusal == null)
                .map(Kind::wireName)
                .toList();
    }
}
