package dev.keyway.admin.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.model.Subscription.Seek;
import dev.keyway.admin.model.Subscription.Seek.Position;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A chain of seeks against the list of all seeks ever made. */
class SeekProperties {
    private static final int PARTITIONS = 5;

    @Property
    void namesForEachPartitionTheNewestSeekThatMovesIt(@ForAll("seeks") List<Map<Integer, Long>> made) {
        // Given
        Map<Integer, Integer> newest = new HashMap<>();
        Seek seek = null;

        // When
        for (int i = 0; i < made.size(); i++) {
            Map<Integer, Long> offsets = made.get(i);
            seek = Seek.after(seek, offsets.isEmpty() ? Position.EARLIEST : Position.OFFSETS, null, offsets);
            for (int p = 0; p < PARTITIONS; p++) {
                if (offsets.isEmpty() || offsets.containsKey(p)) {
                    newest.put(p, i + 1);
                }
            }
        }

        // Then
        assertThat(seek.epoch()).isEqualTo(made.size());
        for (int p = 0; p < PARTITIONS; p++) {
            Seek moving = seek.moving(p);
            assertThat(moving == null ? null : moving.epoch()).isEqualTo(newest.get(p));
            if (moving != null && moving.position() == Position.OFFSETS) {
                assertThat(moving.offsets().get(p))
                        .isEqualTo(made.get(moving.epoch() - 1).get(p));
            }
            assertThat(seek.moves(p, made.size())).isFalse();
            assertThat(seek.moves(p, 0)).isEqualTo(newest.containsKey(p));
        }
        assertThat(length(seek)).isLessThanOrEqualTo(PARTITIONS + 1);
    }

    private static int length(Seek seek) {
        return seek == null ? 0 : 1 + length(seek.earlier());
    }

    @Provide
    Arbitrary<List<Map<Integer, Long>>> seeks() {
        Arbitrary<Set<Integer>> partitions =
                Arbitraries.integers().between(0, PARTITIONS - 1).set().ofMaxSize(PARTITIONS);
        Arbitrary<Long> offset = Arbitraries.longs().between(0, 100);
        return partitions
                .flatMap(set -> offset.list().ofSize(PARTITIONS).map(offsets -> {
                    Map<Integer, Long> named = new HashMap<>();
                    set.forEach(p -> named.put(p, offsets.get(p)));
                    return named;
                }))
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
    }
}
