package dev.keyway.codecs.restate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.keyway.codecs.WireException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {

    private static final byte[] END = HexFormat.of().parseHex("0003000000000000");

    private final FrameDecoder decoder = new FrameDecoder(1_000_000);

    @Test
    void readsTypeFlagsAndPayload() throws Exception {
        decoder.feed(HexFormat.of().parseHex("0401" + "8000" + "00000002" + "0102"));

        assertThat(decoder.next()).isEqualTo(new Frame(0x0401, 0x8000, ByteString.copyFrom(new byte[] {1, 2})));
        assertThat(decoder.next()).isNull();
    }

    @Test
    void knowsWhetherAFrameHasBegun() throws Exception {
        assertThat(decoder.atFrameBoundary()).isTrue();
        decoder.feed(new byte[] {0});
        assertThat(decoder.next()).isNull();

        assertThat(decoder.atFrameBoundary()).isFalse();
    }

    @Test
    void refusesAnOversizedFrameAtItsHeaderAndStaysBroken() {
        decoder.feed(HexFormat.of().parseHex("04010000000f4241"));

        assertThatThrownBy(decoder::next)
                .isInstanceOf(WireException.class)
                .hasMessage("a message of type Output announces 1000001 bytes, more than the limit of 1000000");
        decoder.feed(END);
        assertThatThrownBy(decoder::next).isInstanceOf(WireException.class);
    }

    @Test
    void treatsTheLengthAsUnsigned() {
        decoder.feed(HexFormat.of().parseHex("ffff0000ffffffff"));

        assertThatThrownBy(decoder::next).hasMessageContaining("0xFFFF announces 4294967295 bytes");
    }

    @Test
    void reservesNoMemoryForWhatIsOnlyAnnounced() throws Exception {
        int announced = Integer.MAX_VALUE - 64;
        FrameDecoder trusting = new FrameDecoder(Integer.MAX_VALUE);
        byte[] header = new byte[8];
        Frame.writeHeader(header, 0x0401, 0, announced);

        trusting.feed(header);
        assertThat(trusting.next()).isNull();
        trusting.feed(new byte[100]);

        assertThat(trusting.next())
                .as("an array of 2 GB does not fit the test's heap")
                .isNull();
    }

    @Test
    void refusesAChunkWhileFramesAreStillToBeTaken() {
        decoder.feed(END);

        assertThatThrownBy(() -> decoder.feed(END)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void keepsUnknownTypesAsTheyCame() throws Exception {
        byte[] bytes = HexFormat.of().parseHex("fc00" + "0000" + "00000003" + "010203");
        decoder.feed(bytes);

        Message message = Message.parse(decoder.next());

        assertThat(message).isEqualTo(new UnknownMessage(0xFC00, ByteString.copyFrom(new byte[] {1, 2, 3})));
        assertThat(message.toFrameBytes()).isEqualTo(bytes);
    }

    @Test
    void boundsNestedGroupsAndRepeatedFields() {
        byte[] groups = new byte[200_000];
        java.util.Arrays.fill(groups, (byte) 0x9B);
        byte[] headers = new byte[2 * (Fields.MAX_REPEATED + 1)];
        for (int i = 0; i < headers.length; i += 2) {
            headers[i] = 0x0A;
        }

        assertThatThrownBy(() -> Message.parse(new Frame(0x0401, 0, ByteString.copyFrom(groups))))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> Message.parse(new Frame(0x0400, 0, ByteString.copyFrom(headers))))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("more than 100000 times");
    }
}
