package dev.keyway.admin.module.load;

import static dev.keyway.admin.module.load.ModuleText.ENDPOINT;
import static dev.keyway.admin.module.load.ModuleText.egress;
import static dev.keyway.admin.module.load.ModuleText.ingress;
import static dev.keyway.admin.module.load.ModuleText.problems;

import dev.keyway.admin.GeneratedDoc;
import dev.keyway.admin.module.yaml.Key;
import dev.keyway.admin.module.yaml.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code docs/module-yaml.md} says what the code does. */
class ModuleDocTest {

    private static final String PAGE = "module-yaml.md";

    /** A line of a document that is wrong, and a module that holds it. */
    private record Mistake(String line, String... documents) {}

    private static final List<Mistake> MISTAKES = List.of(
            new Mistake("kind: io.statefun.kafka/ingress", "kind: io.statefun.kafka/ingress\nspec: {}\n"),
            new Mistake("kind: io.statefun.kinesis.v1/ingress", "kind: io.statefun.kinesis.v1/ingress\nspec: {}\n"),
            new Mistake("functions: ns/na*", ENDPOINT.replace("ns/*", "ns/na*")),
            new Mistake("urlPathTemplate: localhost:8000", ENDPOINT.replace("http://localhost", "localhost")),
            new Mistake("call: 1.5s", ENDPOINT + "  transport: {call: 1.5s}\n"),
            new Mistake("the pattern of another endpoint", ENDPOINT, ENDPOINT),
            new Mistake(
                    "the id of another ingress", ENDPOINT, ingress(), ingress().replace("topic: t", "topic: u")),
            new Mistake("no address", ENDPOINT, ingress().replace("  address: b:9092\n", "")),
            new Mistake("no consumerGroupId", ENDPOINT, ingress().replace("  consumerGroupId: g\n", "")),
            new Mistake("topics: []", ingress().replaceAll("topics: .*", "topics: []")),
            new Mistake("a topic twice", ENDPOINT, ingress().replace("[{", "[{topic: t, targets: [ns/g]}, {")),
            new Mistake("targets: [\"ns/a, ns/b\"]", ENDPOINT, ingress().replace("[ns/f]", "['ns/a, ns/b']")),
            new Mistake("targets: [ns/*]", ENDPOINT, ingress().replace("[ns/f]", "[ns/*]")),
            new Mistake("a target without endpoint", ENDPOINT, ingress().replace("ns/f", "other/f")),
            new Mistake("properties: {fetch.min.bytes: 1}", ENDPOINT, ingress("properties: {fetch.min.bytes: 1}")),
            new Mistake("- fetch.min.byte: 1", ENDPOINT, ingress("properties: [{fetch.min.byte: 1}]")),
            new Mistake("consumerGroup: g", ENDPOINT, ingress("consumerGroup: g")),
            new Mistake("type: groupOffsets", ENDPOINT, ingress("startupPosition: {type: groupOffsets}")),
            new Mistake(
                    "date: 2020-02-01 04:15:00.00 Z",
                    ENDPOINT,
                    ingress("startupPosition: {type: date, date: 2020-02-01 04:15:00.00 Z}")),
            new Mistake(
                    "timestamp: 2026-04-23T00:00:00",
                    ENDPOINT,
                    ingress("startupPosition: {type: at-timestamp, timestamp: 2026-04-23T00:00:00}")),
            new Mistake("offsets: []", ENDPOINT, ingress("startupPosition: {type: specific-offsets, offsets: []}")),
            new Mistake("type: exactly_once", egress("deliverySemantic: {type: exactly_once}")),
            new Mistake("exactly-once without a timeout", egress("deliverySemantic: {type: exactly-once}")),
            new Mistake(
                    "transactionTimeoutMillis: 15min",
                    egress("deliverySemantic: {type: exactly-once, transactionTimeoutMillis: 15min}")),
            new Mistake("${NOPE}", ENDPOINT.replace("localhost", "${NOPE}")),
            new Mistake("version: \"2.0\"", "version: '2.0'\nmodule: {}\n"));

    @Test
    void theTablesOfKeys_areUpToDate() throws Exception {
        StringBuilder tables = new StringBuilder();
        for (Shape shape : Shapes.all()) {
            tables.append("\n### `")
                    .append(shape.title())
                    .append("`\n\n| key | wanted | default | |\n|---|---|---|---|\n");
            for (Key key : shape.keys()) {
                tables.append("| `%s` | %s | %s | %s |\n"
                        .formatted(
                                key.name(),
                                cell(key.wanted()),
                                key.fallback() == null ? key.absent() : "`" + key.fallback() + "`",
                                key.description()));
            }
        }
        GeneratedDoc.check(PAGE, "keys", tables.append('\n').toString());
    }

    @Test
    void theTableOfMistakes_isWhatIsPrinted() throws Exception {
        StringBuilder table = new StringBuilder("| in the module | message |\n|---|---|\n");
        for (Mistake mistake : MISTAKES) {
            List<String> problems = problems(mistake.documents());
            if (problems.size() != 1) {
                throw new AssertionError(mistake.line() + " makes " + problems);
            }
            table.append("| `%s` | %s |\n".formatted(mistake.line(), cell(problems.get(0))));
        }
        GeneratedDoc.check(PAGE, "mistakes", table.toString());
    }

    /** Markdown takes {@code <}, {@code *} and {@code |} for its own. */
    private static String cell(String text) {
        return text.replace("<", "\\<").replace("*", "\\*").replace("|", "\\|").replace("_", "\\_");
    }
}
