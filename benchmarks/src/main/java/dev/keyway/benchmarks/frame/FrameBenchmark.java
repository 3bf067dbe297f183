package dev.keyway.benchmarks.frame;

import com.google.protobuf.ByteString;
import dev.keyway.benchmarks.PartBenchmark;
import dev.keyway.codecs.WireException;
import dev.keyway.codecs.restate.Command;
import dev.keyway.codecs.restate.Control;
import dev.keyway.codecs.restate.Frame;
import dev.keyway.codecs.restate.FrameDecoder;
import dev.keyway.codecs.restate.Header;
import dev.keyway.codecs.restate.Message;
import dev.keyway.codecs.restate.Result;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * What the frames of a call cost with protocol {@code restate}. Scenario: an event of 200 bytes for a Virtual Object, with
 * the ten headers of a record; its handler returns 200 bytes and does nothing else.
 *
 * <p>{@code write…}: one operation makes the opening of one call, the frames Start and Input. {@code read…}: one operation
 * cuts and parses one answer, the frames Output and End, which came in two chunks that are split within the Output.
 */
public class FrameBenchmark extends PartBenchmark {
    private static final byte[] BODY = new byte[200];
    private static final String KEY = "account-4711";
    private static final String ID_TEXT = "inv_1gdJBtdVEcM942bjcDmb1c1khoaJe11Hbz";
    private static final String[][] HEADERS = {
        {"kafka.offset", "123456789"},
        {"kafka.topic", "orders"},
        {"kafka.partition", "7"},
        {"kafka.timestamp", "1700000000000"},
        {"restate.subscription.id", "sub_11XHoawrCiWtv8kzhEyGtsR"},
        {"kafka.key", "YWNjb3VudC00NzEx"},
        {"keyway-key", KEY},
        {"keyway-assignment", "3"},
        {"idempotency-key", "sub_11XHoawrCiWtv8kzhEyGtsR/orders/7/123456789"},
        {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    };

    private final byte[] id = new byte[24];
    private byte[][] answer;

    /** Makes the answer. */
    @Setup
    public void answer() {
        byte[] output = new Command.Output(new Result.Value(ByteString.copyFrom(BODY)), "").toFrameBytes();
        byte[] end = new Control.End().toFrameBytes();
        byte[] all = new byte[output.length + end.length];
        System.arraycopy(output, 0, all, 0, output.length);
        System.arraycopy(end, 0, all, output.length, end.length);
        answer = new byte[][] {Arrays.copyOf(all, 100), Arrays.copyOfRange(all, 100, all.length)};
    }

    /** Keyway's messages. */
    @Benchmark
    public byte[][] write() {
        List<Header> headers = new ArrayList<>(16);
        for (String[] header : HEADERS) {
            headers.add(new Header(header[0], header[1]));
        }
        Control.Start start = new Control.Start(ByteString.copyFrom(id), ID_TEXT, 1, List.of(), true, KEY, 0, 0, 42);
        return new byte[][] {
            start.toFrameBytes(), new Command.Input(headers, ByteString.copyFrom(BODY), "").toFrameBytes()
        };
    }

    /** The classes that protoc generates for the protocol, and a stream. */
    @Benchmark
    public byte[] writeBaselineGenerated() throws IOException {
        return GeneratedFrames.opening(id, ID_TEXT, KEY, HEADERS, BODY);
    }

    /** Keyway's decoder and messages. */
    @Benchmark
    public Message[] read() throws WireException {
        FrameDecoder decoder = new FrameDecoder(FrameDecoder.DEFAULT_MAX_PAYLOAD);
        Message[] messages = new Message[2];
        int read = 0;
        for (byte[] chunk : answer) {
            decoder.feed(chunk);
            for (Frame frame = decoder.next(); frame != null; frame = decoder.next()) {
                messages[read++] = Message.parse(frame);
            }
        }
        return messages;
    }

    /** The classes that protoc generates for the protocol, after all chunks have been collected. */
    @Benchmark
    public Object[] readBaselineGenerated() throws IOException {
        return GeneratedFrames.answer(answer);
    }
}
