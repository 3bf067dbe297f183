package dev.keyway.codecs.restate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restate.sdk.core.generated.protocol.Protocol;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every message that we write is understood by the classes generated in Restate's own Java SDK, to the last field. */
class SdkAgreementTest {

    @Test
    void theSdkReadsWhatWeWriteAndWeReadWhatItWrites() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            for (Message message : new Samples(random, false).oneOfEach()) {
                byte[] frame = message.toFrameBytes();
                byte[] payload = Arrays.copyOfRange(frame, Frame.HEADER_BYTES, frame.length);

                dev.restate.shaded.com.google.protobuf.Message theirs = parse(message, payload);

                assertThat(theirs.getUnknownFields().asMap())
                        .as("fields of %s that the SDK does not know, seed %s", message, seed)
                        .isEmpty();
                com.google.protobuf.ByteString back = com.google.protobuf.ByteString.copyFrom(theirs.toByteArray());
                assertThat(Message.parse(new Frame(message.code(), 0, back)))
                        .as("seed %s", seed)
                        .isEqualTo(message);
            }
        }
    }

    private static dev.restate.shaded.com.google.protobuf.Message parse(Message message, byte[] payload)
            throws ReflectiveOperationException {
        MessageType type = MessageType.of(message.code());
        String suffix = type.isNotification() ? "NotificationMessage" : type.isCommand() ? "CommandMessage" : "Message";
        Class<?> theirs = Class.forName(Protocol.class.getName() + "$" + type.title() + suffix);
        return (dev.restate.shaded.com.google.protobuf.Message)
                theirs.getMethod("parseFrom", byte[].class).invoke(null, (Object) payload);
    }
}
