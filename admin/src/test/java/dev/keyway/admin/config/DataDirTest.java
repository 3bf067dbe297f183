package dev.keyway.admin.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirTest {

    @TempDir
    Path parent;

    @Test
    void keepsTheInstanceIdOverRestarts() throws Exception {
        Path directory = parent.resolve("a/b");
        String first;
        try (DataDir data = DataDir.open(directory)) {
            first = data.instanceId(new Random(1));
        }
        try (DataDir data = DataDir.open(directory)) {
            assertThat(data.instanceId(new Random(2))).isEqualTo(first).matches("kw-[a-z2-9]{12}");
        }
        assertThat(Files.list(directory))
                .extracting(path -> path.getFileName().toString())
                .containsExactlyInAnyOrder("instance-id", "lock");
    }

    @Test
    void refusesASecondUserWhileTheFirstLives() throws Exception {
        DataDir first = DataDir.open(parent);

        assertThatThrownBy(() -> DataDir.open(parent))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(parent.toString())
                .hasMessageContaining("is the data-dir of another live Keyway process");

        first.close();
        DataDir.open(parent).close();
    }

    @Test
    void refusesASecondProcess() throws Exception {
        try (DataDir mine = DataDir.open(parent)) {
            Process other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Opener.class.getName(),
                            parent.toString())
                    .redirectErrorStream(true)
                    .start();

            String output = new String(other.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(other.waitFor()).as(output).isEqualTo(3);
            assertThat(mine.instanceId(new Random())).isNotBlank();
        }
    }

    /** Another process: exits with 3 when it is refused. */
    static final class Opener {
        public static void main(String[] args) throws Exception {
            try (DataDir data = DataDir.open(Path.of(args[0]))) {
                System.out.println("opened " + data);
            } catch (ConfigException e) {
                System.out.println(e.getMessage());
                System.exit(3);
            }
        }
    }

    @Test
    void refusesAPathThatIsNoDirectoryAndAnIdThatIsNone() throws Exception {
        Path file = Files.writeString(parent.resolve("file"), "x");
        assertThatThrownBy(() -> DataDir.open(file)).hasMessageContaining("cannot be used as data-dir");

        Files.writeString(parent.resolve("instance-id"), "not an id\n");
        try (DataDir data = DataDir.open(parent)) {
            assertThatThrownBy(() -> data.instanceId(new Random()))
                    .hasMessageContaining("does not hold an instance id");
        }
    }
}
