package dev.keyway.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class KeysTest {
    private static final int RECORDS = 100_000;

    private static int[] counts(Keys keys) {
        int[] counts = new int[keys.count()];
        for (int i = 0; i < RECORDS; i++) {
            counts[keys.number(i)]++;
        }
        return counts;
    }

    @Test
    void uniformKeysAreUsedEquallyOften() {
        for (int count : counts(Keys.uniform(100))) {
            assertThat(count).isBetween(900, 1_100);
        }
    }

    @Test
    void zipfKeysFallOffAsTheExponentSays() {
        int[] counts = counts(Keys.zipf(1_000, 1));

        // The harmonic number of 1,000 is 7.49.
        assertThat(counts[0]).isBetween(13_000, 13_700);
        assertThat(counts[9]).isBetween(1_200, 1_470);
    }

    @Test
    void aHotKeyHasItsShare() {
        int[] counts = counts(Keys.hot(11, 0.5));

        assertThat(counts[0]).isBetween(49_000, 51_000);
        assertThat(counts[10]).isBetween(4_500, 5_500);
    }

    @Property
    void everyRecordOfAKeyIsInOneSlot(@ForAll @IntRange(min = 0, max = 1_000_000) int i) {
        Workload workload = new Workload(1, Keys.zipf(50, 0.99), 200, 3, 4);

        assertThat(workload.slot(i)).isEqualTo(workload.keys().number(i) % 12);
        assertThat(Workload.text(workload.key(i)))
                .isEqualTo(String.format("key-%07d", workload.keys().number(i)));
    }

    @Test
    void aWorkloadSurvivesItsWord() {
        Workload workload = new Workload(7, Keys.hot(10, 0.5), 1_024, 2, 3);

        Workload read = Workload.parse(workload.toWord());

        assertThat(read.toWord()).isEqualTo(workload.toWord());
        assertThat(read.keys().number(5)).isEqualTo(workload.keys().number(5));
    }

    @Property
    void aBodyIsJsonOfItsSizeAndIsReadWithoutParsing(
            @ForAll @IntRange(min = 0, max = 1_000_000_000) int sequence,
            @ForAll @IntRange(min = 0, max = 9_999_999) int key,
            @ForAll @LongRange(min = 0) long sent,
            @ForAll @IntRange(min = 80, max = 300) int bytes) {
        Buffer body = Buffer.buffer(new Body(bytes).of(sequence, key, sent));

        assertThat(body.length()).isEqualTo(bytes);
        assertThat(Body.sequence(body)).isEqualTo(sequence);
        assertThat(Body.key(body)).isEqualTo(key);
        assertThat(Body.sent(body)).isEqualTo(sent);
        assertThat(Long.parseLong(new JsonObject(body).getString("sequence"))).isEqualTo(sequence);
    }
}
