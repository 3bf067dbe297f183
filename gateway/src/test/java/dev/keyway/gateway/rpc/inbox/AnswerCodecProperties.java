package dev.keyway.gateway.rpc.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.rpc.RpcCall;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The format of records of the topic of replies. */
class AnswerCodecProperties {

    private static final AnswerCodec.Answer SAMPLE = new AnswerCodec.Answer(
            258,
            new RpcCall.Reply.Answered(
                    Outcome.completed(new Outcome.Response(
                            201,
                            MultiMap.caseInsensitiveMultiMap().add("x-a", "b"),
                            Buffer.buffer(new byte[] {1, 2}),
                            null)),
                    "inv_1"));

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void whatTheHandlerAnsweredIsReadAsItWasWritten(
            @ForAll long correlation, @ForAll("responses") Outcome.Response response, @ForAll boolean completed)
            throws IOException {
        Outcome outcome = completed
                ? Outcome.completed(response)
                : new Outcome(Outcome.Kind.TERMINAL, Outcome.Fault.RECORD, "no", -1, response);

        AnswerCodec.Answer read = read(correlation, new RpcCall.Reply.Answered(outcome, "inv_1x"));

        assertThat(read.correlation()).isEqualTo(correlation);
        RpcCall.Reply.Answered answered = (RpcCall.Reply.Answered) read.reply();
        assertThat(answered.invocationId()).isEqualTo("inv_1x");
        assertThat(answered.outcome().kind()).isEqualTo(outcome.kind());
        assertThat(answered.outcome().reason()).isEqualTo(outcome.reason());
        assertThat(answered.outcome().effects().isEmpty()).isTrue();
        assertThat(answered.outcome().response())
                .usingRecursiveComparison()
                .ignoringFields("headers")
                .isEqualTo(response);
        MultiMap headers = answered.outcome().response().headers();
        if (response.headers() == null) {
            assertThat(headers).isNull();
        } else {
            assertThat(pairs(headers)).as("repeats, in order").isEqualTo(pairs(response.headers()));
        }
    }

    private static List<String> pairs(MultiMap headers) {
        return headers.entries().stream()
                .map(header -> header.getKey() + "=" + header.getValue())
                .toList();
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void everyOtherEndIsReadAsItWasWritten(@ForAll("ends") RpcCall.Reply reply) throws IOException {
        assertThat(read(-1, reply).reply()).isEqualTo(reply);
    }

    @Example
    void anAnswerWithoutAResponseHasNone() throws IOException {
        RpcCall.Reply empty = new RpcCall.Reply.Answered(Outcome.COMPLETED, null);
        RpcCall.Reply broken = new RpcCall.Reply.Answered(
                new Outcome(Outcome.Kind.TERMINAL, Outcome.Fault.DEPLOYMENT, "too large", -1, null), null);

        assertThat(read(1, empty).reply()).isEqualTo(empty);
        assertThat(read(1, broken).reply()).isEqualTo(broken);
    }

    @Example
    void whatEndedUnderAnotherPolicyIsARefusalToTheCaller() throws IOException {
        Outcome discarded = new Outcome(Outcome.Kind.DISCARD, Outcome.Fault.RECORD, "handler answered 422", -1, null);

        RpcCall.Reply.Answered read = (RpcCall.Reply.Answered)
                read(1, new RpcCall.Reply.Answered(discarded, null)).reply();

        assertThat(read.outcome().kind()).isEqualTo(Outcome.Kind.TERMINAL);
        assertThat(read.outcome().fault()).isEqualTo(Outcome.Fault.RECORD);
        assertThat(read.outcome().reason()).isEqualTo("handler answered 422");
    }

    @Example
    void theLastAttemptOfACallThatRanOutOfTimeIsPartOfItsText() throws IOException {
        RpcCall.Reply late =
                new RpcCall.Reply.TimedOut("too late", Outcome.retry(Outcome.Fault.RECORD, "handler answered 503"));

        assertThat(read(1, late).reply())
                .isEqualTo(new RpcCall.Reply.TimedOut("too late; last attempt: handler answered 503", null));
    }

    @Example
    void ofALongNoticeTheBeginningArrives() throws IOException {
        AnswerCodec.News brief = AnswerCodec.decode(AnswerCodec.encode(new AnswerCodec.Notice(7, "orders/0@5")));
        AnswerCodec.Notice wordy = (AnswerCodec.Notice)
                AnswerCodec.decode(AnswerCodec.encode(new AnswerCodec.Notice(8, "x".repeat(9_000))));

        assertThat(brief).isEqualTo(new AnswerCodec.Notice(7, "orders/0@5"));
        assertThat(wordy.ahead()).hasSize(501).startsWith("xxx").endsWith("…");
    }

    @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE)
    void anyBytesAreNewsOrRefusedWithAReason(@ForAll("almost") byte[] value) {
        try {
            assertThat(AnswerCodec.decode(value)).isNotNull();
        } catch (IOException e) {
            assertThat(e).hasMessageMatching("(?s).{10,}");
        }
    }

