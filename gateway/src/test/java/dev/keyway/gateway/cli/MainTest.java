package dev.keyway.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> environment = new HashMap<>();

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"", "server", "dev", "demo", "produce"})
    void help_ofEveryCommand_goesToStandardOutput(String command) {
        int exitCode = command.isEmpty() ? run("--help") : run(command, "--help");

        assertThat(exitCode).isZero();
        assertThat(out.toString())
                .startsWith(("Usage: keyway " + command).strip())
                .contains("--help", "--version");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void withoutACommand_usageGoesToStandardErrorAndTheExitCodeSaysSo() {
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("server", "dev", "demo", "produce");
    }

    @Test
    void unknownFlag_isOneLineWithTheNearestRightFlags() {
        assertThat(run("server", "--confg-file", "x")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .hasLineCount(1)
                .startsWith("keyway: ")
                .contains("--confg-file", "did you mean --config-file", "keyway server --help");
    }

    @Test
    void configurationFileIsADirectory_isOneLine() {
        assertThat(run("server", "-c", "/")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).hasLineCount(1).contains("configuration file / is a directory");
    }

    @Test
    void configurationFileFromTheEnvironment_isRead() {
        environment.put("KEYWAY_CONFIG_FILE", "/no/such/keyway.yaml");

        assertThat(run("server", "--check")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).hasLineCount(1).contains("/no/such/keyway.yaml does not exist");
    }

    @Test
    void levelFromTheEnvironmentUnknown_namesVariableAndLevels() {
        environment.put("KEYWAY_LOG", "loud");

        assertThat(run("server")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).hasLineCount(1).contains("KEYWAY_LOG is 'loud'", "trace, debug, info, warn, error");
    }

    @Test
    void modules_areCheckedAllTogether() throws Exception {
        environment.put("KEYWAY_KAFKA__CLUSTERS", "[{name=main,brokers=[\"b:9092\"]}]");
        Path sound = Files.writeString(
                directory.resolve("a,b.yaml"),
                "kind: io.statefun.endpoints.v2/http\nspec: {functions: a/*, urlPathTemplate: 'http://h:1/'}\n");
        Path wrong = Files.writeString(directory.resolve("wrong.yaml"), "kind: a/b\n---\nkind: c/d\n");

        assertThat(run("server", "--check", "--module", sound.toString())).isZero();
        assertThat(run("server", "--check", "--module", sound.toString(), "--module", wrong.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .hasLineCount(1)
                .contains(wrong + ":1 (document 1): kind is 'a/b'", wrong + ":3 (document 2): kind is 'c/d'")
                .doesNotContain(sound.toString());
    }

    private int run(String... arguments) {
        return Main.commandLine(environment, new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(arguments);
    }
}
