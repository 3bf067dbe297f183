package dev.keyway.gateway.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** The format of inbox records. */
class EnvelopeProperties {
    private static final Envelope SAMPLE = new Envelope(
            Envelope.Target.function("shop", "cart"),
            "alice",
            new Envelope.Caller("shop", "stock", "socks"),
            new Envelope.Argument("shop/add", new byte[] {1, 2}),
            List.of(new RecordHeader("traceparent", new byte[] {3})),
            new Envelope.Mark("shop/orders", 2, new Uuid(1, 2), "orders", 3, 300, 1, 1_700_000_000_000L),
            new Envelope.Reply("one", 7, 2, 300));

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void whatWasWrittenIsRead(@ForAll("envelopes") Envelope envelope) throws EnvelopeException {
        Envelope read = EnvelopeCodec.decode(envelope.key(), EnvelopeCodec.encode(envelope));

        assertThat(read).usingRecursiveComparison().isEqualTo(envelope);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void whatIsStoredIsTheSameWithItsOffset(
            @ForAll("envelopes") Envelope envelope, @ForAll @LongRange(max = Long.MAX_VALUE) long offset)
            throws EnvelopeException {
        byte[] stored = EnvelopeCodec.stored(EnvelopeCodec.encode(envelope), offset);

        assertThat(EnvelopeCodec.decode(envelope.key(), stored))
                .usingRecursiveComparison()
                .isEqualTo(envelope);
        assertThat(EnvelopeCodec.storedOffset(stored)).isEqualTo(offset);
        assertThat(EnvelopeCodec.storedOffset(EnvelopeCodec.encode(envelope))).isEqualTo(-1);
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void anyBytesAreAnEnvelopeOrRefusedWithAReason(@ForAll byte[] key, @ForAll("almost") byte[] value) {
        try {
            assertThat(EnvelopeCodec.decode(key, value)).isNotNull();
        } catch (EnvelopeException e) {
            assertThat(e).hasMessageMatching("(?s).{10,}");
        }
    }

    @Example
    void fieldsOfLaterTimesAreSkipped() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(EnvelopeCodec.encode(SAMPLE));
        CodedOutputStream more = CodedOutputStream.newInstance(bytes);
        more.writeString(60, "what comes later");
        more.writeFixed64(61, 5);
        more.writeUInt64(62, 6);
        more.flush();

        Envelope read = EnvelopeCodec.decode(SAMPLE.key(), bytes.toByteArray());

        assertThat(read).usingRecursiveComparison().isEqualTo(SAMPLE);
    }

    @Example
    void theFormatOfVersionOneStaysAsItIs() {
        byte[] value = EnvelopeCodec.encode(SAMPLE);

        assertThat(HexFormat.of().formatHex(value))
                .isEqualTo("01" + "0801" + "120473686f70" + "1a0463617274"
                        + "22140a0473686f70120573746f636b1a05736f636b73"
                        + "2a0873686f702f616464" + "32020102" + "3a100a0b7472616365706172656e74120103"
                        + "42370a0b73686f702f6f726465727310021a100000000000000001000000000000000222066f7264657273"
                        + "280330ac0238014080a0abfef962" + "4a130a036f6e65110700000000000000180220ac02");
    }

    @Example
    void anotherVersionIsRefused() {
        assertThatThrownBy(() -> EnvelopeCodec.decode(SAMPLE.key(), new byte[] {2, 8, 1}))
                .isInstanceOf(EnvelopeException.class)
                .hasMessage("expected an envelope of version 1, found version 2");
    }

    @Example
    void aTargetOfAnUnknownKindIsRefused() throws IOException {
        byte[] value = {1, 8, 9, 18, 0, 26, 0};

        assertThatThrownBy(() -> EnvelopeCodec.decode(SAMPLE.key(), value))
                .hasMessage("expected a target of kind 1 (function) or 2 (handler), found 9");
    }

    @Provide
    Arbitrary<byte[]> almost() {
        Arbitrary<byte[]> any = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
        Arbitrary<byte[]> flipped = Combinators.combine(
                        envelopes(), Arbitraries.integers().between(0, 10_000), Arbitraries.bytes())
                .as((envelope, place, with) -> {
                    byte[] bytes = EnvelopeCodec.encode(envelope);
                    bytes[place % bytes.length] = with;
                    return bytes;
                });
        return Arbitraries.oneOf(any, flipped);
    }

    @Provide
    Arbitrary<Envelope> envelopes() {
        Arbitrary<String> text = Arbitraries.strings().ofMaxLength(20).filter(string -> string.chars()
                .noneMatch(c -> Character.isSurrogate((char) c)));
        Arbitrary<byte[]> bytes =
                Arbitraries.bytes().array(byte[].class).ofMaxSize(50).injectNull(0.2);
        Arbitrary<Envelope.Target> targets = Combinators.combine(Arbitraries.of(Envelope.Kind.class), text, text)
                .as(Envelope.Target::new);
        Arbitrary<Envelope.Caller> callers =
                Combinators.combine(text, text, text).as(Envelope.Caller::new).injectNull(0.5);
        Arbitrary<Envelope.Argument> arguments =
                Combinators.combine(text, bytes).as(Envelope.Argument::new);
        Arbitrary<Header> header =
                Combinators.combine(text, bytes).as((name, value) -> (Header) new RecordHeader(name, value));
        Arbitrary<Long> counts = Arbitraries.longs().greaterOrEqual(0);
        Arbitrary<Integer> small = Arbitraries.integers().greaterOrEqual(0);
        Arbitrary<Uuid> ids =
                Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(Uuid::new);
        Arbitrary<Envelope.Mark> marks = Combinators.combine(
                        text, counts, ids, text, small, counts, small, Arbitraries.longs())
                .as((source, epoch, id, topic, partition, offset, target, timestamp) -> new Envelope.Mark(
                        source, epoch, id, topic, partition, offset, target, timestamp, offset % 2 == 1))
                .injectNull(0.3);
        Arbitrary<Envelope.Reply> replies = Combinators.combine(text, Arbitraries.longs(), small, counts)
                .as(Envelope.Reply::new)
                .injectNull(0.5);
        return Combinators.combine(
                        targets, text, callers, arguments, header.list().ofMaxSize(4), marks, replies)
                .as(Envelope::new);
    }
}
