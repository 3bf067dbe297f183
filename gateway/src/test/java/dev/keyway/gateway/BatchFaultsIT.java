package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.fixture.BatchReader;
import dev.keyway.gateway.fixture.BatchReader.Rec;
import dev.keyway.gateway.fixture.Scene;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches whose records fail, one by one or together, and answers that nobody can read (invariants I1, I2). */
class BatchFaultsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final RetryPolicy ENDLESS =
            new RetryPolicy(Duration.ofMillis(5), 2.0, Duration.ofMillis(20), 0, null, null);

    private Scene scene;

    @BeforeEach
    void start() throws Exception {
        scene = Scene.start().topic(2, Map.of(), ServiceType.VIRTUAL_OBJECT, "json");
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private BatchReader handler(BatchReader reader) {
        scene.handler.answering(reader);
        return reader;
    }

    @Test
    void onlyWhatFailedIsTriedAgain() throws Exception {
        Set<String> failed = ConcurrentHashMap.newKeySet();
        BatchReader handler =
                handler(BatchReader.each(record -> record.offset() % 5 == 0 && failed.add(record.coordinates())
                        ? new JsonObject().put("status", 503).put("retry_after", 0.01)
                        : 200));
        scene.sendMany(400, 2, 200);

        TestPlane instance = scene.subscribe(draft -> draft.retry(ENDLESS).batch(50, 1 << 20, Duration.ofMillis(10)))
                .instance();

        await().atMost(SOON).until(() -> scene.committedTotal() == 400);
        Map<String, Long> times =
                handler.records().stream().collect(Collectors.groupingBy(Rec::coordinates, Collectors.counting()));
        assertThat(times).hasSize(400);
        assertThat(times.values()).filteredOn(count -> count == 2).hasSize(80);
        assertThat(times.values()).filteredOn(count -> count == 1).hasSize(320);
        assertThat(instance.scrape())
                .containsPattern("keyway_attempts_retried_total\\{[^}]*} 80")
                .containsPattern("keyway_records_delivered_total\\{[^}]*} 400");
    }

    @Test
    void nothingBehindAFailedRecordOfItsKeyIsDoneWhateverTheHandlerSays() throws Exception {
        Set<String> failed = ConcurrentHashMap.newKeySet();
        BatchReader handler = handler(
                BatchReader.each(record -> record.offset() % 7 == 3 && failed.add(record.coordinates()) ? 500 : 200));
        scene.sendMany(600, 2, 3);

        scene.subscribe(draft -> draft.retry(ENDLESS).batch(50, 1 << 20, Duration.ofMillis(10)))
                .instance();

        await().atMost(SOON).until(() -> scene.committedTotal() == 600);
        assertThat(handler.overlaps()).isEmpty();
        Map<String, Long> next = new HashMap<>();
        Set<String> failedBefore = new HashSet<>();
        for (List<Rec> batch : handler.batches()) {
            Set<String> stopped = new HashSet<>();
            for (Rec record : batch) {
                String lane = record.partition() + "/" + record.key();
                boolean fails = record.offset() % 7 == 3 && failedBefore.add(record.coordinates());
                if (stopped.contains(lane)) {
                    continue;
                }
                assertThat(record.offset())
                        .as("the next record of " + lane + " after what is done")
                        .isGreaterThanOrEqualTo(next.getOrDefault(lane, 0L));
                if (fails) {
                    stopped.add(lane);
                    next.put(lane, record.offset());
                } else {
                    next.put(lane, record.offset() + 1);
                }
            }
        }
        assertThat(failed).hasSizeGreaterThan(50);
    }

    @Test
    void deadLettersAreThoseThatTheHandlerRefused() throws Exception {
        String letters = TestTopics.uniqueName("letters");
        scene.topics.create(letters, 1, Map.of());
        handler(BatchReader.each(record -> switch ((int) (record.offset() % 10)) {
            case 1 -> 422;
            case 2 -> new JsonObject().put("status", 200).put("outcome", "dead-letter");
            case 3 -> new JsonObject().put("status", 200).put("outcome", "discard");
            default -> 204;
        }));
        scene.sendMany(100, 2, 10);

        TestPlane instance = scene.subscribe(draft -> draft.onFailure(OnFailure.DEAD_LETTER)
                        .deadLetterTopic(letters)
                        .batch(20, 1 << 20, Duration.ofMillis(10)))
                .instance();

        await().atMost(SOON).until(() -> scene.committedTotal() == 100);
        List<ConsumerRecord<byte[], byte[]>> written = scene.topics.read(letters, 20);
        assertThat(written).allSatisfy(letter -> assertThat(number(letter, "keyway.error.offset") % 10)
                .isBetween(1, 2));
        assertThat(written)
                .filteredOn(letter -> number(letter, "keyway.error.offset") % 10 == 1)
                .hasSize(10)
                .allSatisfy(letter ->
                        assertThat(number(letter, "keyway.error.status")).isEqualTo(422));
        assertThat(instance.scrape())
                .containsPattern("keyway_records_failed_total\\{policy=\"dead-letter\"[^}]*} 20")
                .containsPattern("keyway_records_failed_total\\{policy=\"discard\"[^}]*} 10");
    }

    private static int number(ConsumerRecord<byte[], byte[]> letter, String header) {
        return Integer.parseInt(new String(letter.headers().lastHeader(header).value(), StandardCharsets.UTF_8));
    }

    @Test
    void aRecordThatBreaksItsBatchIsFoundAndTheOthersAreDone() throws Exception {
        onlyThePoisonFails(500);
    }

    @Test
    void aRefusalOfAWholeBatchCountsOnlyForTheRecordThatIsAlone() throws Exception {
        onlyThePoisonFails(422);
    }

    private void onlyThePoisonFails(int status) throws Exception {
        String letters = TestTopics.uniqueName("letters");
        scene.topics.create(letters, 1, Map.of());
        BatchReader handler = handler(new BatchReader((batch, request) -> request.response()
                .setStatusCode(batch.stream().anyMatch(r -> r.value().contains("poison")) ? status : 200)
                .end()));
        for (int i = 0; i < 60; i++) {
            scene.send(0, "k" + i % 20, i == 25 ? "\"poison\"" : "" + i);
        }

        scene.subscribe(draft -> draft.onFailure(OnFailure.DEAD_LETTER)
                        .deadLetterTopic(letters)
                        .batch(30, 1 << 20, Duration.ofMillis(10)))
                .instance();

        await().atMost(SOON).until(() -> scene.committed(0) == 60);
        assertThat(scene.topics.read(letters, 1)).singleElement().satisfies(letter -> assertThat(
                        number(letter, "keyway.error.offset"))
                .isEqualTo(25));
        assertThat(handler.overlaps()).isEmpty();
        assertThat(handler.batches())
                .anySatisfy(batch -> assertThat(batch).singleElement().satisfies(record -> assertThat(record.offset())
                        .isEqualTo(25)));
    }

    @Test
    void answersThatNobodyCanReadCompleteNothingAndSayWhy() throws Exception {
        Map<String, Function<HttpServerRequest, Void>> answers = new HashMap<>();
        Map<String, String> reasons = new HashMap<>();
        bad(answers, reasons, "[]", "0 results for 1 records: none for this one");
        bad(answers, reasons, "[200, 200]", "2 results for 1 record");
        bad(answers, reasons, "[200", "it is not JSON");
        bad(answers, reasons, "{\"status\": 200}", "found an object, expected an array");
        bad(answers, reasons, "[99]", "it is 99, expected a status from 200 to 599");
        bad(answers, reasons, "[{\"staus\": 200}]", "unknown field 'staus'; did you mean 'status'?");
        answers.put("plain", request -> {
            request.response().putHeader("content-type", "text/plain").end("ok");
            return null;
        });
        reasons.put("plain", "with a body of content-type text/plain");
        handler(new BatchReader(
                (batch, request) -> answers.get(batch.get(0).key()).apply(request)));
        answers.keySet().forEach(key -> scene.send(0, key, "1"));

        TestPlane instance =
                scene.subscribe(draft -> draft.batch(1, 1 << 20, Duration.ZERO)).instance();

        await().atMost(SOON)
                .until(() -> scene.blocked(instance).stream()
                                .filter(key -> key.state().equals("paused"))
                                .count()
                        == reasons.size());
        assertThat(scene.blocked(instance))
                .extracting(BlockedKey::key)
                .containsExactlyInAnyOrderElementsOf(reasons.keySet());
        assertThat(scene.blocked(instance))
                .allSatisfy(key -> assertThat(key.reason()).contains(reasons.get(key.key())));
        assertThat(scene.committed(0)).as("nothing is taken for done").isLessThanOrEqualTo(0);
    }

    private static void bad(
            Map<String, Function<HttpServerRequest, Void>> answers,
            Map<String, String> reasons,
            String body,
            String reason) {
        String key = "k" + answers.size();
        answers.put(key, request -> {
            BatchReader.answer(request, body);
            return null;
        });
        reasons.put(key, reason);
    }

    @Test
    void aShortAnswerCountsForThoseThatItNames() throws Exception {
        Set<String> answered = ConcurrentHashMap.newKeySet();
        BatchReader handler = handler(new BatchReader((batch, request) -> {
            // Half of the entries at the first sight of a batch of several.
            int entries =
                    batch.size() > 1 && answered.add(batch.get(0).coordinates()) ? batch.size() / 2 : batch.size();
            JsonArray results = new JsonArray();
            for (int i = 0; i < entries; i++) {
                results.add(200);
            }
            BatchReader.answer(request, results.encode());
        }));
        scene.sendMany(300, 2, 300);

        scene.subscribe(draft -> draft.retry(ENDLESS).batch(40, 1 << 20, Duration.ofMillis(10)))
                .instance();

        await().atMost(SOON).until(() -> scene.committedTotal() == 300);
        Set<String> done = new HashSet<>();
        Set<String> shortened = new HashSet<>();
        for (List<Rec> batch : handler.batches()) {
            int entries =
                    batch.size() > 1 && shortened.add(batch.get(0).coordinates()) ? batch.size() / 2 : batch.size();
            for (int i = 0; i < entries; i++) {
                assertThat(done.add(batch.get(i).coordinates()))
                        .as("done twice")
                        .isTrue();
            }
        }
        assertThat(done).hasSize(300);
    }
}
