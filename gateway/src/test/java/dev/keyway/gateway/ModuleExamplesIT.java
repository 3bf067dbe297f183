package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.module.load.Modules;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.codecs.statefun.BuiltInType;
import dev.keyway.gateway.fixture.LocalRegistry;
import dev.keyway.gateway.fixture.Scene;
import dev.keyway.gateway.fixture.World;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The modules of docs/examples/statefun as they are written, but for addresses and the names of topics and groups. */
class ModuleExamplesIT {
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final Path EXAMPLES = Path.of("../docs/examples/statefun");
    private static final String[] TOPICS = {"names", "clicks", "invoices", "lines", "orders", "payments"};

    @TempDir
    private Path directory;

    private final String unique = TestTopics.uniqueName("ex");
    private final ConcurrentLinkedQueue<String> called = new ConcurrentLinkedQueue<>();
    /** What functions answer. */
    private byte[] answer = {(byte) 0xa2, 6, 0};

    private TestTopics topics;
    private Vertx vertx;
    private HttpServer functions;
    private TestPlane plane;

    @BeforeEach
    void open() {
        topics = SharedBroker.topics();
        vertx = Vertx.vertx();
        functions = TestPlane.await(vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> {
                    read(request.path(), body.getBytes());
                    request.response()
                            .putHeader("content-type", "application/octet-stream")
                            .end(Buffer.buffer(answer));
                }))
                .listen(0, "127.0.0.1"));
        for (String topic : TOPICS) {
            topics.create(unique + topic, 2, Map.of());
        }
    }

    @AfterEach
    void close() {
        plane.close();
        TestPlane.await(vertx.close());
        topics.close();
    }

    private void run(String... examples) throws Exception {
        List<Path> files = new ArrayList<>();
        for (String example : examples) {
            String text = Files.readString(EXAMPLES.resolve(example))
                    .replaceAll("(localhost|kafka-\\d):9092(,kafka-\\d:9092)?", SharedBroker.bootstrapServers())
                    .replaceAll("http://(localhost|functions|fraud):8000", "http://127.0.0.1:" + functions.actualPort())
                    .replaceAll("consumerGroupId: ", "consumerGroupId: " + unique)
                    .replaceAll("topic: ", "topic: " + unique)
                    .replaceAll("- (orders/\\d:)", "- " + unique + "$1");
            files.add(Files.writeString(directory.resolve(example), text));
        }
        LocalRegistry registry = new LocalRegistry();
        registry.set(before -> new RegistrySnapshot(
                1,
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of("main", World.cluster(SharedBroker.bootstrapServers())),
                Map.of(),
                Map.of()));
        KeywayConfig config = World.home(
                World.config(), SharedBroker.bootstrapServers(), unique, directory.resolve("data"), unique + ".", 2);
        plane = TestPlane.start(config, registry, Modules.load(files, name -> null, World.FAST));
    }

    private void send(String topic, int partition, String key, byte[] value) {
        topics.send(new ProducerRecord<>(unique + topic, partition, Scene.bytes(key), value));
    }

    private void awaitCalls(String... calls) {
        await().atMost(SOON).untilAsserted(() -> assertThat(called).contains(calls));
        assertThat(called).containsExactlyInAnyOrder(calls);
    }

    /** Keeps {@code path function/id typename value header} of every invocation of a request. */
    private void read(String path, byte[] body) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(message(CodedInputStream.newInstance(body), 100));
            String target = "";
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case 1 -> {
                        byte[] address = in.readByteArray();
                        target = text(address, 2) + "/" + text(address, 3);
                    }
                    case 3 -> {
                        byte[] argument = message(CodedInputStream.newInstance(in.readByteArray()), 2);
                        byte[] header = message(CodedInputStream.newInstance(argument), 4);
                        called.add(path + " " + target + " " + text(argument, 1) + " " + text(argument, 3)
                                + (header.length == 0 ? "" : " " + text(header, 1) + "=" + text(header, 2)));
                    }
                    default -> in.skipField(tag);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] message(CodedInputStream in, int field) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == field) {
                return in.readByteArray();
            }
            in.skipField(tag);
        }
        return new byte[0];
    }

    private static String text(byte[] message, int field) throws IOException {
        return new String(message(CodedInputStream.newInstance(message), field), StandardCharsets.UTF_8);
    }

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] bytes(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** An answer that writes one record to each of these egresses. */
    private byte[] emitting(String topic, String... egresses) {
        byte[] record = bytes(out -> {
            out.writeString(1, "ada");
            out.writeString(2, "hello");
            out.writeString(3, topic);
        });
        byte[] value = bytes(out -> {
            out.writeString(1, "type.googleapis.com/io.statefun.sdk.egress.KafkaProducerRecord");
            out.writeBool(2, true);
            out.writeByteArray(3, record);
        });
        byte[] result = bytes(out -> {
            for (String egress : egresses) {
                out.writeByteArray(4, bytes(message -> {
                    message.writeString(1, "com.example");
                    message.writeString(2, egress);
                    message.writeByteArray(3, value);
                }));
            }
        });
        return bytes(out -> out.writeByteArray(100, result));
    }

    @Test
    void recordsReachTheirFunctionAndWhatItAnswersReachesEachEgress() throws Exception {
        String greetings = topics.create("greetings", 1);
        answer = emitting(greetings, "greetings", "audit", "metrics");
        send("names", 1, "ada", Scene.bytes("{}"));

        run("ingress.yaml", "egress.yaml");

        awaitCalls("/statefun greeter/ada com.example/User {}");
        assertThat(topics.read(greetings, 3)).allSatisfy(record -> {
            assertThat(record.key()).isEqualTo(Scene.bytes("ada"));
            assertThat(record.value()).isEqualTo(Scene.bytes("hello"));
        });
    }

    @Test
    void everyTopicHasItsTargetsAndStart() throws Exception {
        IntStream.range(0, 93).forEach(i -> send("orders", 0, "o" + i, Scene.bytes("v")));
        for (String topic : List.of("orders", "payments")) {
            ProducerRecord<byte[], byte[]> traced =
                    new ProducerRecord<>(unique + topic, 0, Scene.bytes("traced"), Scene.bytes("v"));
            traced.headers().add("trace", Scene.bytes("1"));
            topics.send(traced);
        }

        run("routing.yaml");

        awaitCalls(
                "/ fraud/o91 com.example/Order v",
                "/ fraud/o92 com.example/Order v",
                "/stock stock/o91 com.example/Order v",
                "/stock stock/o92 com.example/Order v",
                "/ fraud/traced com.example/Order v",
                "/stock stock/traced com.example/Order v",
                "/ fraud/traced com.example/Payment v trace=1");
    }

    @Test
    void valuesGoUnderTheirTypesAndPlainTextAsAString() throws Exception {
        send("clicks", 0, "c", Scene.bytes("{\"x\":1}"));
        send("invoices", 1, "i", Scene.bytes("proto"));
        send("lines", 0, "l", Scene.bytes("a line"));

        run("custom-type.yaml");

        awaitCalls(
                "/statefun sessions/c com.example/Click {\"x\":1}",
                "/statefun billing/i type.googleapis.com/com.example.Invoice proto",
                "/statefun lines/l io.statefun.types/string "
                        + new String(BuiltInType.wrap("a line"), StandardCharsets.UTF_8));
    }
}
