package dev.keyway.gateway.state.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.Uuid;

class StoreProperties {

    /** Both stores do the same: RocksDB is the memory store, and survives. */
    @Property(tries = 40)
    void rocksAgreesWithMemory(@ForAll("histories") List<Step> history) throws IOException {
        Path directory = Files.createTempDirectory("keyway-store");
        try (RocksMemory memory = new RocksMemory(4 << 20, 2 << 20)) {
            MemoryStore model = new MemoryStore();
            Store rocks = new RocksStore(directory, memory);
            long offset = 0;
            for (Step step : history) {
                if (step.reopen()) {
                    rocks.checkpoint();
                    rocks.close();
                    rocks = new RocksStore(directory, memory);
                }
                Position position = new Position(new Uuid(1, 2), ++offset, offset * 10, offset);
                rocks.write(step.batch(), position);
                model.write(step.batch(), position);
                assertThat(rocks.position()).isEqualTo(model.position());
                assertThat(scan(rocks, step)).isEqualTo(scan(model, step));
                assertThat(rocks.get(step.from())).isEqualTo(model.get(step.from()));
            }
            rocks.close();
        } finally {
            delete(directory);
        }
    }

    private static List<String> scan(Store store, Step step) {
        List<String> seen = new ArrayList<>();
        store.scan(step.prefix(), step.from(), (key, value) -> {
            seen.add(HexFormat.of().formatHex(key) + "=" + HexFormat.of().formatHex(value));
            return seen.size() < 4;
        });
        return seen;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    record Step(List<Entry> batch, byte[] prefix, byte[] from, boolean reopen) {}

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<byte[]> keys = Arbitraries.of((byte) 1, (byte) 0x7f, (byte) 0x80, (byte) 0xff)
                .array(byte[].class)
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(tail -> {
                    byte[] key = new byte[tail.length + 1];
                    key[0] = 1;
                    System.arraycopy(tail, 0, key, 1, tail.length);
                    return key;
                });
        Arbitrary<Entry> entries = Combinators.combine(
                        keys,
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(5).injectNull(0.3))
                .as(Entry::new);
        return Combinators.combine(
                        entries.list().ofMaxSize(6),
                        Arbitraries.oneOf(keys, Arbitraries.just(new byte[] {1})),
                        keys,
                        Arbitraries.of(true, false, false, false))
                .as(Step::new)
                .list()
                .ofMaxSize(12);
    }
}
