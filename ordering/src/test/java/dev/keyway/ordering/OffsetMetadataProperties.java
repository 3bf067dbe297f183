package dev.keyway.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.ordering.OffsetMetadata.Completions;
import dev.keyway.ordering.OffsetMetadata.Decoded;
import dev.keyway.ordering.OffsetMetadata.Encoded;
import dev.keyway.ordering.OffsetMetadata.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class OffsetMetadataProperties {

    @Property
    void whatFits_isReadBackExactly(
            @ForAll @IntRange(min = 0) int epoch,
            @ForAll @LongRange(min = 0) long reading,
            @ForAll("completions") Completions completions,
            @ForAll @IntRange(min = 32, max = 4096) int maxChars) {
        Encoded encoded = OffsetMetadata.encode(epoch, reading, completions, maxChars);
        Decoded decoded = OffsetMetadata.decode(encoded.text());

        assertThat(encoded.text().length()).isLessThanOrEqualTo(maxChars);
        assertThat(decoded.kind()).isEqualTo(Kind.OURS);
        assertThat(decoded.seekEpoch()).isEqualTo(epoch);
        assertThat(decoded.reading()).isEqualTo(reading);
        if (encoded.complete()) {
            assertThat(decoded.completions()).isEqualTo(completions);
        } else {
            assertLowestPart(decoded.completions(), completions);
        }
    }

    /** All of {@code whole} below some offset, and nothing else. */
    private static void assertLowestPart(Completions part, Completions whole) {
        int ranges = part.ranges();
        assertThat(ranges).isLessThanOrEqualTo(whole.ranges());
        for (int i = 0; i < ranges; i++) {
            assertThat(part.from(i)).isEqualTo(whole.from(i));
            if (i < ranges - 1) {
                assertThat(part.to(i)).isEqualTo(whole.to(i));
            } else {
                assertThat(part.to(i)).isLessThanOrEqualTo(whole.to(i));
            }
        }
        assertThat(part).isNotEqualTo(whole);
    }

    @Property
    void anyText_isReadWithoutAnException(@ForAll String text) {
        Kind kind = OffsetMetadata.decode(text).kind();

        assertThat(kind).isEqualTo(text.isEmpty() ? Kind.ABSENT : Kind.FOREIGN);
    }

    @Property
    void anyBytesBehindOurPrefix_areReadWithoutAnException(@ForAll byte[] bytes) {
        String text = "kw1." + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);

        assertThat(OffsetMetadata.decode(text).kind()).isEqualTo(Kind.FOREIGN);
    }

    /** A right checksum over nonsense: what a later version with the same prefix might write. */
    @Property(tries = 2000)
    void anyBytesWithARightChecksum_areReadWithoutAnException(@ForAll @Size(max = 40) byte[] bytes) {
        VarBytes out = new VarBytes(bytes.clone());
        out.write(bytes, bytes.length);
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        out.writeInt((int) crc.getValue());
        byte[] all = Arrays.copyOf(out.array(), out.position());

        Decoded decoded = OffsetMetadata.decode(
                "kw1." + new String(Base64.getUrlEncoder().withoutPadding().encode(all), StandardCharsets.ISO_8859_1));

        for (int i = 0; i < decoded.completions().ranges(); i++) {
            assertThat(decoded.completions().from(i)).isNotNegative();
            assertThat(decoded.completions().to(i))
                    .isGreaterThan(decoded.completions().from(i));
        }
    }

    @Property
    void oneChangedCharacter_isNoticed(
            @ForAll("completions") Completions completions,
            @ForAll @IntRange(min = 0, max = 5000) int where,
            @ForAll char replacement) {
        String text = OffsetMetadata.encode(3, completions, 4096).text();
        int at = where % text.length();
        String damaged = text.substring(0, at) + replacement + text.substring(at + 1);

        Decoded decoded = OffsetMetadata.decode(damaged);

        // The last character may carry bits that mean nothing; then the content is the same.
        if (decoded.kind() == Kind.OURS) {
            assertThat(decoded).isEqualTo(OffsetMetadata.decode(text));
        } else {
            assertThat(decoded.kind()).isEqualTo(Kind.FOREIGN);
            assertThat(decoded.completions().isEmpty()).isTrue();
        }
    }

    /** Cut, doubled, spliced or flipped in several places: read as what was written, or not at all. */
    @Property(tries = 200, seed = "3120764091783150245")
    void damagedText_completesNothingThatWasNotWritten(
            @ForAll("completions") Completions completions,
            @ForAll("completions") Completions other,
            @ForAll long seed) {
        Random random = new Random(seed);
        String text = OffsetMetadata.encode(3, completions, 4096).text();
        StringBuilder damaged = new StringBuilder(text);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int from = random.nextInt(damaged.length() + 1);
            int to = from + random.nextInt(damaged.length() - from + 1);
            switch (random.nextInt(5)) {
                case 0 -> damaged.setLength(to);
                case 1 -> damaged.delete(from, to);
                case 2 -> damaged.insert(from, damaged.substring(from, to));
                case 3 ->
                    damaged.replace(
                            from, to, OffsetMetadata.encode(4, other, 4096).text());
                default -> damaged.insert(from, (char) random.nextInt(128));
            }
        }

        Decoded decoded = OffsetMetadata.decode(damaged.toString());

        boolean whole =
                damaged.toString().equals(OffsetMetadata.encode(4, other, 4096).text());
        if (decoded.kind() == Kind.OURS) {
            assertThat(decoded.completions())
                    .isEqualTo(OffsetMetadata.decode(whole ? damaged.toString() : text)
                            .completions());
        } else {
            assertThat(decoded.completions().isEmpty()).isTrue();
        }
    }

    @Property
    void membership_agreesWithTheRanges(
            @ForAll("completions") Completions completions, @ForAll @IntRange(min = 0, max = 3000) int relative) {
        boolean expected = false;
        for (int i = 0; i < completions.ranges(); i++) {
            expected |= completions.from(i) <= relative && relative < completions.to(i);
        }

        assertThat(completions.contains(relative)).isEqualTo(expected);
    }

    @Provide
    Arbitrary<Completions> completions() {
        Arbitrary<Long> steps = Arbitraries.frequencyOf(
                Tuple.of(20, Arbitraries.longs().between(1, 4)),
                Tuple.of(4, Arbitraries.longs().between(1, 400)),
                Tuple.of(1, Arbitraries.longs().between(1, 1L << 50)));
        return steps.list().ofMaxSize(3000).map(OffsetMetadataProperties::fromSteps);
    }

    private static Completions fromSteps(List<Long> steps) {
        long[] bounds = new long[steps.size() / 2 * 2];
        long at = -1;
        for (int i = 0; i < bounds.length; i++) {
            at += steps.get(i);
            bounds[i] = at;
        }
        return Completions.of(bounds);
    }
}
