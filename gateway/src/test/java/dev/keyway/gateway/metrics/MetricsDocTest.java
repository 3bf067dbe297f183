package dev.keyway.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} lists what {@link Metric} declares. Run with {@code -Dkeyway.docs.write=true} to rewrite it. */
class MetricsDocTest {
    private static final Path PAGE = Path.of("..", "docs", "metrics.md");
    private static final String BEGIN = "<!-- generated from dev.keyway.gateway.metrics.Metric -->\n";

    @Test
    void thePageListsEveryMetricAsDeclared() throws Exception {
        String page = Files.readString(PAGE);
        String head = page.substring(0, page.indexOf(BEGIN) + BEGIN.length());
        String wanted = head + table();
        if (Boolean.getBoolean("keyway.docs.write")) {
            Files.writeString(PAGE, wanted);
        }

        assertThat(Files.readString(PAGE)).isEqualTo(wanted);
    }

    private static String table() {
        return "| name | labels | meaning |\n|---|---|---|\n"
                + Stream.of(Metric.values())
                        .map(metric -> "| `" + metric.exportedName() + "` | "
                                + metric.tags().stream()
                                        .map(tag -> "`" + tag + "`")
                                        .collect(Collectors.joining(", "))
                                + " | " + metric.help() + " |\n")
                        .collect(Collectors.joining());
    }
}
