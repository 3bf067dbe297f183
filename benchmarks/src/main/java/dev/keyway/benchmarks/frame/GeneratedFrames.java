package dev.keyway.benchmarks.frame;

import dev.restate.sdk.core.generated.protocol.Protocol;
import dev.restate.shaded.com.google.protobuf.ByteString;
import dev.restate.shaded.com.google.protobuf.MessageLite;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Baseline: frames by the generated classes of the protocol, through streams. */
final class GeneratedFrames {
    private static final int START = 0x0000;
    private static final int INPUT = 0x0400;
    private static final int OUTPUT = 0x0401;

    private GeneratedFrames() {}

    static byte[] opening(byte[] id, String idText, String key, String[][] headers, byte[] body) throws IOException {
        Protocol.InputCommandMessage.Builder input = Protocol.InputCommandMessage.newBuilder()
                .setValue(Protocol.Value.newBuilder().setContent(ByteString.copyFrom(body)));
        for (String[] header : headers) {
            input.addHeaders(Protocol.Header.newBuilder().setKey(header[0]).setValue(header[1]));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        write(
                out,
                START,
                Protocol.StartMessage.newBuilder()
                        .setId(ByteString.copyFrom(id))
                        .setDebugId(idText)
                        .setKnownEntries(1)
                        .setPartialState(true)
                        .setKey(key)
                        .setRandomSeed(42)
                        .build());
        write(out, INPUT, input.build());
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, int type, MessageLite message) throws IOException {
        byte[] payload = message.toByteArray();
        out.writeLong((long) type << 48 | payload.length);
        out.write(payload);
    }

    static Object[] answer(byte[][] chunks) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] chunk : chunks) {
            all.write(chunk);
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(all.toByteArray()));
        List<Object> messages = new ArrayList<>();
        while (in.available() > 0) {
            long header = in.readLong();
            byte[] payload = in.readNBytes((int) header);
            messages.add(
                    (int) (header >>> 48) == OUTPUT
                            ? Protocol.OutputCommandMessage.parseFrom(payload)
                            : Protocol.EndMessage.parseFrom(payload));
        }
        return messages.toArray();
    }
}
