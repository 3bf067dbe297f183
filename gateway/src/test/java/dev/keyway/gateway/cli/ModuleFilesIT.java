package dev.keyway.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.module.load.Modules;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.TestPlane;
import dev.keyway.gateway.fixture.ModuleScene;
import dev.keyway.gateway.fixture.World;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Module files that change under a running instance. */
class ModuleFilesIT {
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final Duration LOOK = Duration.ofMillis(100);

    @TempDir
    private Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private final String group = TestTopics.uniqueName("group");
    private TestTopics topics;
    private Vertx vertx;
    private Path file;
    private Instance instance;

    @BeforeEach
    void open() {
        topics = SharedBroker.topics();
        vertx = Vertx.vertx();
        file = directory.resolve("module.yaml");
    }

    @AfterEach
    void close() {
        TestPlane.await(instance.close().get());
        TestPlane.await(vertx.close());
        topics.close();
    }

    private static String ingress(String name, String topic, String group, String... keys) {
        return """
                ---
                kind: io.statefun.kafka.v1/ingress
                spec:
                  id: com.example/%s
                  address: %s
                  consumerGroupId: %s-%1$s
                  startupPosition: {type: earliest}
                  topics: [{topic: %s, targets: [com.example/f]}]
                """.formatted(name, SharedBroker.bootstrapServers(), group, topic) + String.join("", List.of(keys));
    }

    private void write(String... documents) throws Exception {
        Path next = directory.resolve("next");
        Files.writeString(next, ModuleScene.ENDPOINT + String.join("", documents));
        Files.move(next, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    /** The one member of a group; a consumer that begins anew is another member. */
    private String member(String group) throws Exception {
        return topics.admin()
                .describeConsumerGroups(List.of(group))
                .describedGroups()
                .get(group)
                .get()
                .members()
                .iterator()
                .next()
                .consumerId();
    }

    private void awaitCommitted(String group) {
        awaitCommitted(group, 1);
    }

    private void awaitCommitted(String group, long offset) {
        await(group)
                .atMost(SOON)
                .until(() -> topics.committed(group).values().stream()
                                .mapToLong(OffsetAndMetadata::offset)
                                .sum()
                        == offset);
    }

    private HttpResponse<String> ready() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + instance.adminPort() + "/ready");
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    @Test
    void safeChangesAreTakenAndOthersNamedWithTheReason() throws Exception {
        String one = topics.create("one", 1);
        String two = topics.create("two", 1);
        topics.send(one, "k", "v");
        topics.send(two, "k", "v");
        write(ingress("a", one, group));
        KeywayConfig plain = World.home(
                World.config(),
                SharedBroker.bootstrapServers(),
                "files",
                directory.resolve("data"),
                TestTopics.uniqueName("files") + ".",
                ModuleScene.SLOTS);
        KeywayConfig config = new KeywayConfig(
                plain.instanceId(),
                plain.dataDir(),
                plain.ingress(),
                plain.admin(),
                plain.kafka(),
                plain.defaultRetryPolicy(),
                plain.limits(),
                plain.workers(),
                plain.invoker(),
                plain.consumer(),
                plain.registry(),
                plain.egress(),
                List.of(file),
                plain.state());
        instance = TestPlane.await(Instance.ofGateway(load(), this::load, LOOK).start(vertx, config));
        awaitCommitted(group + "-a");
        String member = member(group + "-a");

        write(ingress("a", one, group), ingress("b", two, group));
        awaitCommitted(group + "-b");
        assertThat(member(group + "-a"))
                .as("an unchanged ingress keeps its consumer")
                .isEqualTo(member);

        write(ingress("a", one, group + "x"), ingress("b", two, group));
        await().atMost(SOON).until(() -> ready().body().contains("another consumerGroupId means other offsets"));
        assertThat(ready().statusCode()).isEqualTo(200);

        write("this: is no module");
        await().atMost(SOON).until(() -> ready().body().contains("cannot be read"));

        write(ingress("a", one, group, "  keyway: {retry: {max_attempts: 5}}\n"), ingress("b", two, group));
        await().atMost(SOON).until(() -> !ready().body().contains("module"));
        topics.send(one, "k", "v");
        awaitCommitted(group + "-a", 2);
        assertThat(member(group + "-a"))
                .as("other retries need no other consumer")
                .isEqualTo(member);
    }

    private Module load() {
        try {
            return Modules.load(List.of(file), name -> null, World.FAST);
        } catch (RuntimeException e) {
            throw new CliException(ExitCode.USAGE, e.getMessage(), e);
        }
    }
}