    @Example
    void whatIsNoAnswerIsRefusedWithWhatWasFound() {
        assertThatThrownBy(() -> AnswerCodec.decode(null)).hasMessageContaining("version 1, found no bytes");
        assertThatThrownBy(() -> AnswerCodec.decode(new byte[0])).hasMessageContaining("found no bytes");
        assertThatThrownBy(() -> AnswerCodec.decode(new byte[] {(byte) 200})).hasMessageContaining("found version 200");
        assertThatThrownBy(() -> AnswerCodec.decode(new byte[] {1, 0x10, 99}))
                .hasMessageContaining("kind 1 to 7, found 99");
        assertThatThrownBy(() -> AnswerCodec.decode(new byte[] {1, 0x10, 4}))
                .hasMessageContaining("expected field 3, why, in an answer of kind 4, found none");
    }

    @Example
    void fieldsOfLaterTimesAreSkipped() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(AnswerCodec.encode(SAMPLE));
        CodedOutputStream more = CodedOutputStream.newInstance(bytes);
        more.writeString(60, "what comes later");
        more.writeFixed64(61, 5);
        more.flush();

        assertThat(((AnswerCodec.Answer) AnswerCodec.decode(bytes.toByteArray())).correlation())
                .isEqualTo(258);
    }

    /** As docs/internal-topics.md says. */
    @Example
    void theBytesAreThoseOfTheDocumentation() {
        assertThat(HexFormat.ofDelimiter(" ").formatHex(AnswerCodec.encode(SAMPLE)))
                .isEqualTo("01 09 02 01 00 00 00 00 00 00 10 01 4a 05 69 6e 76 5f 31 20 c9 01 60 01"
                        + " 2a 08 0a 03 78 2d 61 12 01 62 32 02 01 02");
    }

    private static AnswerCodec.Answer read(long correlation, RpcCall.Reply reply) throws IOException {
        return (AnswerCodec.Answer) AnswerCodec.decode(AnswerCodec.encode(new AnswerCodec.Answer(correlation, reply)));
    }

    @Provide
    Arbitrary<Outcome.Response> responses() {
        Arbitrary<Map<String, String>> metadata =
                Arbitraries.maps(texts(), texts()).ofMaxSize(3);
        return Combinators.combine(
                        Arbitraries.integers().between(100, 599),
                        headers().injectNull(0.3),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(50).injectNull(0.2),
                        texts().injectNull(0.5),
                        metadata)
                .as((status, headers, body, failure, more) -> new Outcome.Response(
                        status, headers, body == null ? null : Buffer.buffer(body), failure, more));
    }

    private static Arbitrary<MultiMap> headers() {
        Arbitrary<String> names = Arbitraries.of("x-a", "x-b", "content-type");
        return Combinators.combine(names, texts())
                .as(Map::entry)
                .list()
                .ofMaxSize(4)
                .map(pairs -> {
                    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
                    pairs.forEach(pair -> headers.add(pair.getKey(), pair.getValue()));
                    return headers;
                });
    }

    private static Arbitrary<String> texts() {
        return Arbitraries.of("", "a", "é ü", "日本", "🦊", "a\r\nb", "\u0000");
    }

    @Provide
    Arbitrary<RpcCall.Reply> ends() {
        return Arbitraries.oneOf(
                texts().map(text -> new RpcCall.Reply.TimedOut(text, null)),
                texts().map(RpcCall.Reply.Blocked::new),
                texts().map(RpcCall.Reply.Unknown::new),
                Combinators.combine(texts(), Arbitraries.longs().greaterOrEqual(0))
                        .as(RpcCall.Reply.Overloaded::new));
    }

    /** Random bytes, and an answer that was cut or changed. */
    @Provide
    Arbitrary<byte[]> almost() {
        Arbitrary<byte[]> noise = Arbitraries.bytes()
                .array(byte[].class)
                .ofMaxSize(60)
                .map(bytes -> {
                    byte[] versioned = Arrays.copyOf(bytes, bytes.length + 1);
                    versioned[bytes.length] = versioned[0];
                    versioned[0] = AnswerCodec.VERSION;
                    return versioned;
                });
        Arbitrary<byte[]> damaged = Arbitraries.randoms().map(AnswerCodecProperties::damaged);
        return Arbitraries.oneOf(noise, damaged);
    }

    private static byte[] damaged(Random random) {
        byte[] bytes = AnswerCodec.encode(SAMPLE);
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[1 + random.nextInt(bytes.length - 1)] = (byte) random.nextInt();
        }
        return Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
    }
}
