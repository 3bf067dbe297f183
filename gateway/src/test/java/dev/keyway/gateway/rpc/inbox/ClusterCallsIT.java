package dev.keyway.gateway.rpc.inbox;

import static dev.keyway.gateway.rpc.inbox.ClusterScene.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.model.Subscription.KeyAction.Action;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.codecs.restate.Command;
import dev.keyway.codecs.restate.Control;
import dev.keyway.codecs.restate.Failure;
import dev.keyway.codecs.restate.Header;
import dev.keyway.codecs.restate.Result;
import dev.keyway.gateway.TestPlane;
import dev.keyway.gateway.fixture.DeploymentDraft;
import dev.keyway.gateway.fixture.World;
import dev.keyway.gateway.invoke.FakeSdk;
import dev.keyway.gateway.rpc.inbox.ClusterScene.Objects;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls and records for objects whose exclusivity is the cluster's, on two instances. */
class ClusterCallsIT {
    private static ClusterScene scene;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        scene = new ClusterScene(directory, World.config());
    }

    @AfterAll
    static void stop() {
        scene.close();
    }

    @Test
    void a_call_on_any_instance_is_made_by_the_owner_of_its_slot_and_answered_to_its_caller() throws Exception {
        Objects orders = scene.objects("Called").wide().ready();
        orders.handler.answering((call, request) -> request.response()
                .setStatusCode(call.key().equals("k3") ? 409 : 201)
                .putHeader("x-key", call.key())
                .end(call.key() + call.body()));

        for (int i = 0; i < 12; i++) {
            HttpResponse<String> answer = orders.post(i % 2, "k" + i / 2).join();

            assertThat(answer.statusCode()).isEqualTo(i / 2 == 3 ? 409 : 201);
            assertThat(answer.body()).isEqualTo("k" + i / 2 + "{}");
            assertThat(answer.headers().firstValue("x-key")).hasValue("k" + i / 2);
            assertThat(answer.headers().firstValue("x-restate-id"))
                    .get()
                    .asString()
                    .startsWith("inv_1");
        }
        assertThat(orders.handler.overlaps()).isEmpty();
    }

    @Test
    void a_record_that_fails_for_good_blocks_its_key_alone_until_an_operator_resumes_or_discards_it() throws Exception {
        Objects orders = scene.objects("Blocked").wide().ready();
        orders.handler.answering((call, request) -> request.response()
                .setStatusCode(call.body().equals("\"bad\"") ? 422 : 200)
                .end());
        scene.topics()
                .sendAll(List.of(
                        orders.record(0, "a", "\"bad\""),
                        orders.record(0, "a", "1"),
                        orders.record(1, "b", "\"bad\""),
                        orders.record(1, "b", "1"),
                        orders.record(1, "c", "1")));

        orders.subscribe();

        await().atMost(SOON)
                .until(() ->
                        orders.blocked().size() == 2 && orders.coordinates().contains("c 1@2"));
        assertThat(orders.blocked())
                .extracting(BlockedKey::key, BlockedKey::topic, BlockedKey::partition, BlockedKey::offset)
                .containsExactlyInAnyOrder(tuple("a", orders.topic, 0, 0L), tuple("b", orders.topic, 1, 0L));
        assertThat(orders.blocked()).allSatisfy(key -> {
            assertThat(key.state()).isEqualTo("paused");
            assertThat(key.reason()).contains("422");
            assertThat(key.service()).isEqualTo("Blocked");
            assertThat(key.handler()).isEqualTo("handle");
            assertThat(key.attempts()).isEqualTo(1);
        });
        for (int instance = 0; instance < 2; instance++) {
            HttpResponse<String> refused = orders.post(instance, "a").join();
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(message(refused))
                    .contains("the key is blocked by " + orders.topic + "/0@0", "422", "resume or discard that record");
        }

        orders.subscribe(draft -> draft.keyAction(0, 0, Action.DISCARD));

        await().atMost(SOON).until(() -> orders.coordinates().contains("a 0@1"));
        assertThat(orders.coordinates()).doesNotContain("b 1@1");
        orders.handler.answering((call, request) -> request.response().end());
        orders.subscribe(draft -> draft.keyAction(1, 0, Action.RESUME));
        await().atMost(SOON).until(() -> orders.coordinates().contains("b 1@1"));
        await().atMost(SOON).until(() -> orders.blocked().isEmpty());
        assertThat(calls(orders, "a 0@0")).as("discarded").isEqualTo(1);
        assertThat(calls(orders, "b 1@0")).as("resumed").isEqualTo(2);
        assertThat(orders.handler.overlaps()).isEmpty();
    }

    private static long calls(Objects orders, String record) {
        return orders.records().stream()
                .filter(call -> (call.key() + " " + call.coordinates()).equals(record))
                .count();
    }

    @Test
    void a_record_that_fails_for_good_goes_to_the_dead_letter_topic_when_its_subscription_says_so() throws Exception {
        Objects orders = scene.objects("Lettered").wide();
        scene.topics().create(orders.topic + ".dlq", 1, Map.of());
        orders.handler.answering((call, request) -> request.response()
                .setStatusCode(call.body().equals("\"bad\"") ? 422 : 200)
                .end());
        scene.topics().sendAll(List.of(orders.record(1, "a", "\"bad\""), orders.record(1, "a", "1")));

        orders.subscribe(draft -> draft.onFailure(OnFailure.DEAD_LETTER));

        ConsumerRecord<byte[], byte[]> letter =
                scene.topics().read(orders.topic + ".dlq", 1).get(0);
        await().atMost(SOON).until(() -> orders.coordinates().contains("a 1@1"));
        assertThat(letter.key()).asString().isEqualTo("a");
        assertThat(letter.value()).asString().isEqualTo("\"bad\"");
        Map<String, String> headers = new HashMap<>();
        letter.headers().forEach(header -> headers.put(header.key(), new String(header.value())));
        assertThat(headers)
                .containsEntry("keyway.error.status", "422")
                .containsEntry(
                        "keyway.error.subscription", orders.subscription().id())
                .containsEntry("keyway.error.topic", orders.topic)
                .containsEntry("keyway.error.partition", "1")
                .containsEntry("keyway.error.offset", "0");
        assertThat(headers.get("keyway.error.reason")).contains("422");
        assertThat(orders.blocked()).isEmpty();
    }

    @Test
    void a_call_that_waits_beyond_its_deadline_is_told_which_record_is_ahead_of_it_and_why() throws Exception {
        Objects orders = scene.objects("Late").wide().ready();
        RetryPolicy rare = new RetryPolicy(Duration.ofHours(1), 1.0, Duration.ofHours(1), 5, null, null);
        orders.handler.answering((call, request) -> request.response()
                .setStatusCode(call.headers().containsKey("kafka.offset") ? 503 : 200)
                .end());
        scene.topics().sendAll(List.of(orders.record(0, "k", "1")));
        orders.subscribe(draft -> draft.retry(rare));
        await().atMost(SOON).until(() -> orders.blocked().size() == 1);

        for (int instance = 0; instance < 2; instance++) {
            // The notice takes as long as the machine lets it.
            String told = "";
            for (long millis = 600; millis < 120_000 && !told.contains("is ahead of it"); millis *= 2) {
                told = late(orders, instance, "k", millis);
            }

            assertThat(told)
                    .contains("the deadline passed while the call was waiting in slot", scene.module.inbox())
                    .contains(orders.topic + "/0@0 is ahead of it (handler answered 503");
        }
        orders.handler.answering((call, request) -> request.response().end());
        orders.subscribe(draft -> draft.keyAction(0, 0, Action.RESUME));
        await().atMost(SOON)
                .until(() ->
                        orders.post(0, "k", "x-keyway-timeout", "5s").join().statusCode() == 200);
    }

    @Test
    void a_call_whose_handler_is_too_slow_is_told_who_has_its_slot() throws Exception {
        Objects orders = scene.objects("Slow").wide().ready();
        orders.handler.answering((call, request) -> {});

        AtomicInteger calls = new AtomicInteger();

        // Below state.accept-after, so that the owner says nothing; the group's answer may come too late for the first.
        await().atMost(SOON)
                .until(
                        () -> late(orders, 1, "k" + calls.getAndIncrement(), 1_000),
                        told -> told.matches("(?s).* waiting in slot \\d of topic .*: instance 'i[01]' has the slot"));
    }

    /** What a caller is told whom nobody answers in time. */
    private static String late(Objects orders, int instance, String key, long millis) {
        HttpResponse<String> answer =
                orders.post(instance, key, "x-keyway-timeout", millis + "ms").join();
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(504);
        return message(answer);
    }

    @Test
    void a_caller_who_leaves_holds_up_nobody() throws Exception {
        Objects orders = scene.objects("Left").wide().ready();
        Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
        orders.handler.answering((call, request) -> {
            if (call.headers().containsKey("x-hold")) {
                held.add(request);
            } else {
                request.response().end("answer");
            }
        });
        NetClient sockets = scene.vertx.createNetClient();
        NetSocket leaver =
                TestPlane.await(sockets.connect(scene.instances.get(0).server().port(), "127.0.0.1"));
        leaver.write("POST /Left/k/handle HTTP/1.1\r\nhost: h\r\nx-hold: 1\r\ncontent-length: 2\r\n\r\n{}");
        await().atMost(SOON).until(() -> held.size() == 1);

        TestPlane.await(leaver.close());
        CompletableFuture<HttpResponse<String>> next = orders.post(1, "k");
        held.peek().response().end("too late");

        HttpResponse<String> answer = next.join();
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("answer");
        assertThat(orders.handler.overlaps()).isEmpty();
        TestPlane.await(sockets.close());
    }

    @Test
    void a_restate_handler_is_called_through_the_inbox_by_rpc_and_by_kafka() throws Exception {
        FakeSdk sdk = new FakeSdk(scene.vertx);
        sdk.does(attempt -> {
            Command.Input input = (Command.Input) attempt.received.get(1);
            boolean bad = input.value().toStringUtf8().equals("\"bad\"")
                    || input.headers().contains(new Header("x-refuse", "1"));
            Result result = bad
                    ? new Failure(418, "no coffee here", List.of(new Header("pot", "tea")))
                    : new Result.Value(ByteString.copyFromUtf8("\"made\""));
            attempt.say(new Command.Output(result, ""), new Control.End()).end();
        });
        Deployment deployment = new DeploymentDraft(World.deployment(sdk.uri(), "Tea"))
                .restate(5, 6)
                .done();
        Service tea = World.clusterWide(World.service("Tea", ServiceType.VIRTUAL_OBJECT, deployment, null));
        String topic = scene.topics().create("tea", 1);
        Subscription subscription = World.subscription(topic, tea);
        scene.module.registry.set(World.with(deployment, tea, subscription));
        scene.topics().send(topic, "kettle", "\"green\"");

        await().atMost(SOON).until(() -> sdk.attempts.stream().anyMatch(ClusterCallsIT::isRecord));
        HttpResponse<String> made = scene.post(0, "Tea", "kettle").join();
        HttpResponse<String> refused =
                scene.post(1, "Tea", "kettle", "x-refuse", "1").join();
        scene.topics().send(topic, "pot", "\"bad\"");
        await().atMost(SOON).until(() -> blocked(subscription).size() == 1);

        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        assertThat(made.body()).isEqualTo("\"made\"");
        assertThat(made.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(418);
        assertThat(new JsonObject(refused.body()))
                .isEqualTo(new JsonObject()
                        .put("code", 418)
                        .put("message", "no coffee here")
                        .put("metadata", new JsonObject().put("pot", "tea"))
                        .put("source", "invocation"));
        assertThat(blocked(subscription)).singleElement().satisfies(key -> {
            assertThat(key.key()).isEqualTo("pot");
            assertThat(key.offset()).isEqualTo(1);
            assertThat(key.reason()).contains("no coffee here");
        });
        FakeSdk.Attempt record = sdk.attempts.stream()
                .filter(ClusterCallsIT::isRecord)
                .findFirst()
                .orElseThrow();
        assertThat(((Control.Start) record.received.get(0)).key()).isEqualTo("kettle");
        assertThat(((Command.Input) record.received.get(1)).headers())
                .contains(new Header("kafka.offset", "0"), new Header("restate.subscription.id", subscription.id()));
    }

    private static List<BlockedKey> blocked(Subscription subscription) {
        return scene.blocked(subscription.id());
    }

    private static boolean isRecord(FakeSdk.Attempt attempt) {
        return ((Command.Input) attempt.received.get(1))
                .headers().stream().anyMatch(header -> header.key().equals("kafka.offset"));
    }

    private static String message(HttpResponse<String> answer) {
        return new JsonObject(answer.body()).getString("message");
    }
}
