package dev.keyway.admin.module.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keyway.admin.config.ConfigException;
import dev.keyway.admin.config.ConfigException.Problem;
import dev.keyway.admin.module.KafkaIngress;
import dev.keyway.admin.module.Module;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Modules as tests write them. */
final class ModuleText {

    static final String ENDPOINT = """
            kind: io.statefun.endpoints.v2/http
            spec:
              functions: ns/*
              urlPathTemplate: http://localhost:8000/{function.name}
            """;

    static final Map<String, String> ENVIRONMENT =
            Map.of("BROKERS", "b:9092", "SECRET", "hush", "COUNT", "7", "EMPTY", "");

    /** What the last {@link #load} noted. */
    static final ThreadLocal<List<String>> INFO = ThreadLocal.withInitial(ArrayList::new);

    private ModuleText() {}

    /** A sound ingress with further lines of its spec, which are indented here. */
    static String ingress(String... lines) {
        return component("io.statefun.kafka.v1/ingress", """
                  id: ns/in
                  address: b:9092
                  consumerGroupId: g
                  topics: [{topic: t, valueType: ns/T, targets: [ns/f]}]
                """, lines);
    }

    static String egress(String... lines) {
        return component("io.statefun.kafka.v1/egress", "  id: ns/out\n  address: b:9092\n", lines);
    }

    static String component(String kind, String spec, String... lines) {
        StringBuilder text =
                new StringBuilder("kind: ").append(kind).append("\nspec:\n").append(spec);
        for (String line : lines) {
            text.append(line.indent(2));
        }
        return text.toString();
    }

    static Module load(String... documents) {
        INFO.get().clear();
        return Modules.parse("m.yaml", String.join("---\n", documents), ENVIRONMENT::get, INFO.get());
    }

    static KafkaIngress loadIngress(String... lines) {
        return load(ENDPOINT, ingress(lines)).ingresses().get(0);
    }

    static List<String> problems(String... documents) {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> load(documents));
        assertThat(refused).as("refused").isNotNull();
        return refused.problems().stream().map(Problem::toString).toList();
    }
}
