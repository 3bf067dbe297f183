package dev.keyway.gateway;

import static dev.keyway.admin.model.DeliverySemantic.EXACTLY_ONCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription.KeyAction;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.fixture.Scene;
import dev.keyway.gateway.rpc.RpcCall;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records that handlers write: a record is done when what its answer asked for is acknowledged (invariant I1). */
class EgressIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String EFFECTS = "application/vnd.keyway.effects+json";

    /** A record that can be written; all of them to one partition, so that none is overlooked. */
    private static final String GOOD =
            "{\"egress\": \"shop/out\", \"topic\": \"OUT\", \"partition\": 0, \"value\": \"good\"}";

    /** Answers, each with the reason why it is refused. */
    private static final List<String> BAD_EFFECTS = List.of(
            "[] | the effects are an array, expected an object with records at line 1 column 1",
            "{} | the effects have no records",
            "{\"records\": [}] | the effects are not JSON: Unexpected close marker",
            "{\"records\": [{\"egress\": \"shop/out\", \"topic\": \"OUT\"}]} | records[0] has no value",
            "{\"records\": [{\"topic\": \"OUT\", \"value\": \"1\"}]} | records[0] has no egress",
            "{\"records\": [{\"egress\": \"shop/out\", \"value\": \"1\"}]} | records[0] has no topic",
            "{\"records\": [GOOD, {\"egress\": \"shop/outt\", \"topic\": \"OUT\", \"value\": \"1\"}]}"
                    + " | records[1]: there is no egress 'shop/outt'; the registered ones are [shop/out]",
            "{\"records\": [GOOD, {\"egress\": \"shop/out\", \"topic\": \"OUT-nowhere\", \"value\": \"1\"}]}"
                    + " | records[1]: topic 'OUT-nowhere' of egress 'shop/out' does not exist",
            "{\"records\": [GOOD, {\"egress\": \"shop/out\", \"topic\": \"OUT\", \"partition\": 2, \"value\": \"1\"}]}"
                    + " | records[1]: topic 'OUT' has 2 partitions, none has the number 2",
            "{\"records\": [GOOD, {\"egress\": \"shop/out\", \"topic\": \"OUT\", \"value_base64\": \"a b\"}]}"
                    + " | records[1].value_base64 is 'a b', which is not base64",
            "{\"records\": [GOOD, {\"egress\": \"shop/out\", \"topic\": \"OUT\", \"valu\": \"1\"}]}"
                    + " | unknown field 'records[1].valu'; did you mean 'value'? at line 1",
            "{\"records\": [GOOD, {\"egress\": \"shop/out\", \"topic\": \"OUT\", \"value\": \"LARGE\"}]}"
                    + " | bytes, more than max.message.bytes of topic 'OUT', 5000");

    private Scene scene;
    private String out;

    @BeforeEach
    void start() throws Exception {
        scene = Scene.start().objects(2);
        out = scene.topics.create("out", 2);
        scene.egress("shop/out", DeliverySemantic.AT_LEAST_ONCE, Map.of("linger.ms", "0"));
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private TestPlane replying() throws Exception {
        return scene.subscribe(draft -> draft.reply("shop/out", out)).instance();
    }

    private void answering(String body) {
        scene.handler.answering((call, request) ->
                request.response().putHeader("content-type", EFFECTS).end(body.replace("OUT", out)));
    }

    @Test
    void theBodyOfAnAnswerBecomesARecordOfTheInputsKeyAndTrace() throws Exception {
        scene.handler.answering((call, request) -> request.response().end("answer to " + call.body()));
        ProducerRecord<byte[], byte[]> input = scene.record(0, "k", "one");
        input.headers().add("traceparent", Scene.bytes("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        scene.topics.send(input);

        TestPlane instance = replying();

        await().atMost(SOON).until(() -> scene.committed(0) == 1);
        ConsumerRecord<byte[], byte[]> written = scene.topics.read(out, 1).get(0);
        assertThat(written.key()).isEqualTo(Scene.bytes("k"));
        assertThat(written.value()).isEqualTo(Scene.bytes("answer to one"));
        assertThat(headers(written))
                .containsExactly("traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assertThat(instance.scrape()).containsPattern("keyway_egress_records_total\\{egress=\"shop/out\"[^}]*} 1");
    }

    @Test
    void theAnswersHeadersGiveKeyAndHeaders() throws Exception {
        scene.handler.answering((call, request) -> {
            if (call.offset() == 0) {
                request.response().putHeader("keyway-reply-key", "caf%C3%A9%20%2C");
            } else {
                request.response().putHeader("keyway-reply-key-base64", "_w==");
            }
            request.response()
                    .headers()
                    .add("keyway-reply-header", "a%20b;" + base64("x;,y"))
                    .add("keyway-reply-header", "a%20b;" + base64("z"));
            request.response().end("v");
        });
        scene.send(0, "k", "1");
        scene.send(0, "k", "2");

        replying();

        List<ConsumerRecord<byte[], byte[]>> written = scene.topics.read(out, 2);
        assertThat(written)
                .extracting(ConsumerRecord::key)
                .containsExactlyInAnyOrder("caf\u00e9 ,".getBytes(UTF_8), new byte[] {-1});
        assertThat(headers(written.get(0))).containsExactly("a b=x;,y", "a b=z");
    }

    @Test
    void anAnswerWithoutABodyWritesNothing() throws Exception {
        scene.handler.answering((call, request) -> {
            if (call.offset() == 2) {
                request.response().end("last");
            } else {
                request.response().setStatusCode(call.offset() == 0 ? 204 : 200).end();
            }
        });
        for (int i = 0; i < 3; i++) {
            scene.send(0, "k", "v" + i);
        }

        replying();

        await().atMost(SOON).until(() -> scene.committed(0) == 3);
        assertThat(scene.topics.read(out, 1)).extracting(EgressIT::value).containsExactly("last");
    }

    @Test
    void repliesOfOneKeyStandInTheOrderOfItsRecords() throws Exception {
        scene.handler.answering((call, request) -> request.response().end(call.body()));
        scene.sendMany(400, 2, 10);

        replying();

        await().atMost(SOON).until(() -> scene.committedTotal() == 400);
        Map<String, List<Integer>> byKey = new java.util.HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : scene.topics.read(out, 400)) {
            byKey.computeIfAbsent(new String(record.key(), UTF_8), key -> new ArrayList<>())
                    .add(Integer.parseInt(value(record).replaceAll("\\D", "")));
        }
        assertThat(byKey)
                .hasSize(20)
                .allSatisfy((key, numbers) -> assertThat(numbers).isSorted().hasSize(20));
    }

    @Test
    void anEffectsDocumentWritesRecordsToSeveralEgresses() throws Exception {
        String other = scene.topics.create("other", 3);
        scene.egress("audit", DeliverySemantic.NONE, Map.of("linger.ms", "0"));
        scene.handler.answering((call, request) -> request.response()
                .putHeader("content-type", EFFECTS + "; charset=utf-8")
                .end("""
                        {"records": [
                          {"egress": "shop/out", "topic": "OUT", "key": "a", "value": {"n" : 1.50, "\u00e9": [ ]}},
                          {"egress": "shop/out", "topic": "OUT", "partition": 1, "key_base64": "/w", "value": "text",
                           "headers": {"h": "v", "null": null}},
                          {"egress": "audit", "topic": "OTHER", "partition": 2, "value_base64": "AAE=",
                           "headers": [{"name": "h", "value": "1"}, {"name": "h", "value_base64": "/w=="}]},
                          {"egress": "audit", "topic": "OTHER", "partition": 2, "key": "gone", "value": null},
                          {"egress": "audit", "topic": "OTHER", "partition": 2, "value": 12345678901234567890.10}
                        ]}""".replace("OUT", out).replace("OTHER", other)));
        scene.send(0, "k", "1");

        scene.subscribe().instance();

        await().atMost(SOON).until(() -> scene.committed(0) == 1);
        List<ConsumerRecord<byte[], byte[]>> written = scene.topics.read(out, 2);
        ConsumerRecord<byte[], byte[]> first = written.stream()
                .filter(each -> each.key().length == 1 && each.key()[0] == 'a')
                .findFirst()
                .orElseThrow();
        assertThat(value(first)).isEqualTo("{\"n\" : 1.50, \"\u00e9\": [ ]}");
        ConsumerRecord<byte[], byte[]> second =
                written.stream().filter(each -> each.key()[0] == -1).findFirst().orElseThrow();
        assertThat(second.partition()).isEqualTo(1);
        assertThat(value(second)).isEqualTo("text");
        assertThat(headers(second)).containsExactly("h=v", "null=null");
        List<ConsumerRecord<byte[], byte[]>> audit = scene.topics.read(other, 3);
        assertThat(audit).extracting(ConsumerRecord::partition).containsOnly(2);
        assertThat(audit.get(0).key()).isNull();
        assertThat(audit.get(0).value()).containsExactly(0, 1);
        assertThat(audit.get(0).headers().lastHeader("h").value()).containsExactly(-1);
        assertThat(audit.get(1).value()).isNull();
        assertThat(value(audit.get(2))).isEqualTo("12345678901234567890.10");
    }

    @Test
    void badEffectsTakeTheFailurePolicyWithTheReasonAndWriteNothing() throws Exception {
        scene.topics.create(out + "small", 2, Map.of("max.message.bytes", "5000"));
        out = out + "small";
        List<String> documents = new ArrayList<>();
        for (String bad : BAD_EFFECTS) {
            documents.add(bad.substring(0, bad.indexOf(" | "))
                    .replace("GOOD", GOOD)
                    .replace("LARGE", "x".repeat(6_000))
                    .replace("OUT", out));
            scene.send(0, "k" + documents.size(), "1");
        }
        scene.handler.answering((call, request) ->
                request.response().putHeader("content-type", EFFECTS).end(documents.get((int) call.offset())));

        TestPlane instance = scene.subscribe().instance();

        await().atMost(SOON).until(() -> scene.blocked(instance).size() == documents.size());
        for (BlockedKey key : scene.blocked(instance)) {
            String bad = BAD_EFFECTS.get((int) key.offset());
            assertThat(key.state()).as(bad).isEqualTo("paused");
            assertThat(key.attempts()).as(bad).isEqualTo(1);
            assertThat(key.reason())
                    .startsWith("the effects of the answer cannot be carried out: ")
                    .contains(bad.substring(bad.indexOf(" | ") + 3).replace("OUT", out));
        }
        answering("{\"records\": [" + GOOD.replace("good", "after") + "]}");
        for (int offset = 0; offset < documents.size(); offset++) {
            int record = offset;
            scene.subscribe(draft -> draft.keyAction(0, record, KeyAction.Action.RESUME));
        }
        await().atMost(SOON).until(() -> scene.committed(0) == documents.size());
        assertThat(scene.topics.read(out, documents.size()))
                .hasSize(documents.size())
                .extracting(EgressIT::value)
                .containsOnly("after");
    }

    @Test
    void aBadReplyHeaderAndADeadLetterNameTheReason() throws Exception {
        String letters = scene.topics.create("letters", 1);
        scene.handler.answering((call, request) ->
                request.response().putHeader("keyway-reply-header", "nothing").end("v"));
        scene.send(0, "k", "1");

        scene.subscribe(draft -> draft.reply("shop/out", out)
                        .onFailure(OnFailure.DEAD_LETTER)
                        .deadLetterTopic(letters))
                .instance();

        await().atMost(SOON).until(() -> scene.committed(0) == 1);
        ConsumerRecord<byte[], byte[]> letter = scene.topics.read(letters, 1).get(0);
        assertThat(new String(letter.headers().lastHeader("keyway.error.reason").value(), UTF_8))
                .contains("keyway-reply-header is 'nothing', expected <percent-encoded name>;<base64url value>");
    }

    @Test
    void aReplyTopicThatIsGoneIsWaitedForAndTheOffsetWithIt() throws Exception {
        String gone = TestTopics.uniqueName("gone");
        scene.handler.answering((call, request) -> request.response().end(call.body()));
        scene.send(0, "k", "1");
        scene.send(0, "k", "2");

        TestPlane instance =
                scene.subscribe(draft -> draft.reply("shop/out", gone)).instance();

        await().atMost(SOON).untilAsserted(() -> assertThat(scene.blocked(instance))
                .singleElement()
                .satisfies(key -> {
                    assertThat(key.state()).isEqualTo("retrying");
                    assertThat(key.reason()).contains("topic '" + gone + "' of egress 'shop/out' does not exist");
                    assertThat(key.waiting()).isEqualTo(1);
                }));
        assertThat(scene.committed(0)).isLessThanOrEqualTo(0);
        scene.topics.create(gone, 1, Map.of());
        await().atMost(SOON).until(() -> scene.committed(0) == 2);
        assertThat(scene.topics.read(gone, 2)).extracting(EgressIT::value).containsExactly("1", "2");
        assertThat(scene.handler.count()).as("the handler is not called again").isEqualTo(2);
    }

    @Test
    void manyLargeRepliesStayWithinTheBoundOfTheEgressAndAllArrive() throws Exception {
        String large = "x".repeat(20_000);
        scene.topic(2, Map.of(), ServiceType.SERVICE, "binary");
        scene.handler.answering((call, request) -> request.response().end(large));
        scene.sendMany(300, 2, 10);

        scene.subscribe(draft -> draft.reply("shop/out", out));
        scene.instance(dev.keyway.gateway.fixture.World.config(
                new dev.keyway.admin.config.KeywayConfig.Egress(5, 50_000, 10)));

        await().atMost(SOON).until(() -> scene.committedTotal() == 300);
        assertThat(scene.topics.read(out, 300)).allMatch(record -> record.value().length == 20_000);
    }

    @Test
    void anExactlyOnceReplyIsInTheTransactionOfItsOffset() throws Exception {
        scene.egress("once", EXACTLY_ONCE, Map.of("compression.type", "lz4"));
        scene.handler.answering((call, request) -> request.response().end(call.body()));
        scene.sendMany(40, 2, 5);

        TestPlane instance = scene.subscribe(draft -> draft.reply("once", out)).instance();

        await().atMost(SOON).until(() -> scene.committedTotal() >= 40);
        assertThat(scene.topics.read(out, 40)).hasSize(40);
        assertThat(instance.scrape()).containsPattern("keyway_egress_records_total\\{egress=\"once\"[^}]*} 0");
    }

    @Test
    void anExactlyOnceEgressOfAnotherNameOfTheClusterIsReachedWithItsOwnTransactionTimeout() throws Exception {
        scene.handler.answering((call, request) -> request.response()
                .putHeader("content-type", EFFECTS)
                .end("{\"records\": [{\"egress\": \"late\", \"topic\": \"" + out + "\", \"value\": " + call.body()
                        + "}, {\"egress\": \"shop/out\", \"topic\": \"" + out + "\", \"value\": \"beside\"}]}"));
        scene.cluster("alias");
        scene.egress(new Egress("late", "alias", null, EXACTLY_ONCE, Duration.ofSeconds(47), Map.of()));
        scene.send(0, "k", "1");

        scene.subscribe().instance();

        await().atMost(SOON).until(() -> scene.committed(0) == 1);
        assertThat(scene.topics.read(out, 2)).extracting(EgressIT::value).containsExactlyInAnyOrder("1", "beside");
        String transactionalId = "keyway./" + scene.subscription().id() + "/test/0";
        assertThat(scene.topics
                        .admin()
                        .describeTransactions(List.of(transactionalId))
                        .description(transactionalId)
                        .get()
                        .transactionTimeoutMs())
                .isEqualTo(47_000);
    }

    @Test
    void anRpcCallIsAnsweredWhenItsRecordsAreWritten() throws Exception {
        scene.handler.answering((call, request) -> request.response()
                .putHeader("content-type", EFFECTS)
                .putHeader("x-own", "1")
                .setStatusCode(202)
                .end("{\"records\": [{\"egress\": \"shop/out\", \"topic\": \"" + out + "\", \"key\": \"r\", "
                        + "\"value\": \"by rpc\"}]}"));
        TestPlane instance = scene.subscribe().instance();

        RpcCall.Reply reply = rpc(instance);

        assertThat(reply).isInstanceOfSatisfying(RpcCall.Reply.Answered.class, answered -> {
            assertThat(answered.outcome().response().status()).isEqualTo(202);
            assertThat(answered.outcome().response().body()).isNull();
            assertThat(answered.outcome().response().headers().get("x-own")).isEqualTo("1");
            assertThat(answered.outcome().response().headers().contains("content-type"))
                    .isFalse();
        });
        assertThat(scene.topics.read(out, 1)).extracting(EgressIT::value).containsExactly("by rpc");
    }

    @Test
    void anRpcCallCannotWriteExactlyOnce() throws Exception {
        scene.egress("once", EXACTLY_ONCE, Map.of());
        answering("{\"records\": [{\"egress\": \"once\", \"topic\": \"OUT\", \"value\": \"1\"}]}");
        TestPlane instance = scene.subscribe().instance();

        RpcCall.Reply reply = rpc(instance);

        assertThat(reply).isInstanceOfSatisfying(RpcCall.Reply.Answered.class, answered -> assertThat(
                        answered.outcome().reason())
                .contains("egress 'once' is exactly-once, and an RPC call has no transaction"));
    }

    private RpcCall.Reply rpc(TestPlane instance) {
        await().atMost(SOON).until(() -> scene.status(instance) != null);
        return TestPlane.await(instance.rpc()
                .dispatch(new RpcCall(
                        "Orders",
                        "handle",
                        "k",
                        MultiMap.caseInsensitiveMultiMap(),
                        Buffer.buffer("{}"),
                        System.nanoTime() + SOON.toNanos()))
                .reply());
    }

    private static String value(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), UTF_8);
    }

    private static List<String> headers(ConsumerRecord<byte[], byte[]> record) {
        List<String> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(header.key() + "=" + (header.value() == null ? null : new String(header.value(), UTF_8)));
        }
        return headers;
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
