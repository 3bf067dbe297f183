package dev.keyway.benchmarks.codec;

import dev.keyway.benchmarks.PartBenchmark;
import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;
import dev.keyway.codecs.Codecs;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** What codec {@code binary} costs: one value of 1 KiB becomes the body of one request. */
public class BinaryCodecBenchmark extends PartBenchmark {
    private final byte[] value = new byte[1024];
    private Codec codec;

    /** Finds the codec. */
    @Setup
    public void find() throws CodecException {
        codec = Codecs.load(Codec.class.getClassLoader()).create("binary", Map.of());
    }

    /** Keyway's codec: passes on the array. */
    @Benchmark
    public byte[] binary() throws CodecException {
        return codec.decode(value);
    }

    /** A copy of its own. */
    @Benchmark
    public byte[] baselineCopy() {
        return value.clone();
    }
}
