package dev.keyway.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyway.ordering.OffsetMetadata.Completions;
import dev.keyway.ordering.OffsetMetadata.Decoded;
import dev.keyway.ordering.OffsetMetadata.Encoded;
import dev.keyway.ordering.OffsetMetadata.Kind;
import org.junit.jupiter.api.Test;

class OffsetMetadataTest {

    @Test
    void textsOfVersionOne_stayReadable() {
        assertThat(OffsetMetadata.decode("kw1.BwECuQXIAWNx4PSV"))
                .isEqualTo(new Decoded(Kind.OURS, 7, 0, Completions.of(2, 700, 900, 1000)));
        assertThat(OffsetMetadata.decode("kw1.BwICn_X2Ud0"))
                .isEqualTo(new Decoded(Kind.OURS, 7, 0, Completions.of(2, 7, 9, 10)));
        assertThat(OffsetMetadata.decode("kw1.BxLLieyP9yMCnxxpcok"))
                .isEqualTo(new Decoded(Kind.OURS, 7, 1_234_567_890_123L, Completions.of(2, 7, 9, 10)));
    }

    @Test
    void noMetadata_isAbsent() {
        assertThat(OffsetMetadata.decode(null).kind()).isEqualTo(Kind.ABSENT);
        assertThat(OffsetMetadata.decode("").kind()).isEqualTo(Kind.ABSENT);
    }

    @Test
    void nothingComplete_stillSaysWhoseItIs() {
        Encoded encoded = OffsetMetadata.encode(0, Completions.empty(), 4096);

        assertThat(encoded.complete()).isTrue();
        assertThat(OffsetMetadata.decode(encoded.text())).isEqualTo(new Decoded(Kind.OURS, 0, 0, Completions.empty()));
    }

    @Test
    void laterVersion_isForeign() {
        String text = OffsetMetadata.encode(1, Completions.of(1, 2), 4096).text();

        assertThat(OffsetMetadata.decode("kw2." + text.substring(4)).kind()).isEqualTo(Kind.FOREIGN);
    }

    @Test
    void longRun_isShort_andAlternatingOffsetsBecomeABitmap() {
        long[] alternating = new long[20_000];
        for (int i = 0; i < alternating.length; i++) {
            alternating[i] = i + 1;
        }

        assertThat(OffsetMetadata.encode(1, Completions.of(1, 1_000_000_000), 4096)
                        .text()
                        .length())
                .isLessThan(25);
        Encoded bitmap = OffsetMetadata.encode(1, Completions.of(alternating), 4096);
        assertThat(bitmap.complete()).isTrue();
        assertThat(bitmap.text().length()).isBetween(3300, 3400);
    }

    @Test
    void moreThanFits_keepsTheLowest_andFillsTheRoom() {
        long[] alternating = new long[60_000];
        for (int i = 0; i < alternating.length; i++) {
            alternating[i] = i + 1;
        }

        Encoded encoded = OffsetMetadata.encode(1, Completions.of(alternating), 4096);

        assertThat(encoded.complete()).isFalse();
        assertThat(encoded.text().length()).isBetween(4090, 4096);
        Completions kept = OffsetMetadata.decode(encoded.text()).completions();
        assertThat(kept.ranges()).isGreaterThan(12_000);
        assertThat(kept.contains(1)).isTrue();
        assertThat(kept.contains(2)).isFalse();
    }

    @Test
    void farApartRanges_doNotOverflow() {
        Completions extremes = Completions.of(0, 1, Long.MAX_VALUE - 1, Long.MAX_VALUE);

        Encoded encoded = OffsetMetadata.encode(Integer.MAX_VALUE, extremes, 4096);

        assertThat(encoded.complete()).isTrue();
        assertThat(OffsetMetadata.decode(encoded.text()))
                .isEqualTo(new Decoded(Kind.OURS, Integer.MAX_VALUE, 0, extremes));
    }

    @Test
    void boundsThatDoNotRise_areRefused() {
        assertThatThrownBy(() -> Completions.of(3, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Completions.of(1, 2, 2, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Completions.of(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Completions.of(-1, 2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void negativeEpochOrTooLittleRoom_isRefused() {
        assertThatThrownBy(() -> OffsetMetadata.encode(-1, Completions.empty(), 4096))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OffsetMetadata.encode(0, Completions.empty(), 31))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
