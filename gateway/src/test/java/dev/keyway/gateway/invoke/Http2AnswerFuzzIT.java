package dev.keyway.gateway.invoke;

import static dev.keyway.gateway.invoke.HostilePeer.bytes;
import static dev.keyway.gateway.invoke.HostilePeer.flipped;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.fixture.LongForm;
import dev.keyway.gateway.invoke.HostilePeer.Answer;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.IntFunction;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever a handler writes on an HTTP/2 connection, the call ends with a reason, nothing stays in flight, nothing
 * unexpected is logged, and the next well-formed answer is taken. Long form: {@code -Dkeyway.fuzz=long}.
 */
class Http2AnswerFuzzIT {
    private static final byte[] OPEN = {'{'};
    private static final byte[] NOTHING = {};
    private static HostilePeer peer;

    @BeforeContainer
    static void listen() {
        peer = new HostilePeer(false);
    }

    @AfterContainer
    static void close() {
        peer.close();
    }

    @Property(tries = 120, seed = "5177310346210817001")
    @LongForm(property = "keyway.fuzz", tries = 5_000)
    void anyBytesEndTheCallWithAReason(@ForAll long seed) {
        Random random = new Random(seed);
        boolean close = random.nextInt(4) > 0;

        peer.outcomeOf(new Answer(stream -> hostile(new Random(seed), stream), close));
    }

    private static Buffer hostile(Random random, int stream) {
        Buffer valid = Wire.head(stream, 0, "200", "content-type", "application/json", "retry-after", "1")
                .appendBuffer(Wire.data(stream, 0, OPEN))
                .appendBuffer(Wire.data(stream, Wire.END, OPEN));
        int other = random.nextBoolean() ? random.nextInt() : random.nextInt(64);
        return switch (random.nextInt(15)) {
            case 0 -> flipped(random, valid);
            case 1 -> valid.getBuffer(0, random.nextInt(valid.length()));
            case 2 -> Wire.head(other, Wire.END, "200");
            case 3 ->
                Wire.head(stream, 0, "200")
                        .appendBuffer(Wire.announced(random.nextInt(1 << 24), random.nextInt(12), 0, stream));
            case 4 -> flood(random, stream);
            case 5 -> endless(random, stream);
            case 6 -> Wire.head(stream, Wire.END, "200", "x", "y".repeat(random.nextInt(16_000)));
            case 7 -> Wire.frame(Wire.HEADERS, Wire.WHOLE | Wire.END, stream, bytes(random, 200));
            case 8 -> beyondTheWindow(random, stream);
            case 9 -> Wire.head(stream, Wire.END, status(random));
            case 10 -> Wire.head(stream, Wire.END, "200", text(random), text(random));
            case 11 -> Wire.frame(Wire.GOAWAY, 0, 0, bytes(random, 20)).appendBuffer(valid);
            case 12 -> valid.appendBuffer(flipped(random, valid));
            case 13 -> Buffer.buffer(bytes(random, 400));
            default -> {
                Buffer frames = Buffer.buffer();
                for (int i = random.nextInt(8); i >= 0; i--) {
                    frames.appendBuffer(Wire.frame(
                            random.nextInt(12),
                            random.nextInt(64),
                            random.nextInt(3) == 0 ? other : random.nextInt(2) * stream,
                            bytes(random, 40)));
                }
                yield frames;
            }
        };
    }

    private static Buffer flood(Random random, int stream) {
        Buffer one =
                switch (random.nextInt(6)) {
                    case 0 -> Wire.frame(Wire.SETTINGS, 0, 0, random.nextInt(3) == 0 ? NOTHING : setting(random));
                    case 1 -> Wire.frame(Wire.PING, random.nextInt(2), 0, new byte[8]);
                    case 2 ->
                        Wire.frame(Wire.WINDOW_UPDATE, 0, random.nextBoolean() ? 0 : stream, new byte[] {0, 1, 0, 0});
                    case 3 -> Wire.frame(Wire.RST_STREAM, 0, stream, new byte[] {0, 0, 0, (byte) random.nextInt(20)});
                    case 4 -> Wire.data(stream, 0, NOTHING);
                    default -> Wire.head(stream, 0, "103", "link", "</x>");
                };
        Buffer all = Buffer.buffer();
        for (int i = random.nextInt(2_000); i >= 0; i--) {
            all.appendBuffer(one);
        }
        return all;
    }

