package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import dev.keyway.admin.model.NullKey;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription.KeyAction.Action;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.gateway.fixture.DeploymentDraft;
import dev.keyway.gateway.fixture.RecordingHandler.Seen;
import dev.keyway.gateway.fixture.Scene;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records of every shape: each is delivered or takes its policy, and stops nothing else (invariants I1, I5). */
class RecordShapesIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final byte[] NOT_UTF8 = {(byte) 0xC3, 0x28};

    private Scene scene;

    @BeforeEach
    void start() throws Exception {
        scene = Scene.start();
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private void json(int partitions) {
        scene.topic(partitions, Map.of(), ServiceType.VIRTUAL_OBJECT, null);
    }

    @Test
    void aRecordAtTheSizeLimitIsDeliveredWhole() throws Exception {
        int limit = 8 << 20;
        scene.topic(
                1, Map.of("max.message.bytes", Integer.toString(limit + 1024)), ServiceType.VIRTUAL_OBJECT, "binary");
        scene.send(0, "default limit", "x".repeat((1 << 20) - 200));
        scene.send(0, "topic's limit", "y".repeat(limit));

        scene.subscribe().instance();

        await().atMost(SOON).until(() -> scene.committed(0) == 2);
        assertThat(scene.handler.seen())
                .extracting(call -> call.body().length())
                .containsExactlyInAnyOrder((1 << 20) - 200, limit);
    }

    @Test
    void nullAndEmptyKeysAreTheObjectWithTheEmptyName() throws Exception {
        json(1);
        scene.send(0, null, "1");
        scene.send(0, "", "2");

        scene.subscribe().instance();

        await().atMost(SOON).until(() -> scene.committed(0) == 2);
        assertThat(scene.handler.seen()).extracting(Seen::key).containsExactly("", "");
        assertThat(scene.handler.seen()).extracting(Seen::body).containsExactly("1", "2");
        assertThat(scene.handler.seen().get(0).headers()).doesNotContainKey("kafka.key");
        assertThat(scene.handler.seen().get(1).headers()).containsEntry("kafka.key", "");
    }

    @Test
    void whatCannotBecomeAnInvocationBlocksItsKeyAndIsListedWithTheReason() throws Exception {
        json(1);
        scene.send(0, null, "1");
        scene.topics.send(new ProducerRecord<>(scene.topic(), 0, NOT_UTF8, Scene.bytes("2")));
        scene.send(0, "tombstone", null);
        scene.send(0, "malformed", "{\"n\":");
        scene.send(0, "malformed", "{\"n\":4}");
        scene.send(0, "fine", "{\"n\":5}");

        TestPlane instance =
                scene.subscribe(draft -> draft.nullKey(NullKey.REJECT)).instance();

        await().atMost(SOON).until(() -> scene.blocked(instance).size() == 4 && scene.handler.count() == 1);
        assertThat(scene.handler.seen()).extracting(Seen::key).containsExactly("fine");
        assertThat(scene.blocked(instance))
                .extracting(BlockedKey::offset, BlockedKey::key, BlockedKey::state, BlockedKey::waiting)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(0L, null, "paused", 0),
                        org.assertj.core.groups.Tuple.tuple(1L, null, "paused", 0),
                        org.assertj.core.groups.Tuple.tuple(2L, "tombstone", "paused", 0),
                        org.assertj.core.groups.Tuple.tuple(3L, "malformed", "paused", 1));
        assertThat(scene.blocked(instance)).extracting(BlockedKey::attempts).containsOnly(0);
        assertThat(reason(instance, 0)).contains("no key").contains("null_key: reject");
        assertThat(reason(instance, 1)).contains("not valid UTF-8");
        assertThat(reason(instance, 2)).contains("tombstone");
        assertThat(reason(instance, 3)).contains("codec");
        assertThat(scene.blocked(instance).stream()
                        .filter(key -> key.offset() == 1)
                        .findFirst()
                        .orElseThrow()
                        .keyBase64())
                .isEqualTo(Base64.getUrlEncoder().encodeToString(NOT_UTF8));
        assertThat(scene.committed(0)).isZero();
    }

    @Test
    void aRecordOfWhichNoRequestCanBeMadeWaitsWithoutAnAttempt() throws Exception {
        scene.objects(1)
                .deployment(old -> new DeploymentDraft(old).uri("nowhere").done());
        scene.send(0, "k", "1");

        TestPlane instance = scene.subscribe().instance();

        await().atMost(SOON).until(() -> scene.blocked(instance).size() == 1);
        assertThat(scene.blocked(instance).get(0).state()).isEqualTo("paused");
        assertThat(scene.blocked(instance).get(0).attempts()).isZero();
    }

    private String reason(TestPlane instance, long offset) {
        return scene.blocked(instance).stream()
                .filter(key -> key.offset() == offset)
                .findFirst()
                .orElseThrow()
                .reason();
    }

    @Test
    void aBlockedRecordIsResumedOrDiscardedByItsCoordinates() throws Exception {
        scene.objects(1);
        scene.handler.answering((call, request) -> request.response()
                .setStatusCode(call.body().startsWith("bad") ? 422 : 200)
                .end());
        scene.send(0, "a", "bad");
        scene.send(0, "a", "good");
        scene.send(0, "b", "bad, fixed later");
        scene.send(0, "b", "good");
        TestPlane instance = scene.subscribe().instance();
        await().atMost(SOON).until(() -> scene.blocked(instance).size() == 2);

        scene.subscribe(draft -> draft.keyAction(0, 0, Action.DISCARD));

        await().atMost(SOON).until(() -> scene.committed(0) == 2);
        assertThat(scene.blocked(instance)).extracting(BlockedKey::offset).containsExactly(2L);
        scene.handler.answering((call, request) -> request.response().end());
        scene.subscribe(draft -> draft.keyAction(0, 2, Action.RESUME));
        await().atMost(SOON).until(() -> scene.committed(0) == 4);
        assertThat(scene.handler.seen()).filteredOn(call -> call.offset() == 2).hasSize(2);
        assertThat(scene.handler.seen()).filteredOn(call -> call.offset() == 0).hasSize(1);
        assertThat(scene.blocked(instance)).isEmpty();
    }

    @Test
    void aDiscardGivenWhileNobodyOwnedThePartitionIsObeyedByTheNextOwner() throws Exception {
        scene.objects(1);
        scene.handler.answering((call, request) ->
                request.response().setStatusCode(call.offset() == 0 ? 422 : 200).end());
        scene.send(0, "a", "bad");
        scene.send(0, "a", "good");
        TestPlane first = scene.subscribe().instance();
        await().atMost(SOON).until(() -> scene.blocked(first).size() == 1);
        scene.stop(first);

        scene.subscribe(draft -> draft.keyAction(0, 0, Action.DISCARD));
        scene.instance();

        await().atMost(SOON).until(() -> scene.committed(0) == 2);
    }

    @Test
    void discardedRecordsAreCountedAndTheirKeysGoOn() throws Exception {
        json(1);
        scene.send(0, "k", "{");
        scene.send(0, "k", "1");

        TestPlane instance =
                scene.subscribe(draft -> draft.onFailure(OnFailure.DISCARD)).instance();

        await().atMost(SOON).until(() -> scene.committed(0) == 2);
        assertThat(scene.handler.seen()).extracting(Seen::offset).containsExactly(1L);
        assertThat(instance.scrape()).containsPattern("keyway_records_failed_total\\{policy=\"discard\"[^}]*} 1");
    }

    @Test
    void aWrongProtobufTakesThePolicyAndTheNextRecordIsDelivered() throws Exception {
        json(1);
        scene.protobuf("Order", descriptors());
        scene.topics.send(
                new ProducerRecord<>(scene.topic(), 0, Scene.bytes("k"), new byte[] {0x0A, (byte) 0xFF, 1, 2, 3}));
        scene.topics.send(new ProducerRecord<>(scene.topic(), 0, Scene.bytes("other"), new byte[] {0x0A, 1, 'x'}));

        TestPlane instance = scene.subscribe().instance();

        await().atMost(SOON)
                .until(() ->
                        scene.handler.count() == 1 && scene.blocked(instance).size() == 1);
        assertThat(scene.handler.seen().get(0).offset()).isEqualTo(1);
        assertThat(reason(instance, 0)).contains("codec");
    }

    /** {@code message Order { string id = 1; }} */
    private static String descriptors() {
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("order.proto")
                .setSyntax("proto3")
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("Order")
                        .addField(FieldDescriptorProto.newBuilder()
                                .setName("id")
                                .setNumber(1)
                                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                                .setType(FieldDescriptorProto.Type.TYPE_STRING)))
                .build();
        return Base64.getEncoder()
                .encodeToString(
                        FileDescriptorSet.newBuilder().addFile(file).build().toByteArray());
    }
}
