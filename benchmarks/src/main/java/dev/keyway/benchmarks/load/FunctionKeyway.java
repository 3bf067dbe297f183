package dev.keyway.benchmarks.load;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Keyway with a {@code module.yaml}, and a function of the real Java SDK in a process of its own: it counts the records of
 * its key in one long state and emits one record for each, exactly once.
 */
final class FunctionKeyway implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(120);
    private static final String MAIN = "dev.keyway.statefunservices.Main";

    private final Children children;
    private final ChildJvm functions;
    private final ChildJvm gateway;
    private final String admin;

    /** Starts both and returns when the gateway is ready. */
    FunctionKeyway(Children children, Setup setup, String bootstrapServers, String in, String out) {
        this.children = children;
        functions = startFunctions(children, setup, out);
        int port = Integer.parseInt(functions.await("LISTENING"));
        int adminPort = Ports.free();
        admin = "http://127.0.0.1:" + adminPort;
        Path home = children.directory().resolve(in);
        Path config = home.resolve("keyway.yaml");
        try {
            Files.createDirectories(home);
            Files.writeString(home.resolve("module.yaml"), module(port, bootstrapServers, in));
            Files.writeString(config, config(home, adminPort, bootstrapServers, in));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + home, e);
        }
        gateway = children.start(
                "gateway with functions",
                setup.jvmArgs,
                GatewayMain.class,
                List.of("server", "--config-file", config.toString(), "--log-level", "warn"));
        awaitReady();
    }

    /** Why there are no functions, or empty. */
    static String missing(Setup setup) {
        Path lib = setup.functions.resolve("lib");
        return Files.isDirectory(lib) ? "" : lib + " is missing: build the gateway first";
    }

    private static ChildJvm startFunctions(Children children, Setup setup, String out) {
        String classPath = String.join(
                File.pathSeparator,
                setup.functions.resolve("classes").toString(),
                setup.functions.resolve("lib") + "/*",
                System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(setup.jvmArgs);
        command.addAll(List.of("-cp", classPath, FunctionsMain.class.getName(), MAIN));
        return children.java("functions", command, Map.of("OUT_TOPIC", out, "QUIET", "yes", "PORT", "0"));
    }

    private static String module(int port, String bootstrapServers, String in) {
        return """
                kind: io.statefun.endpoints.v2/http
                spec:
                  functions: example/*
                  urlPathTemplate: http://127.0.0.1:%1$d/
                  transport:
                    type: io.statefun.transports.v1/async
                    http_version: "2"
                ---
                kind: io.statefun.kafka.v1/egress
                spec:
                  id: example/out
                  address: %2$s
                  deliverySemantic: {type: exactly-once, transactionTimeoutMillis: 10000}
                ---
                kind: io.statefun.kafka.v1/ingress
                spec:
                  id: example/in
                  address: %2$s
                  consumerGroupId: %3$s
                  startupPosition: {type: earliest}
                  topics:
                    - {topic: %3$s, valueType: example/event, targets: [example/counter]}
                """.formatted(port, bootstrapServers, in);
    }

    private static String config(Path home, int adminPort, String bootstrapServers, String in) {
        return """
                data-dir: %s
                modules: [%s]
                admin:
                  port: %d
                ingress:
                  port: 0
                kafka:
                  prefix: %s.
                  clusters:
                    - name: load
                      brokers: ["PLAINTEXT://%s"]
                """.formatted(home.resolve("data"), home.resolve("module.yaml"), adminPort, in, bootstrapServers);
    }

    private void awaitReady() {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(admin + "/ready")).build();
        long deadline = System.nanoTime() + START.toNanos();
        while (true) {
            try {
                if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // It does not listen yet.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
            gateway.requireAlive();
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the gateway was not ready within " + START);
            }
            LockSupport.parkNanos(100_000_000);
        }
    }

    ChildJvm gateway() {
        return gateway;
    }

    ChildJvm functions() {
        return functions;
    }

    @Override
    public void close() {
        children.end(gateway);
        children.end(functions);
    }
}