    private static byte[] setting(Random random) {
        return Buffer.buffer()
                .appendShort((short) random.nextInt(8))
                .appendInt(random.nextInt())
                .getBytes();
    }

    private static Buffer endless(Random random, int stream) {
        Buffer all = Wire.frame(Wire.HEADERS, 0, stream, Wire.block("200"));
        int size = random.nextInt(2_000);
        for (int i = 0; i < 60; i++) {
            all.appendBuffer(Wire.frame(Wire.CONTINUATION, 0, stream, Wire.block(null, "x", "y".repeat(size))));
        }
        return all;
    }

    private static Buffer beyondTheWindow(Random random, int stream) {
        Buffer all = Wire.head(stream, 0, "200");
        for (int i = random.nextInt(40); i >= 0; i--) {
            all.appendBuffer(Wire.data(stream, 0, new byte[16_000]));
        }
        return all;
    }

    private static String status(Random random) {
        String[] odd = {
            "", "0", "42", "99", "1e2", "-200", "+200", "2OO", " 200", "200 ", "0200", "999", "1000", "\u00b2"
        };
        return random.nextBoolean() ? odd[random.nextInt(odd.length)] : Integer.toString(random.nextInt(1_100));
    }

    private static String text(Random random) {
        return new String(bytes(random, 12), StandardCharsets.ISO_8859_1);
    }

    @Example
    void aBodyWithoutAHeadCompletesNothing() {
        assertRefused(stream -> Wire.data(stream, Wire.END, OPEN), "without a head that has a status");
    }

    @Example
    void aHeadWithoutAStatusCompletesNothing() {
        assertRefused(
                stream -> Wire.head(stream, Wire.END, null, "content-type", "text/plain"),
                "without a head that has a status");
        assertRefused(
                stream -> Wire.head(stream, 0, null, "x", "y").appendBuffer(Wire.data(stream, Wire.END, OPEN)),
                "without a head that has a status");
    }

    @Example
    void aSecondStatusDoesNotReplaceTheFirst() {
        assertRefused(
                stream -> Wire.head(stream, 0, "500").appendBuffer(Wire.head(stream, Wire.END, "200")), "broke HTTP/2");
    }

    @Example
    void aStatusThatIsNoneIsNamed() {
        for (String odd : new String[] {"0", "42", "99", "-200", "+200", "2OO", "0200", "1000", "\u00b2"}) {
            assertRefused(stream -> Wire.head(stream, Wire.END, odd), "status '" + odd.replace('\u00b2', '?') + "'");
        }
    }

    @Example
    void anInterimAnswerThatEndsTheStreamCompletesNothing() {
        assertRefused(stream -> Wire.head(stream, Wire.END, "103"), "without a head that has a status");
    }

    @Example
    void whatBrokeTheProtocolIsNamed() {
        assertRefused(
                stream -> Wire.head(stream, 0, "200", "content-length", "9")
                        .appendBuffer(Wire.data(stream, Wire.END, OPEN)),
                "broke HTTP/2");
        assertRefused(
                stream -> Wire.head(stream, 0, "200").appendBuffer(Wire.announced(1 << 23, Wire.DATA, 0, stream)),
                "broke HTTP/2");
    }

    private static void assertRefused(IntFunction<Buffer> bytes, String reason) {
        Outcome outcome = peer.patientOutcomeOf(new Answer(bytes, false));

        assertThat(outcome.kind()).as(outcome.toString()).isEqualTo(Outcome.Kind.RETRY);
        assertThat(outcome.fault()).isEqualTo(Outcome.Fault.DEPLOYMENT);
        assertThat(outcome.reason()).contains(reason);
    }
}
