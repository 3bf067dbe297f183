package dev.keyway.gateway.invoke.statefun;

import static dev.keyway.gateway.invoke.statefun.Proto.address;
import static dev.keyway.gateway.invoke.statefun.Proto.message;
import static dev.keyway.gateway.invoke.statefun.Proto.missing;
import static dev.keyway.gateway.invoke.statefun.Proto.number;
import static dev.keyway.gateway.invoke.statefun.Proto.result;
import static dev.keyway.gateway.invoke.statefun.Proto.text;
import static dev.keyway.gateway.invoke.statefun.Proto.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.keyway.codecs.statefun.Address;
import dev.keyway.codecs.statefun.Invocation;
import dev.keyway.codecs.statefun.KafkaProducerRecord;
import dev.keyway.codecs.statefun.StateMutation;
import dev.keyway.codecs.statefun.StateSpec;
import dev.keyway.codecs.statefun.TypedValue;
import dev.keyway.gateway.invoke.Outcome.Fault;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FunctionConversationTest {
    private static final String OCTETS = "application/octet-stream";
    private static final String INT = "io.statefun.types/int";
    private static final Address TARGET = new Address("example", "counter", "a");
    private static final Invocation EVENT = new Invocation(null, TypedValue.of("t/t", new byte[] {7}));
    private static final StateSpec SEEN = new StateSpec("seen", StateSpec.Expiration.NEVER, INT);

    private static final Surroundings SURROUNDINGS = new Surroundings() {
        @Override
        public boolean servesFunction(String namespace, String name) {
            return namespace.equals("example") && (name.equals("bank") || name.equals("counter"));
        }

        @Override
        public boolean hasEgress(String egressId) {
            return egressId.equals("example/out");
        }

        @Override
        public boolean isPending(Address sender, String cancellationToken) {
            return sender.id().equals("a") && cancellationToken.equals("waits");
        }
    };

    private static final int MAX = 10_000;

    private final FunctionConversation conversation = new FunctionConversation(SURROUNDINGS);

    @Test
    void firstRequestCarriesNoStateAndTheNextOneWhatTheFunctionMissed() {
        FunctionRequest.Ready first = ready();

        FunctionAnswer answer = conversation.answer(first, 200, OCTETS, missing("seen", INT));
        FunctionRequest.Ready second = ready();

        assertThat(first.attached()).isEmpty();
        assertThat(answer).isEqualTo(new FunctionAnswer.Incomplete(List.of(SEEN)));
        assertThat(second.attached()).containsOnlyKeys("seen");
        assertThat(HexFormat.of().formatHex(second.body()))
                .contains("12060a04" + HexFormat.of().formatHex("seen".getBytes()));
    }

    @Test
    void stateIsKnownForOtherIdsOfTheTypeAndNotForOtherTypes() {
        learn("seen", INT);

        FunctionRequest other = conversation.prepare(
                new Address("example", "counter", "b"), name -> TypedValue.of(INT, new byte[0]), List.of(EVENT), MAX);
        FunctionRequest bank =
                conversation.prepare(new Address("example", "bank", "a"), name -> null, List.of(EVENT), MAX);

        assertThat(((FunctionRequest.Ready) other).attached()).containsOnlyKeys("seen");
        assertThat(((FunctionRequest.Ready) bank).attached()).isEmpty();
    }

    @Test
    void takesAsManyInvocationsAsFit() {
        FunctionRequest.Ready all =
                (FunctionRequest.Ready) conversation.prepare(TARGET, name -> null, Collections.nCopies(5, EVENT), MAX);
        Invocation large = new Invocation(null, TypedValue.of("t/t", new byte[6_000]));
        FunctionRequest.Ready some =
                (FunctionRequest.Ready) conversation.prepare(TARGET, name -> null, List.of(large, large), MAX);

        assertThat(all.invocations()).isEqualTo(5);
        assertThat(some.invocations()).isEqualTo(1);
    }

    @Test
    void refusesWhatCanNeverBeSent() {
        Invocation huge = new Invocation(null, TypedValue.of("t/t", new byte[10_000]));
        learn("seen", INT);

        assertThat(conversation.prepare(TARGET, name -> null, List.of(huge), MAX))
                .isEqualTo(new FunctionRequest.Refused("a request to example/counter/a with its states and one message"
                        + " has 10051 bytes, more than 10000"));
        assertThat(conversation.prepare(TARGET, name -> TypedValue.of("t/old", new byte[0]), List.of(EVENT), MAX))
                .isEqualTo(new FunctionRequest.Refused("state 'seen' of example/counter/a holds a value of type t/old,"
                        + " the function declares io.statefun.types/int"));
        assertThatThrownBy(() -> conversation.prepare(TARGET, name -> null, List.of(), MAX))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "500 | application/octet-stream | RECORD | answered 500, as SDKs do when a function fails or is unknown",
                "503 | application/octet-stream | RECORD | answered 503",
                "404 | application/octet-stream | DEPLOYMENT | answered 404",
                "302 | application/octet-stream | RECORD | answered 302",
                "200 | application/octet-stream; charset=utf-8 | DEPLOYMENT | answered with content type"
                        + " 'application/octet-stream; charset=utf-8', expected application/octet-stream",
                "200 | | DEPLOYMENT | answered with content type '', expected application/octet-stream",
            })
    void answersOfTheWrongStatusOrTypeFail(int status, String contentType, Fault fault, String words) {
        assertThat(conversation.answer(ready(), status, contentType, new byte[0]))
                .isEqualTo(new FunctionAnswer.Failure(fault, "example/counter/a " + words));
    }

    @Test
    void emptyBodyIsNoEffectsAndBrokenOneFails() {
        assertThat(conversation.answer(ready(), 204, "Application/Octet-Stream", new byte[0]))
                .isEqualTo(new FunctionAnswer.Effects(List.of(), List.of(), List.of(), List.of()));
        assertThat(failure(new byte[] {0}))
                .isEqualTo("example/counter/a answered a broken FromFunction of 1 bytes: Protocol message contained an"
                        + " invalid tag (zero). (at byte 1)");
    }

    @Test
    void soundEffectsAreHandedOnWithTheirKafkaRecords() {
        learn("seen", INT);

        FunctionAnswer answer = answer(result(
                message(1, number(1, 1), text(2, "seen"), value(3, INT, new byte[] {13, 1, 0, 0, 0})),
                message(1, text(2, "seen")),
                message(2, address(1, "bank", "b"), value(2, "t/t", new byte[0])),
                message(3, number(1, 5), address(2, "bank", "b"), value(3, "t/t", new byte[0]), text(11, "token")),
                message(3, number(10, 1), text(11, "waits")),
                message(3, number(1, 5), address(2, "bank", "b"), value(3, "t/t", new byte[0]), text(11, "waits")),
                egress("example", "out", text(1, "key"), text(2, "v"), text(3, "topic"))));

        var effects = (FunctionAnswer.Effects) answer;
        assertThat(effects.egresses())
                .containsExactly(new FunctionAnswer.Egress(
                        "example/out",
                        new KafkaProducerRecord(
                                "topic", ByteString.copyFromUtf8("key"), ByteString.copyFromUtf8("v"), List.of())));
        assertThat(effects.mutations())
                .hasSize(2)
                .element(1)
                .extracting(StateMutation::kind)
                .isEqualTo(StateMutation.Kind.DELETE);
        assertThat(effects.messages()).hasSize(1);
        assertThat(effects.delayed()).hasSize(3);
    }

    static Stream<Arguments> unsoundEffects() {
        Proto.Field toBank = address(2, "bank", "b");
        Proto.Field argument = value(3, "t/t", new byte[0]);
        return Stream.of(
                unsound(
                        "state_mutations[1]: the function never declared a state 'other'",
                        message(1, text(2, "seen")),
                        message(1, text(2, "other"))),
                unsound(
                        "state_mutations[0]: state 'seen' is set to a value of type t/t, the function declares " + INT,
                        message(1, number(1, 1), text(2, "seen"), argument)),
                unsound(
                        "state_mutations[0]: state 'seen' is set to no value",
                        message(1, number(1, 1), text(2, "seen"))),
                unsound(
                        "a broken FromFunction of 13 bytes: invocation_result.state_mutations[0].mutation_type: 2 is"
                                + " neither DELETE (0) nor MODIFY (1) (at byte 7)",
                        message(1, number(1, 2), text(2, "seen"))),
                unsound(
                        "outgoing_messages[0]: a message to example/stranger/b, but no endpoint serves example/stranger",
                        message(2, address(1, "stranger", "b"), value(2, "t/t", new byte[0]))),
                unsound("outgoing_messages[0]: a message without a target", message(2)),
                unsound(
                        "outgoing_messages[0]: a message to example/bank/b without a value, which every SDK refuses",
                        message(2, address(1, "bank", "b"))),
                unsound(
                        "delayed_invocations[0]: a delay of -1 ms, expected 0 or more",
                        message(3, number(1, -1), toBank, argument)),
                unsound("delayed_invocations[0]: a cancellation without a token", message(3, number(10, 1))),
                unsound(
                        "delayed_invocations[0]: the token 'waits' names a message that still waits",
                        message(3, toBank, argument, text(11, "waits"))),
                unsound(
                        "delayed_invocations[1]: the token 't' names a message that still waits",
                        message(3, toBank, argument, text(11, "t")),
                        message(3, toBank, argument, text(11, "t"))),
                unsound(
                        "delayed_invocations[0]: a message to example/stranger/b, but no endpoint serves"
                                + " example/stranger",
                        message(3, address(2, "stranger", "b"), argument)),
                unsound(
                        "outgoing_egresses[0]: there is no egress example/oups",
                        egress("example", "oups", text(3, "topic"))),
                unsound(
                        "outgoing_egresses[0]: the Kafka egress example/out got a value of type t/t, expected "
                                + KafkaProducerRecord.TYPENAME,
                        message(4, text(1, "example"), text(2, "out"), argument)),
                unsound(
                        "outgoing_egresses[0]: the Kafka egress example/out got no value, expected "
                                + KafkaProducerRecord.TYPENAME,
                        message(4, text(1, "example"), text(2, "out"))),
                unsound(
                        "outgoing_egresses[0]: a record for example/out without a topic",
                        egress("example", "out", text(1, "key"))),
                unsound(
                        "outgoing_egresses[0]: a broken KafkaProducerRecord of 3 bytes: topic: not valid UTF-8 (at byte"
                                + " 3)",
                        message(
                                4,
                                text(1, "example"),
                                text(2, "out"),
                                value(3, KafkaProducerRecord.TYPENAME, new byte[] {0x1A, 1, -1}))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unsoundEffects")
    void unsoundEffectsFailTheWholeBatch(String reason, byte[] body) {
        learn("seen", INT);

        assertThat(answer(body))
                .isEqualTo(new FunctionAnswer.Failure(Fault.DEPLOYMENT, "example/counter/a answered " + reason));
    }

    @Test
    void reasonsStayShortAndPrintableWhateverTheFunctionSends() {
        learn("seen", INT);
        String monstrous = "\n".repeat(100_000);

        assertThat(Stream.of(
                        result(message(1, text(2, monstrous))),
                        result(message(2, address(1, monstrous, monstrous))),
                        result(
                                message(3, address(2, "bank", "b"), value(3, "t/t", new byte[0]), text(11, monstrous)),
                                message(3, address(2, "bank", "b"), value(3, "t/t", new byte[0]), text(11, monstrous))),
                        result(egress("example", monstrous)),
                        result(message(4, text(1, "example"), text(2, "out"), value(3, monstrous, new byte[0]))),
                        result(message(1, number(1, 1), text(2, "seen"), value(3, monstrous, new byte[0]))),
                        missing("seen", monstrous),
                        missing(monstrous, INT, number(1, 2))))
                .extracting(this::failure)
                .allSatisfy(reason -> assertThat(reason)
                        .hasSizeLessThan(700)
                        .doesNotContain("\n")
                        .contains("???"));
    }

    @Test
    void stateDeclaredOtherwiseThanBeforeFails() {
        learn("seen", INT);

        assertThat(failure(missing("seen", "t/t")))
                .isEqualTo("example/counter/a: state 'seen' is declared as t/t, it was io.statefun.types/int before");
        assertThat(failure(missing("", INT))).isEqualTo("example/counter/a: declares a state without a name");
        assertThat(failure(missing("late", INT, number(1, 1))))
                .isEqualTo("example/counter/a: state 'late' expires AFTER_WRITE after 0 ms, expected more than 0");
        assertThat(ready().attached()).containsOnlyKeys("seen");
    }

    @Test
    void functionThatMissesWhatItGotFailsInsteadOfAskingForever() {
        learn("seen", INT);

        assertThat(failure(missing("seen", INT)))
                .isEqualTo("example/counter/a did not run for lack of states, but names none that it did not get");
    }

    @Test
    void twoRequestsMayMissTheSameStateAtOnce() {
        FunctionRequest.Ready one = ready();
        FunctionRequest.Ready two = ready();

        conversation.answer(one, 200, OCTETS, missing("seen", INT));

        assertThat(conversation.answer(two, 200, OCTETS, missing("seen", INT)))
                .isEqualTo(new FunctionAnswer.Incomplete(List.of()));
    }

    @Test
    void stateWithoutATypeIsOfTypeUnset() {
        learn("seen", "");

        assertThat(ready().attached().get("seen").typename()).isEqualTo("io.statefun.types/unset");
    }

    @Test
    void typesUsedLeastRecentlyAreForgotten() {
        StateSpecs specs = new StateSpecs(2, 10);
        for (String type : List.of("a", "b", "a", "c")) {
            specs.of(type);
            specs.learn(type, List.of(SEEN), new java.util.ArrayList<>());
        }

        assertThat(specs.of("a")).isNotEmpty();
        assertThat(specs.of("b")).isEmpty();
        assertThat(specs.of("c")).isNotEmpty();
    }

    @Test
    void refusesMoreStatesThanTheBound() {
        StateSpecs specs = new StateSpecs(2, 1);
        StateSpec other = new StateSpec("other", StateSpec.Expiration.NEVER, INT);

        assertThat(specs.learn("a", List.of(SEEN, other), new java.util.ArrayList<>()))
                .isEqualTo("declares 2 states, more than 1");
        assertThat(specs.of("a")).isEmpty();
    }

    private FunctionRequest.Ready ready() {
        return (FunctionRequest.Ready) conversation.prepare(TARGET, name -> null, List.of(EVENT), MAX);
    }

    private void learn(String state, String typename) {
        assertThat(conversation.answer(ready(), 200, OCTETS, missing(state, typename)))
                .isInstanceOf(FunctionAnswer.Incomplete.class);
    }

    private FunctionAnswer answer(byte[] body) {
        return conversation.answer(ready(), 200, OCTETS, body);
    }

    private String failure(byte[] body) {
        return ((FunctionAnswer.Failure) answer(body)).reason();
    }

    private static Proto.Field egress(String namespace, String name, Proto.Field... record) {
        return message(
                4, text(1, namespace), text(2, name), value(3, KafkaProducerRecord.TYPENAME, Proto.bytes(record)));
    }

    private static Arguments unsound(String reason, Proto.Field... content) {
        return Arguments.of(reason, result(content));
    }
}
