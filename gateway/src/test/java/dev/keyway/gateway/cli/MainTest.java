package dev.keyway.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> environment = new HashMap<>();

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

    private int run(String... arguments) {
        return Main.commandLine(environment, new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(arguments);
    }
}
