package dev.keyway.gateway.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.fixture.LongForm;
import dev.keyway.gateway.invoke.HostilePeer.Answer;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** The same as {@link Http2AnswerFuzzIT} over HTTP/1.1. */
class Http1AnswerFuzzIT {
    private static final String VALID =
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
    private static final String[] STATUS_LINES = {
        "HTTP/1.1 0 OK",
        "HTTP/1.1 42 OK",
        "HTTP/1.1 -200 OK",
        "HTTP/1.1 101 Switching Protocols",
        "HTTP/1.1 102 Processing",
        "HTTP/1.1 199 ?",
        "HTTP/1.1 2OO OK",
        "HTTP/1.1 99999999999 OK",
        "HTTP/1.1 ",
        "HTTP/1.1",
        "HTTP/9.9 204 ?",
        "HTTP/0.9 200",
        "ICY 200 OK",
        "200 OK",
        "",
        "\0\0\0",
        "PRI * HTTP/2.0",
        "HTTP/1.1 200 " + "x".repeat(10_000)
    };
    private static final String[] HEADERS = {
        "content-length: 3\r\ncontent-length: 5",
        "content-length: -1",
        "content-length: 99999999999999999999",
        "content-length: 2147483648",
        "content-length: 5\r\ntransfer-encoding: chunked",
        "transfer-encoding: gzip, chunked",
        "transfer-encoding: chunked, chunked",
        "transfer-encoding: x",
        "connection: upgrade\r\nupgrade: h2c",
        "connection: close",
        "no colon",
        ": no name",
        "a\0b: c",
        "x: \1\2",
        " folded: x",
        "retry-after: -1",
        "keyway-outcome: x",
        "x: " + "y".repeat(40_000)
    };
    private static final String[] BODIES = {
        "",
        "abc",
        "3\r\nabc\r\n0\r\n\r\n",
        "zz\r\nabc\r\n",
        "-1\r\n",
        "7fffffffffffffff\r\nabc",
        "80000000\r\nabc",
        "3;" + "e".repeat(20_000) + "\r\nabc\r\n0\r\n\r\n",
        "3\r\nabcdef\r\n0\r\n\r\n",
        "0\r\nx: y\r\n\r\n",
        "0\r\n" + "x: y\r\n".repeat(5_000) + "\r\n"
    };
    private static HostilePeer peer;

    @BeforeContainer
    static void listen() {
        peer = new HostilePeer(true);
    }

    @AfterContainer
    static void close() {
        peer.close();
    }

    @Property(tries = 100, seed = "-1873290177406212731")
    @LongForm(property = "keyway.fuzz", tries = 5_000)
    void anyBytesEndTheCallWithAReason(@ForAll long seed) {
        Random random = new Random(seed);
        boolean close = random.nextInt(4) > 0;
        Buffer bytes = hostile(random);

        peer.outcomeOf(new Answer(stream -> bytes, close));
    }

    private static Buffer hostile(Random random) {
        return switch (random.nextInt(7)) {
            case 0 -> HostilePeer.flipped(random, text(VALID));
            case 1 -> text(VALID).getBuffer(0, random.nextInt(VALID.length()));
            case 2 -> text("HTTP/1.1 200 OK\r\n" + "x: y\r\n".repeat(random.nextInt(20_000)));
            case 3 -> text("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(random.nextInt(200_000)));
            case 4 -> Buffer.buffer(HostilePeer.bytes(random, 400));
            default -> {
                String line = random.nextBoolean() ? "HTTP/1.1 200 OK" : one(random, STATUS_LINES);
                StringBuilder all = new StringBuilder(line).append("\r\n");
                for (int i = random.nextInt(3); i > 0; i--) {
                    all.append(one(random, HEADERS)).append("\r\n");
                }
                if (random.nextBoolean()) {
                    all.append("transfer-encoding: chunked\r\n");
                }
                yield text(all.append("\r\n").append(one(random, BODIES)).toString());
            }
        };
    }

    private static String one(Random random, String[] some) {
        return some[random.nextInt(some.length)];
    }

    private static Buffer text(String text) {
        return Buffer.buffer(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Example
    void aStatusThatEndsNoAnswerCompletesNothing() {
        for (String status : new String[] {"0", "42", "101", "199"}) {
            Outcome outcome = outcome("HTTP/1.1 " + status + " OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");

            assertThat(outcome.kind()).as("%s: %s", status, outcome).isEqualTo(Outcome.Kind.RETRY);
            assertThat(outcome.fault()).isEqualTo(Outcome.Fault.DEPLOYMENT);
        }
    }

    @Example
    void aBodyWithoutEndIsCutAtTheBound() {
        Outcome outcome = outcome("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(2 * HostilePeer.MAX_RESPONSE));

        assertThat(outcome.reason()).contains("invoker.max-response-bytes");
    }

    @Example
    void lengthsThatContradictEachOtherCompleteNothing() {
        Outcome outcome = outcome("HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 5\r\n\r\nabcde");

        assertThat(outcome.kind()).as(outcome.toString()).isEqualTo(Outcome.Kind.RETRY);
    }

    private static Outcome outcome(String bytes) {
        return peer.patientOutcomeOf(new Answer(stream -> text(bytes), true));
    }
}
