package dev.keyway.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kafka events and RPC calls to services of a real SDK, through a whole instance that was set up by REST alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RestateSdkIT {
    private final Sdk sdk;
    private TestTopics topics;
    private SdkProcess services;
    private Instance keyway;

    RestateSdkIT(Sdk sdk) {
        this.sdk = sdk;
    }

    @BeforeAll
    void start(@TempDir Path dataDir) throws Exception {
        services = sdk.start();
        topics = SharedBroker.topics();
        keyway = Instance.start(dataDir);
        Instance.Answer registered = keyway.admin("POST", "/deployments", new JsonObject().put("uri", services.uri()));
        assertThat(registered.status()).as(registered.text()).isEqualTo(201);
    }

    @AfterAll
    void stop() {
        try {
            if (keyway != null) {
                keyway.close();
            }
        } finally {
            if (services != null) {
                services.close();
            }
            if (topics != null) {
                topics.close();
            }
        }
    }

    @Test
    void eventsOfAVirtualObjectArriveOncePerRecordInKeyOrderAndNeverOverlap() {
        String topic = topics.create("orders", 3);
        String id = subscribe(topic, "Counter/record", new JsonObject());
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            records.add(record(topic, "key-" + i % 20, "{\"n\":" + i + "}"));
        }

        topics.sendAll(records);

        await().atMost(Duration.ofSeconds(60))
                .until(() -> services.deliveries("record").size() >= 600);
        Map<String, List<Integer>> seen = new HashMap<>();
        Map<String, Integer> open = new HashMap<>();
        for (JsonObject delivery : services.deliveries()) {
            String key = delivery.getString("key");
            if ("begins".equals(delivery.getString("what"))) {
                assertThat(open.put(key, delivery.getInteger("value")))
                        .as("two at once for " + key)
                        .isNull();
            } else if ("record".equals(delivery.getString("what"))) {
                assertThat(open.remove(key)).isEqualTo(delivery.getInteger("value"));
                seen.computeIfAbsent(key, k -> new ArrayList<>()).add(delivery.getInteger("value"));
            }
        }
        assertThat(seen).hasSize(20);
        seen.forEach((key, numbers) ->
                assertThat(numbers).as(key).hasSize(30).isSorted().doesNotHaveDuplicates());
        await().atMost(Duration.ofSeconds(60)).until(() -> committed(id) == 600);
    }

    @Test
    void handlerSeesTheHeadersThatRestateSendsThenTheRecordsOwn() {
        String topic = topics.create("headers", 1);
        String id = subscribe(topic, "Greeter/headers", new JsonObject());
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, 0, 1_700_000_000_000L, "k?".getBytes(StandardCharsets.UTF_8), new byte[0]);
        record.headers().add("tenant", "blue".getBytes(StandardCharsets.UTF_8));

        topics.send(record);

        await().atMost(Duration.ofSeconds(60)).until(() -> !headersOf(id).isEmpty());
        JsonObject headers = headersOf(id);
        assertThat(headers.getString("kafka.offset")).isEqualTo("0");
        assertThat(headers.getString("kafka.topic")).isEqualTo(topic);
        assertThat(headers.getString("kafka.partition")).isEqualTo("0");
        assertThat(headers.getString("kafka.timestamp")).isEqualTo("1700000000000");
        assertThat(headers.getString("kafka.key")).isEqualTo("az8=");
        assertThat(headers.getString("idempotency-key")).isEqualTo(id + "/" + topic + "/0/0");
        assertThat(headers.getString("tenant")).isEqualTo("blue");
        assertThat(headers.containsKey("content-type")).isFalse();
    }

    @Test
    void sharedHandlerAndBytesAndTombstonesArrive() {
        String events = topics.create("shared", 1);
        String blobs = topics.create("blobs", 1);
        subscribe(events, "Counter/look", new JsonObject());
        subscribe(blobs, "Greeter/bytes", new JsonObject());

        topics.send(record(events, null, "{\"n\":7}"));
        topics.send(new ProducerRecord<>(blobs, null, HexFormat.of().parseHex("00ffc3")));
        topics.send(new ProducerRecord<>(blobs, null, null));

        await().atMost(Duration.ofSeconds(60))
                .until(() -> services.deliveries("look").size() == 1
                        && services.deliveries("bytes").size() >= 2);
        assertThat(services.deliveries("look").get(0).getString("key"))
                .as("no key is the object with the empty key")
                .isEmpty();
        assertThat(services.deliveries("bytes"))
                .extracting(delivery -> delivery.getString("value"))
                .contains("00ffc3", "");
    }

    @Test
    void plainErrorIsTriedAgainAndTerminalErrorIsDone() {
        String flaky = topics.create("flaky", 1);
        String terminal = topics.create("terminal", 1);
        String flakyId = subscribe(flaky, "Greeter/flaky", new JsonObject());
        String terminalId = subscribe(terminal, "Greeter/terminal", new JsonObject());

        topics.send(record(flaky, "k", "\"from-kafka\""));
        topics.send(record(terminal, "k", "null"));
        topics.send(record(terminal, "k", "null"));

        await().atMost(Duration.ofSeconds(60)).until(() -> committed(flakyId) == 1 && committed(terminalId) == 2);
        assertThat(services.deliveries("flaky"))
                .extracting(delivery -> delivery.getInteger("value"))
                .contains(1, 2, 3);
    }

    @Test
    void refusedDurableStepGoesToTheDeadLetterTopicAtOnceAndStopsNothingElse() {
        String stateful = topics.create("stateful", 1);
        String healthy = topics.create("healthy", 1);
        String refusedId = subscribe(stateful, "Counter/get", new JsonObject().put("on_failure", "dead-letter"));
        subscribe(healthy, "Greeter/greet", new JsonObject());

        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            records.add(record(stateful, "k" + i, "null"));
            records.add(record(healthy, "k", "\"healthy-" + i + "\""));
        }
        topics.sendAll(records);

        await().atMost(Duration.ofSeconds(60)).until(() -> committed(refusedId) == 300);
        await().atMost(Duration.ofSeconds(60)).until(() -> healthyOnes() == 300);
        List<ConsumerRecord<byte[], byte[]>> letters = topics.read(stateful + ".dlq", 300);
        assertThat(letters).hasSize(300).allSatisfy(letter -> assertThat(headers(letter))
                .anySatisfy(value -> assertThat(value)
                        .contains(sdk.service("Counter") + "/get", "a read of state 'count' (GetLazyState)")));
    }

    @Test
    void refusedDurableStepBlocksItsKeyOnlyWhenFailuresPause() {
        String topic = topics.create("paused", 1);
        String id = subscribe(topic, "Greeter/awakeable", new JsonObject());

        topics.send(record(topic, "k", "null"));

        await().atMost(Duration.ofSeconds(60)).until(() -> !keyway.blocked(id).isEmpty());
        assertThat(keyway.blocked(id).encode()).contains("an awakeable (Suspension)");
        assertThat(keyway.admin("DELETE", "/subscriptions/" + id, null).status())
                .isEqualTo(202);
    }

    @Test
    void workflowIsRefusedAtSubscription() {
        Instance.Answer answer = post(topics.create("flow", 1), "Flow/run", new JsonObject());

        assertThat(answer.status()).as(answer.text()).isBetween(400, 499);
        assertThat(answer.text()).containsIgnoringCase("workflow");
    }

    @Test
    void rpcCallsReachTheSameHandlers() {
        Instance.Answer greeting = keyway.rpc("/" + sdk.service("Greeter") + "/greet", "\"Ada\"");
        Instance.Answer look = keyway.rpc("/" + sdk.service("Counter") + "/a%2Fb/look", "{\"n\":1}");
        Instance.Answer record = keyway.rpc("/" + sdk.service("Counter") + "/rpc-key/record", "{\"n\":2}");
        Instance.Answer bytes =
                keyway.rpc("/" + sdk.service("Greeter") + "/bytes", new byte[] {0, -1}, "application/octet-stream");

        assertThat(greeting.status()).as(greeting.text()).isEqualTo(200);
        assertThat(greeting.json()).isEqualTo(new JsonObject().put("greeting", "Hello Ada"));
        assertThat(greeting.headers().get("x-restate-id").get(0))
                .startsWith("inv_1")
                .hasSize(38);
        assertThat(look.json()).isEqualTo(new JsonObject().put("key", "a/b").put("n", 1));
        assertThat(record.json())
                .isEqualTo(new JsonObject().put("key", "rpc-key").put("n", 2));
        assertThat(bytes.body()).containsExactly(0, -1);
    }

    @Test
    void rpcCallThatFailsForGoodAnswersWithItsCodeAndMessage() {
        Instance.Answer answer = keyway.rpc("/" + sdk.service("Greeter") + "/terminal", "");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().getString("message")).isEqualTo("out of stock");
        assertThat(answer.headers().get("x-restate-error-source")).containsExactly("invocation");
    }

    @ParameterizedTest
    @CsvSource({
        "Greeter/run, the run 'charge' (Run)",
        "Greeter/sleep, a sleep (Sleep)",
        "Greeter/call, /greet (Call)",
        "Greeter/send, /greet (OneWayCall)",
        "Greeter/awakeable, an awakeable (Suspension)",
        "Counter/k/get, a read of state 'count' (GetLazyState)",
        "Counter/k/lookState, a read of state 'count' (GetLazyState)",
        "Counter/k/clear, the clearing of all state (ClearAllState)",
    })
    void rpcCallThatAsksForADurableStepIsToldSo(String path, String words) {
        Instance.Answer answer = keyway.rpc("/" + sdk.service(path), "");

        assertThat(answer.status()).as(answer.text()).isEqualTo(500);
        assertThat(answer.text()).contains(words).contains("not available on the direct path");
    }

    @Test
    void rpcCallOfAWorkflowIsRefused() {
        Instance.Answer answer = keyway.rpc("/" + sdk.service("Flow") + "/k/run", "");

        assertThat(answer.status()).as(answer.text()).isEqualTo(501);
        assertThat(answer.text()).contains("workflows need durable invocations");
    }

    private JsonObject headersOf(String subscription) {
        return services.deliveries("headers").stream()
                .map(delivery -> delivery.getJsonObject("value"))
                .filter(headers -> subscription.equals(headers.getString("restate.subscription.id")))
                .findFirst()
                .orElse(new JsonObject());
    }

    private long healthyOnes() {
        return services.deliveries("greet").stream()
                .filter(delivery -> delivery.getString("value").startsWith("healthy-"))
                .count();
    }

    private String subscribe(String topic, String handler, JsonObject more) {
        Instance.Answer answer = post(topic, handler, more);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().getString("id");
    }

    private Instance.Answer post(String topic, String handler, JsonObject more) {
        return keyway.admin(
                "POST",
                "/subscriptions",
                new JsonObject()
                        .put("source", "kafka://main/" + topic)
                        .put("sink", "service://" + sdk.service(handler))
                        .put("options", new JsonObject().put("auto.offset.reset", "earliest"))
                        .mergeIn(more));
    }

    private long committed(String group) {
        return topics.committed(group).values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    private static List<String> headers(ConsumerRecord<byte[], byte[]> letter) {
        List<String> values = new ArrayList<>();
        for (Header header : letter.headers()) {
            values.add(new String(header.value(), StandardCharsets.UTF_8));
        }
        return values;
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String key, String value) {
        return new ProducerRecord<>(
                topic,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8));
    }
}
