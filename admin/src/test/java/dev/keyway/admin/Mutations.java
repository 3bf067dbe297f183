package dev.keyway.admin;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Bytes of strangers: anything, and valid samples that were cut, flipped, doubled, or had something absurd put in. */
public final class Mutations {
    private static final String[] ABSURD = {
        "\0",
        "\r\n",
        "\ufeff",
        "\u202e",
        "\ud83d\ude00",
        "99999999999999999999",
        "-1",
        "1e400",
        "null",
        "true",
        "\"\"",
        "[]",
        "{}",
        "[[[[[[[[[[",
        "{\"a\":{\"a\":",
        "&a [*a]",
        "*a",
        "!!java.net.URL",
        "${env:NOPE}",
        "\\u0000",
        "---\n",
        "[",
        "{",
        "\"",
        "'",
        ",",
        ":",
        "x".repeat(5_000),
        "[".repeat(20_000),
        "{\"a\":".repeat(20_000)
    };

    private Mutations() {}

    public static Arbitrary<byte[]> of(String... samples) {
        Arbitrary<byte[]> mutated = Combinators.combine(
                        Arbitraries.of(samples),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.integers().between(0, 100_000),
                        Arbitraries.integers().between(0, 100_000),
                        Arbitraries.of(ABSURD))
                .as((sample, kind, a, b, absurd) ->
                        mutate(sample.getBytes(StandardCharsets.UTF_8), kind, a, b, absurd));
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(
                        1, Arbitraries.bytes().array(byte[].class).ofMaxSize(200)),
                net.jqwik.api.Tuple.of(8, mutated));
    }

    private static byte[] mutate(byte[] sample, int kind, int a, int b, String absurd) {
        int from = Math.min(a % (sample.length + 1), b % (sample.length + 1));
        int to = Math.max(a % (sample.length + 1), b % (sample.length + 1));
        return switch (kind) {
            case 0 -> Arrays.copyOf(sample, to);
            case 1 -> {
                byte[] flipped = sample.clone();
                if (flipped.length > 0) {
                    flipped[a % flipped.length] ^= (byte) (1 << b % 8);
                }
                yield flipped;
            }
            case 2 -> join(Arrays.copyOf(sample, to), Arrays.copyOfRange(sample, from, sample.length));
            case 3 ->
                join(
                        Arrays.copyOf(sample, from),
                        join(absurd.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(sample, from, sample.length)));
            default ->
                join(
                        Arrays.copyOf(sample, from),
                        join(absurd.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(sample, to, sample.length)));
        };
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
