package dev.keyway.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveIT {
    private static final String VERSION = System.getProperty("keyway.version");

    @TempDir
    private Path directory;

    @Test
    void serverJars_holdNothingOfTheEmbeddedBroker() throws IOException {
        Path lib = KeywayProcess.distribution().resolve("lib");

        Set<String> server = jars(lib);
        Set<String> broker = jars(lib.resolve("dev"));

        assertThat(server)
                .contains("keyway-gateway-" + VERSION + ".jar")
                .noneMatch(name -> name.startsWith("kafka_") || name.startsWith("kafka-server"))
                .noneMatch(name -> name.startsWith("keyway-dev-broker"))
                .doesNotContainAnyElementsOf(broker);
        assertThat(broker)
                .contains("keyway-dev-broker-" + VERSION + ".jar")
                .anyMatch(name -> name.startsWith("kafka_"));
    }

    @Test
    void archive_unpackedAnywhere_runsThroughASymbolicLink() throws Exception {
        // Given
        Path archive = KeywayProcess.distribution().resolveSibling("keyway-" + VERSION + ".tar.gz");
        Process tar = new ProcessBuilder("tar", "xzf", archive.toString(), "-C", directory.toString()).start();
        assertThat(tar.waitFor()).isZero();
        Path link =
                Files.createSymbolicLink(directory.resolve("keyway"), Path.of("keyway-" + VERSION, "bin", "keyway"));

        // When
        try (KeywayProcess keyway = KeywayProcess.start(link, directory, Map.of(), "--version")) {
            // Then
            assertThat(keyway.exitCode()).isZero();
            assertThat(keyway.output()).isEqualToIgnoringNewLines("keyway " + VERSION);
        }
    }

    @Test
    void brokerJarsDeleted_devSaysSoInOneLineAndHelpStillWorks() throws IOException {
        // Given
        Path copy = withoutBrokerJars();
        for (String command : List.of("dev", "demo")) {
            // When
            try (KeywayProcess keyway = KeywayProcess.start(copy, directory, Map.of(), command)) {
                // Then
                assertThat(keyway.exitCode()).isEqualTo(1);
                assertThat(keyway.errors()).hasLineCount(1).contains("keyway: ", "lib/dev");
            }
        }
    }

    @Test
    void exampleOfTheDemo_isInTheDistribution_withoutItsModules() throws IOException {
        List<Path> example = files(KeywayProcess.distribution().resolve("examples/statefun-cart"));

        assertThat(example)
                .extracting(file -> file.getFileName().toString())
                .containsExactlyInAnyOrder("functions.mjs", "module.yaml", "package.json", "package-lock.json");
    }

    private Path withoutBrokerJars() throws IOException {
        Path home = Files.createDirectories(directory.resolve("home"));
        for (String part : List.of("bin", "lib")) {
            Files.createDirectories(home.resolve(part));
            for (Path file : files(KeywayProcess.distribution().resolve(part))) {
                Files.copy(file, home.resolve(part).resolve(file.getFileName()));
            }
        }
        return home.resolve("bin/keyway");
    }

    private static Set<String> jars(Path directory) throws IOException {
        return files(directory).stream()
                .map(file -> file.getFileName().toString())
                .collect(Collectors.toSet());
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
