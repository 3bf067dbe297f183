package dev.keyway.codecs.restate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import dev.keyway.codecs.WireException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class MessageProperties {

    @Property(tries = 300)
    void everyMessageReadsBackAsItWasWritten(@ForAll long seed) throws Exception {
        for (Message message : new Samples(new Random(seed), true).oneOfEach()) {
            Message back = Message.parse(frame(message.toFrameBytes()));

            assertThat(back).isEqualTo(message);
        }
    }

    @Property(tries = 100)
    void unknownFieldsAreSkipped(@ForAll long seed) throws Exception {
        byte[] unknown = {(byte) 0xA0, 0x06, 0x2A, (byte) 0xAA, 0x06, 0x03, 1, 2, 3, (byte) 0xAD, 0x06, 1, 2, 3, 4};
        for (Message message : new Samples(new Random(seed), true).oneOfEach()) {
            Frame frame = frame(message.toFrameBytes());
            ByteString both = ByteString.copyFrom(unknown).concat(frame.payload());

            assertThat(Message.parse(new Frame(frame.type(), 0, both))).isEqualTo(message);
        }
    }

    @Property(tries = 200)
    void damagedMessagesAreReadOrRefused(@ForAll long seed) {
        Random random = new Random(seed);
        for (Message message : new Samples(random, true).oneOfEach()) {
            byte[] bytes = message.toFrameBytes();
            ByteString payload = ByteString.copyFrom(bytes, Frame.HEADER_BYTES, bytes.length - Frame.HEADER_BYTES);
            byte[] damaged = payload.toByteArray();
            for (int i = random.nextInt(4); i >= 0 && damaged.length > 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            parseOrRefuse(new Frame(message.code(), 0, ByteString.copyFrom(damaged)));
        }
    }

    /** Flipped, cut, doubled frames and headers that announce anything, in any chunks. */
    @Property(tries = 300, seed = "-6021183547709132446")
    void damagedStreamsAreReadOrRefused(@ForAll long seed) {
        Random random = new Random(seed);
        List<Message> some = new Samples(random, true).oneOfEach();
        ByteString stream = ByteString.EMPTY;
        for (int i = random.nextInt(6); i >= 0; i--) {
            byte[] frame = some.get(random.nextInt(some.size())).toFrameBytes();
            switch (random.nextInt(5)) {
                case 0 -> frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
                case 1 -> frame = Arrays.copyOf(frame, random.nextInt(frame.length + 1));
                case 2 -> Frame.writeHeader(frame, random.nextInt(1 << 16), 0, random.nextInt());
                case 3 -> random.nextBytes(frame);
                default -> {}
            }
            stream = stream.concat(ByteString.copyFrom(frame));
        }
        FrameDecoder decoder = new FrameDecoder(1 << 20);
        for (int at = 0; at < stream.size(); ) {
            int end = Math.min(stream.size(), at + 1 + random.nextInt(300));
            decoder.feed(stream.substring(at, end).toByteArray());
            at = end;
            try {
                for (Frame frame = decoder.next(); frame != null; frame = decoder.next()) {
                    assertThat(frame.payload().size()).isLessThanOrEqualTo(stream.size());
                    parseOrRefuse(frame);
                }
            } catch (WireException e) {
                assertThat(e).hasMessageContaining("more than the limit of 1048576");
                return;
            }
        }
    }

    @Property(tries = 200, seed = "7716204113558906527")
    void whatIsAnnouncedAllocatesNothing(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        int announced = random.nextInt() >>> random.nextInt(8);
        byte[] header = new byte[Frame.HEADER_BYTES + 1];
        Frame.writeHeader(header, random.nextInt(1 << 16), 0, announced);
        // A length-delimited field that announces up to 2 GiB.
        byte[] field = {0x0A, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) random.nextInt(8)};
        parseOrRefuse(new Frame(0x0401, 0, ByteString.copyFrom(field)));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        FrameDecoder decoder = new FrameDecoder(Integer.MAX_VALUE);
        decoder.feed(header);
        try {
            decoder.next();
        } catch (WireException e) {
            assertThat(announced).isNegative();
        }
        for (MessageType type : MessageType.values()) {
            parseOrRefuse(new Frame(type.code(), 0, ByteString.copyFrom(field)));
        }

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
    }

    @Property(tries = 2000)
    void garbageIsReadOrRefused(@ForAll byte[] garbage) {
        Stream.of(MessageType.values())
                .forEach(type -> parseOrRefuse(new Frame(type.code(), 0, ByteString.copyFrom(garbage))));
    }

    @Property(tries = 300)
    void framesSurviveAnySplitOfTheStream(@ForAll long seed, @ForAll @IntRange(min = 1, max = 700) int longest)
            throws Exception {
        Random random = new Random(seed);
        List<Message> sent = new Samples(random, true).oneOfEach();
        ByteString stream = ByteString.EMPTY;
        for (Message message : sent) {
            stream = stream.concat(ByteString.copyFrom(message.toFrameBytes()));
        }
        FrameDecoder decoder = new FrameDecoder(1 << 20);
        List<Message> received = new ArrayList<>();
        for (int at = 0; at < stream.size(); ) {
            int end = Math.min(stream.size(), at + random.nextInt(longest + 1));
            decoder.feed(stream.substring(at, end).toByteArray());
            at = end;
            for (Frame frame = decoder.next(); frame != null; frame = decoder.next()) {
                received.add(Message.parse(frame));
            }
        }

        assertThat(received).isEqualTo(sent);
        assertThat(decoder.atFrameBoundary()).isTrue();
    }

    private static void parseOrRefuse(Frame frame) {
        try {
            Message.parse(frame);
        } catch (WireException e) {
            assertThat(e).hasMessageContaining(MessageType.describe(frame.type()));
        } catch (RuntimeException e) {
            fail("neither a message nor a WireException", e);
        }
    }

    private static Frame frame(byte[] bytes) throws WireException {
        FrameDecoder decoder = new FrameDecoder(1 << 20);
        decoder.feed(bytes);
        return decoder.next();
    }
}
