package dev.keyway.gateway.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.sdk.Sdk;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first handlers of the README, each in its own process and called as the README says: by records and by RPC. */
class ExamplesIT {
    private static final Path EXAMPLES = Path.of("..", "docs", "examples").toAbsolutePath();
    private static final String PLAIN =
            "\"protocol\": \"http\", \"services\": [{\"name\": \"Counter\", \"ty\": \"VirtualObject\", \"handlers\":"
                    + " [{\"name\": \"add\"}]}]";

    @TempDir
    static Path directory;

    private static LocalKeyway keyway;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() {
        keyway = LocalKeyway.start(directory, 0, LocalPorts.preferably(0), LocalPorts.preferably(0), LocalConfig::of);
    }

    @AfterAll
    static void stop() {
        keyway.close();
    }

    @Test
    void java() throws Exception {
        counts(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EXAMPLES.resolve("Counter.java").toString()),
                PLAIN);
    }

    @Test
    void typeScript() throws Exception {
        counts(List.of(node(), EXAMPLES.resolve("counter.ts").toString()), PLAIN);
    }

    @Test
    void nodeOfTheCompositionFile() throws Exception {
        counts(List.of(node(), EXAMPLES.resolve("counter.mjs").toString()), PLAIN, "x: 3 (", "4");
    }

    @Test
    void python() throws Exception {
        requirePython();
        counts(List.of("python3", EXAMPLES.resolve("counter.py").toString()), PLAIN + ", \"use_http_11\": true");
    }

    @Test
    void restateSdk() throws Exception {
        String node = node();
        Path beside = Files.createDirectories(Path.of("target", "examples"));
        Path module = Files.copy(
                EXAMPLES.resolve("restate-counter.ts"),
                beside.resolve("restate-counter.ts"),
                StandardCopyOption.REPLACE_EXISTING);
        Path modules = beside.resolve("node_modules");
        if (!Files.exists(modules)) {
            Files.createSymbolicLink(
                    modules,
                    Path.of("sdk-services", "typescript", "node_modules").toAbsolutePath());
        }
        counts(List.of(node, module.toString()), null);
    }

    @Test
    void batches() throws Exception {
        String topic = TestTopics.uniqueName("orders");
        try (ExampleProcess handler = ExampleProcess.start(
                List.of(node(), EXAMPLES.resolve("batches.mjs").toString()))) {
            JsonObject deployment = new JsonObject("{\"uri\": \"" + handler.url() + "\", \"protocol\": \"http\","
                    + " \"services\": [{\"name\": \"Orders\", \"ty\": \"VirtualObject\", \"handlers\":"
                    + " [{\"name\": \"handle\"}]}]}");
            String id = post("/deployments", deployment).getString("id");
            produce(topic, "x:{\"amount\": 1}\nx:{\"amount\": -2}\nx:{\"amount\": 3}\ny:{\"amount\": 4}\n");

            String subscription = post(
                            "/subscriptions",
                            subscription(topic, "Orders/handle")
                                    .put("on_failure", "discard")
                                    .put(
                                            "batch",
                                            new JsonObject()
                                                    .put("max_records", 100)
                                                    .put("linger", "10ms")))
                    .getString("id");

            try {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> List.of("x: 1 200", "x: -2 422", "x: 3 200", "y: 4 200").stream()
                                .allMatch(handler::printed));
                assertThat(call("/Orders/z/handle", "{\"amount\": 5}")).isEmpty();
                await().atMost(Duration.ofSeconds(60)).until(() -> handler.printed("z: 5 200"));
            } finally {
                delete("/subscriptions/" + subscription);
                delete("/deployments/" + id + "?force=true");
            }
        }
    }

    @Test
    void thePageOnHandlersShowsTheBatchExample() throws IOException {
        assertThat(Files.readString(Path.of("..", "docs", "http-handlers.md")))
                .contains(Files.readString(EXAMPLES.resolve("batches.mjs")).stripTrailing());
    }

    @Test
    void recordsThatAHandlerWrites() throws Exception {
        String topic = TestTopics.uniqueName("orders");
        try (ExampleProcess handler = ExampleProcess.start(
                        List.of(node(), EXAMPLES.resolve("prices.mjs").toString()));
                TestTopics topics = new TestTopics(keyway.bootstrapServers())) {
            JsonObject deployment = new JsonObject("{\"uri\": \"" + handler.url() + "\", \"protocol\": \"http\","
                    + " \"services\": [{\"name\": \"Shop\", \"ty\": \"VirtualObject\", \"handlers\":"
                    + " [{\"name\": \"price\"}]}]}");
            String id = post("/deployments", deployment).getString("id");
            produce(topic, "x:{\"amount\": 1}\nx:{\"amount\": 200}\n");
            post("/egresses", new JsonObject().put("id", "shop/out").put("cluster", "local"));

            String subscription = post(
                            "/subscriptions",
                            subscription(topic, "Shop/price")
                                    .put(
                                            "reply",
                                            new JsonObject()
                                                    .put("egress", "shop/out")
                                                    .put("topic", "prices")))
                    .getString("id");

            try {
                assertThat(topics.read("prices", 3))
                        .extracting(record -> new String(record.key(), UTF_8) + " " + new String(record.value(), UTF_8))
                        .containsExactlyInAnyOrder("small/x 2", "large/x {\"price\":400}", "large/x please check");
            } finally {
                delete("/subscriptions/" + subscription);
                delete("/egresses/shop%2Fout");
                delete("/deployments/" + id + "?force=true");
            }
        }
    }

    @Test
    void thePageOnEgressesShowsTheExample() throws IOException {
        assertThat(Files.readString(Path.of("..", "docs", "egress.md")))
                .contains(Files.readString(EXAMPLES.resolve("prices.mjs")).stripTrailing());
    }

    @Test
    void theReadmeShowsTheseFiles() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));

        for (String file : List.of("Counter.java", "counter.ts", "counter.py", "restate-counter.ts")) {
            assertThat(readme)
                    .as(file)
                    .contains(Files.readString(EXAMPLES.resolve(file)).stripTrailing());
        }
    }

    private void counts(List<String> command, String registration) throws Exception {
        counts(command, registration, "x: 6", "10");
    }

    private void counts(List<String> command, String registration, String printed, String answered) throws Exception {
        String topic = TestTopics.uniqueName("counts");
        try (ExampleProcess handler = ExampleProcess.start(command)) {
            JsonObject deployment = new JsonObject(
                    "{\"uri\": \"" + handler.url() + "\"" + (registration == null ? "" : ", " + registration) + "}");
            String id = post("/deployments", deployment).getString("id");
            produce(topic, "x:{\"n\": 1}\nx:{\"n\": 2}\nx:{\"n\": 3}\n");

            String subscription =
                    post("/subscriptions", subscription(topic, "Counter/add")).getString("id");

            try {
                await().atMost(Duration.ofSeconds(60)).until(() -> handler.printed(printed));
                assertThat(call("/Counter/x/add", "{\"n\": 4}")).isEqualTo(answered);
            } finally {
                delete("/subscriptions/" + subscription);
                delete("/deployments/" + id + "?force=true");
            }
        }
    }

    private static void produce(String topic, String lines) throws Exception {
        new Produce(keyway.bootstrapServers(), topic, ":", 2)
                .run(new BufferedReader(new StringReader(lines)), new PrintStream(PrintStream.nullOutputStream()));
    }

    private static JsonObject subscription(String topic, String handler) {
        return new JsonObject()
                .put("source", "kafka://local/" + topic)
                .put("sink", "service://" + handler)
                .put("options", new JsonObject().put("auto.offset.reset", "earliest"));
    }

    private static JsonObject post(String path, JsonObject body) throws Exception {
        HttpResponse<String> response = HTTP.send(
                HttpRequest.newBuilder(URI.create(keyway.adminUrl() + path))
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 201);
        return new JsonObject(response.body());
    }

    private static void delete(String path) throws Exception {
        HttpResponse<String> response = HTTP.send(
                HttpRequest.newBuilder(URI.create(keyway.adminUrl() + path))
                        .DELETE()
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    }

    private static String call(String path, String body) throws Exception {
        HttpResponse<String> response = HTTP.send(
                HttpRequest.newBuilder(URI.create(keyway.ingressUrl() + path))
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    /** The Node.js that comes with the SDK's services, which is new enough for TypeScript. */
    private static String node() throws Exception {
        return Sdk.TYPESCRIPT.command().get(0);
    }

    private static void requirePython() {
        boolean present = List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
                .anyMatch(entry -> Files.isExecutable(Path.of(entry, "python3")));
        if (!present && Boolean.getBoolean("keyway.require.python")) {
            throw new AssertionError("python3 is not on the PATH");
        }
        assumeTrue(present, "SKIPPED: the Python example needs python3, which is not on the PATH");
    }
}
