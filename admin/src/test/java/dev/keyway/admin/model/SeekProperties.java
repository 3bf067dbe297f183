package dev.keyway.admin.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.model.Subscription.Seek;
import dev.keyway.admin.model.Subscription.Seek.Position;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A chain of seeks against the list of all seeks ever made. */
class SeekProperties {
    private static final int PARTITIONS = 3;
    private static final List<String> TOPICS = List.of("a", "b");

    /** A seek as it is asked for; without offsets it goes to the earliest record. */
    record Asked(String topic, Map<Integer, Long> offsets) {
        boolean moves(String ofTopic, int partition) {
            return (topic == null || topic.equals(ofTopic)) && (offsets.isEmpty() || offsets.containsKey(partition));
        }
    }

    @Property
    void namesForEachPartitionTheNewestSeekThatMovesIt(@ForAll("seeks") List<Asked> made) {
        Seek seek = null;

        for (Asked asked : made) {
            seek = Seek.after(
                    seek,
                    asked.offsets().isEmpty() ? Position.EARLIEST : Position.OFFSETS,
                    asked.topic(),
                    null,
                    asked.offsets());
        }

        assertThat(seek.epoch()).isEqualTo(made.size());
        for (String topic : TOPICS) {
            for (int p = 0; p < PARTITIONS; p++) {
                int newest = 0;
                for (int i = 0; i < made.size(); i++) {
                    newest = made.get(i).moves(topic, p) ? i + 1 : newest;
                }
                Seek moving = seek.moving(topic, p);
                assertThat(moving == null ? 0 : moving.epoch()).isEqualTo(newest);
                if (moving != null && moving.position() == Position.OFFSETS) {
                    assertThat(moving.offsets().get(p))
                            .isEqualTo(made.get(newest - 1).offsets().get(p));
                }
                assertThat(seek.moves(topic, p, made.size())).isFalse();
                assertThat(seek.moves(topic, p, 0)).isEqualTo(newest > 0);
            }
        }
        assertThat(length(seek)).isLessThanOrEqualTo(TOPICS.size() * (PARTITIONS + 1) + 1);
    }

    private static int length(Seek seek) {
        return seek == null ? 0 : 1 + length(seek.earlier());
    }

    /** Of one source of several topics, whose seeks to offsets name one. */
    @Provide
    Arbitrary<List<Asked>> seeks() {
        Arbitrary<Map<Integer, Long>> offsets = Arbitraries.maps(
                        Arbitraries.integers().between(0, PARTITIONS - 1),
                        Arbitraries.longs().between(0, 100))
                .ofMaxSize(PARTITIONS);
        Arbitrary<String> topic = Arbitraries.of(TOPICS).injectNull(0.3);
        return Combinators.combine(topic, offsets)
                .as((name, named) -> new Asked(name, name == null ? Map.<Integer, Long>of() : named))
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
    }
}
