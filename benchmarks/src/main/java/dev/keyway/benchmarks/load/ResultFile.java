package dev.keyway.benchmarks.load;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;

/** The results as JSON, written anew after every scenario, so that a run that is stopped leaves what it has. */
final class ResultFile {
    private final Path path;
    private final List<String> arguments;
    private final Instant started = Instant.now();

    ResultFile(Path path, List<String> arguments) {
        this.path = path.toAbsolutePath();
        this.arguments = arguments;
    }

    Path path() {
        return path;
    }

    /** @param complete whether the run has come to its end */
    void write(Results results, boolean complete) {
        Path part = path.resolveSibling(path.getFileName() + ".part");
        try {
            if (path.getParent() != null) {
                Files.createDirectories(path.getParent());
            }
            Files.writeString(part, json(results, complete).encodePrettily() + "\n");
            Files.move(part, path, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + path, e);
        }
    }

    JsonObject json(Results results, boolean complete) {
        return new JsonObject()
                .put("version", 1)
                .put("complete", complete)
                .put("started", started.toString())
                .put("written", Instant.now().toString())
                .put("arguments", new JsonArray(arguments))
                .put("machine", machine())
                .put(
                        "rows",
                        new JsonArray(results.rows().stream().map(Row::toJson).toList()))
                .put(
                        "subscriptions",
                        new JsonArray(
                                results.idle().stream().map(IdleRow::toJson).toList()))
                .put(
                        "lag",
                        new JsonArray(results.lag().stream().map(LagRow::toJson).toList()))
                .put(
                        "goals",
                        new JsonArray(
                                Goals.of(results).stream().map(Goal::toJson).toList()))
                .put("faults", new JsonArray(results.faults()));
    }

    private static JsonObject machine() {
        JsonObject machine = new JsonObject()
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("arch", System.getProperty("os.arch"))
                .put("java", System.getProperty("java.vm.version"));
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os) {
            machine.put("memoryBytes", os.getTotalMemorySize());
        }
        return machine;
    }
}
