package dev.keyway.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.module.Module;
import dev.keyway.gateway.ModuleUnchecked;
import dev.keyway.gateway.TestPlane;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleFilesTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final List<String> taken = new CopyOnWriteArrayList<>();
    private Vertx vertx;
    private Path file;
    private ModuleFiles files;

    @BeforeEach
    void open() throws Exception {
        vertx = Vertx.vertx();
        file = directory.resolve("module.yaml");
        write("before");
    }

    @AfterEach
    void close() {
        files.close();
        TestPlane.await(vertx.close());
    }

    private void write(String text) throws Exception {
        Path next = Files.writeString(directory.resolve("next"), text);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private String read() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void watch(Function<Integer, Future<Void>> take) {
        files = new ModuleFiles(
                vertx,
                List.of(file),
                Duration.ofMillis(10),
                () -> {
                    taken.add(read());
                    return Module.EMPTY;
                },
                module -> take.apply(taken.size()),
                Future::failedFuture);
        TestPlane.await(files.start());
    }

    @Test
    void aChangeThatNobodyCanJudgeYet_isTriedUntilItIsTaken() throws Exception {
        watch(tried -> tried < 3
                ? Future.failedFuture(new ModuleUnchecked("the broker does not answer"))
                : Future.succeededFuture());

        write("changed");

        await().atMost(SOON).until(() -> taken.size() == 3);
        assertThat(taken).containsOnly("changed");
    }

    @Test
    void aChangeThatIsRefused_waitsForTheNextOne() throws Exception {
        watch(tried -> tried == 1 ? Future.failedFuture("refused") : Future.succeededFuture());
        write("changed");
        await().atMost(SOON).until(() -> !taken.isEmpty());

        write("changed again");

        await().atMost(SOON).until(() -> taken.contains("changed again"));
        assertThat(taken).containsExactly("changed", "changed again");
    }
}
