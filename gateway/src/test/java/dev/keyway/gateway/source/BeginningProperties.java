package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.ordering.OffsetMetadata;
import dev.keyway.ordering.OffsetMetadata.Completions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * One partition that is forwarded to a slot which drops what is not above the highest offset of its reading, while its
 * owners crash and operators set the group's offset.
 */
class BeginningProperties {
    private static final int RECORDS = 12;

    /** What happens next. */
    enum Kind {
        /** The owner forwards up to {@code where} more records. */
        FORWARD,
        /** It commits at the {@code where}th of what it has forwarded. */
        COMMIT,
        /** It is killed, and another one begins. */
        CRASH,
        /** While nobody owns the partition an operator sets the offset to {@code where}. */
        RESET,
        /** The same, without any offset left. */
        FORGET
    }

    record Step(Kind kind, int where, String metadata) {}

    /** The partition, its owner and the slot. */
    private static final class Model {
        private final Map<Long, Long> highest = new HashMap<>();
        /** Since the partition was put back last. */
        private final List<Long> accepted = new ArrayList<>();

        private long first;
        private Long committed;
        private String metadata;
        private boolean begun;
        private long position;
        private long reading;

        private void begin() {
            OffsetMetadata.Decoded decoded = committed == null ? null : OffsetMetadata.decode(metadata);
            Beginning beginning = Beginning.of(decoded, null, new Beginning.Start(0, 0), begun);
            position = switch (beginning.place()) {
                case COMMITTED -> committed;
                case START, LOG_START -> 0;
                case SEEK -> throw new AssertionError("nobody seeks");
            };
            long fresh = Beginning.newReading();
            assertThat(highest).doesNotContainKey(fresh);
            reading = beginning.reading() == 0 ? fresh : beginning.reading();
            begun = true;
            commit(position);
        }

        private void commit(long offset) {
            committed = offset;
            metadata = OffsetMetadata.encode(0, reading, Completions.empty(), OffsetMetadata.MAX_CHARS)
                    .text();
        }

        private void forward(int count) {
            for (int i = 0; i < count && position < RECORDS; i++) {
                long offset = position++;
                if (offset > highest.getOrDefault(reading, -1L)) {
                    highest.put(reading, offset);
                    accepted.add(offset);
                }
            }
        }

        void step(Step step) {
            switch (step.kind()) {
                case FORWARD -> forward(step.where());
                case COMMIT -> commit(committed + (position - committed) * step.where() / RECORDS);
                case CRASH -> begin();
                case RESET -> {
                    committed = (long) step.where();
                    metadata = step.metadata();
                    putBack(step.where());
                }
                case FORGET -> {
                    committed = null;
                    putBack(0);
                }
            }
            assertThat(accepted).isEqualTo(from(first, first + accepted.size()));
        }

        private void putBack(long offset) {
            begin();
            accepted.clear();
            first = offset;
        }
    }

    private static List<Long> from(long first, long end) {
        return LongStream.range(first, end).boxed().toList();
    }

    @Property(tries = 2_000)
    void whatAnOperatorPutsBackIsTakenAgainAndWhatACrashRepeatsIsNot(@ForAll("steps") List<Step> steps) {
        Model model = new Model();
        model.begin();

        steps.forEach(model::step);

        model.forward(RECORDS);
        assertThat(model.accepted).isEqualTo(from(model.first, RECORDS));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.of(Kind.values()),
                        Arbitraries.integers().between(0, RECORDS),
                        Arbitraries.of("", "by hand", "kw1.AAAA"))
                .as(Step::new)
                .list()
                .ofMaxSize(20);
    }
}
