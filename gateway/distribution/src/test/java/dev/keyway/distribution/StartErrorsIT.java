package dev.keyway.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user sees when an instance cannot start: one line on standard error, and an exit code that says whose fault. */
class StartErrorsIT {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "--ingrss-port=1, --ingrss-port",
        "--ingress-port=many, --ingress-port",
        "--config-file, --config-file",
        "--log-level=loud, --log-level",
        "--set=ingress.prt=1, ingress.prt",
    })
    void wrongFlag_isNamedInOneLine(String flag, String named) {
        try (KeywayProcess keyway = KeywayProcess.start(directory, "server", flag)) {
            assertThat(keyway.exitCode()).isEqualTo(2);
            assertThat(keyway.errors()).hasLineCount(1).startsWith("keyway: ").contains(named);
        }
    }

    @Test
    void unknownCommand_isNamedWithTheNearestRightOne() {
        try (KeywayProcess keyway = KeywayProcess.start(directory, "sever")) {
            assertThat(keyway.exitCode()).isEqualTo(2);
            assertThat(keyway.errors()).hasLineCount(1).contains("'sever'").contains("server");
        }
    }

    @Test
    void fileAbsent_isNamedInOneLine() {
        try (KeywayProcess keyway = KeywayProcess.start(directory, "server", "-c", "absent.yaml")) {
            assertThat(keyway.exitCode()).isEqualTo(2);
            assertThat(keyway.errors()).hasLineCount(1).contains("absent.yaml").contains("does not exist");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ingress: {port: many}",
                "ingress: [unclosed",
                "ingres: {port: 1}",
                "kafka: {clusters: [{name: a, brokers: ['x:1'], properties: {no.such.option: 1}}]}"
            })
    void fileWrong_isNamedInOneLine(String content) throws IOException {
        Path file = Files.writeString(directory.resolve("wrong.yaml"), content);
        try (KeywayProcess keyway = KeywayProcess.start(directory, "server", "--config-file", file.toString())) {
            assertThat(keyway.exitCode()).isEqualTo(2);
            assertThat(keyway.errors()).hasLineCount(1).startsWith("keyway: ").contains("wrong.yaml");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"admin", "ingress"})
    void portInUse_isNamedInOneLine(String name) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            try (KeywayProcess keyway =
                    KeywayProcess.start(directory, "server", "-c", config(), "--set=" + name + ".port=" + port)) {
                assertThat(keyway.exitCode()).isEqualTo(1);
                assertThat(keyway.errors())
                        .hasLineCount(1)
                        .startsWith("keyway: the " + name + " port " + port)
                        .contains("--" + name + "-port");
            }
        }
    }

    @Test
    void logLevelUnknown_isNamedInOneLine() throws IOException {
        Path executable = KeywayProcess.distribution().resolve("bin/keyway");
        try (KeywayProcess keyway =
                KeywayProcess.start(executable, directory, Map.of("KEYWAY_LOG", "loud"), "server", "-c", config())) {
            assertThat(keyway.exitCode()).isEqualTo(2);
            assertThat(keyway.errors()).hasLineCount(1).contains("KEYWAY_LOG").contains("'loud'");
        }
    }

    @Test
    void check_ofAGoodFile_startsNothingAndSucceeds() throws IOException {
        try (KeywayProcess keyway = KeywayProcess.start(directory, "server", "--check", "-c", config())) {
            assertThat(keyway.exitCode()).isZero();
            assertThat(keyway.errors()).isEmpty();
        }
    }

    private String config() throws IOException {
        return Files.writeString(directory.resolve("keyway.yaml"), """
                        ingress: {port: 0}
                        admin: {port: 0}
                        kafka: {clusters: [{name: local, brokers: ['127.0.0.1:9']}]}
                        """).toString();
    }
}
