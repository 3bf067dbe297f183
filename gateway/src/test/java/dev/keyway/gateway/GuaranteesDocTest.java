package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GuaranteesDocTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:IT|Test|Properties))\\.(\\w+)`");

    @Test
    void everyTestThatTheDocumentNamesExists() throws IOException {
        Map<String, String> sources = testSources();
        TreeSet<String> missing = new TreeSet<>();

        var named = NAMED.matcher(Files.readString(ROOT.resolve("docs/guarantees.md")))
                .results()
                .toList();

        for (MatchResult test : named) {
            if (!sources.getOrDefault(test.group(1), "").matches("(?s).*\\b" + test.group(2) + "\\b.*")) {
                missing.add(test.group(1) + "." + test.group(2));
            }
        }
        assertThat(named).hasSizeGreaterThan(20);
        assertThat(missing).isEmpty();
    }

    private static Map<String, String> testSources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (String module : new String[] {"codecs", "ordering", "admin", "gateway"}) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
                }
            }
        }
        return sources;
    }
}
