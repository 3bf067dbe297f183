package dev.keyway.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.keyway.codecs.statefun.Address;
import dev.keyway.codecs.statefun.BuiltInType;
import dev.keyway.codecs.statefun.DelayedInvocation;
import dev.keyway.codecs.statefun.EgressMessage;
import dev.keyway.codecs.statefun.FromFunction;
import dev.keyway.codecs.statefun.Header;
import dev.keyway.codecs.statefun.Invocation;
import dev.keyway.codecs.statefun.KafkaProducerRecord;
import dev.keyway.codecs.statefun.OutgoingMessage;
import dev.keyway.codecs.statefun.StateMutation;
import dev.keyway.codecs.statefun.StateSpec;
import dev.keyway.codecs.statefun.TypedValue;
import dev.keyway.gateway.invoke.statefun.FunctionAnswer;
import dev.keyway.gateway.invoke.statefun.FunctionConversation;
import dev.keyway.gateway.invoke.statefun.FunctionRequest;
import dev.keyway.gateway.invoke.statefun.Surroundings;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Our codec against unmodified SDKs of Stateful Functions in processes of their own; no Keyway, no Kafka. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StatefunSdkIT {
    private static final TypedValue EVENT = value("example/event", "hello");
    private static final StateSpec.Expiration NEVER = StateSpec.Expiration.NEVER;
    private static final StateSpec.Expiration AFTER_WRITE =
            new StateSpec.Expiration(StateSpec.Expiration.Mode.AFTER_WRITE, 1000);
    private static final StateSpec.Expiration AFTER_INVOKE =
            new StateSpec.Expiration(StateSpec.Expiration.Mode.AFTER_INVOKE, 1000);

    private static final Surroundings EVERYTHING = new Surroundings() {
        @Override
        public boolean servesFunction(String namespace, String name) {
            return true;
        }

        @Override
        public boolean hasEgress(String egressId) {
            return true;
        }

        @Override
        public boolean isPending(Address sender, String cancellationToken) {
            return false;
        }
    };

    private final StatefunSdk sdk;
    private final List<FunctionClient> clients = new ArrayList<>();
    private SdkProcess functions;

    StatefunSdkIT(StatefunSdk sdk) {
        this.sdk = sdk;
    }

    @BeforeAll
    void start() throws Exception {
        functions = sdk.start(Map.of("OUT_TOPIC", "out-topic"));
        for (HttpVersion version : sdk.versions()) {
            clients.add(new FunctionClient(functions.uri(), version));
        }
    }

    @AfterAll
    void stop() {
        clients.forEach(FunctionClient::close);
        if (functions != null) {
            functions.close();
        }
    }

    @Test
    void functionThatMissesItsStateSaysWhichAndDoesNotRun() throws Exception {
        for (FunctionClient client : clients) {
            FunctionClient.Reply reply = client.call(address("counter", "first"), Map.of(), List.of(message(EVENT)));

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.contentType()).isEqualTo("application/octet-stream");
            assertThat(reply.answer()).isEqualTo(missing(new StateSpec("seen", NEVER, sdk.numberType())));
        }
        assertThat(functions.deliveries("counter"))
                .noneMatch(line -> line.getString("key").equals("first"));
    }

    @Test
    void batchRunsInOrderAgainstOneCopyOfTheState() throws Exception {
        for (FunctionClient client : clients) {
            Map<String, TypedValue> empty = new HashMap<>();
            empty.put("seen", null);
            var first = effects(client.call(address("counter", "ünï"), empty, List.of(message(EVENT), message(EVENT))));
            TypedValue two = first.stateMutations().get(0).value();
            var second = effects(client.call(address("counter", "ünï"), Map.of("seen", two), List.of(message(EVENT))));

            assertThat(first.stateMutations())
                    .containsExactly(new StateMutation(StateMutation.Kind.MODIFY, "seen", number(2)));
            assertThat(records(first.outgoingEgresses()))
                    .containsExactly(record("out-topic", "ünï", "ünï:1"), record("out-topic", "ünï", "ünï:2"));
            assertThat(second.stateMutations().get(0).value()).isEqualTo(number(3));
            assertThat(second.outgoingMessages()).isEmpty();
            assertThat(second.delayedInvocations()).isEmpty();
        }
    }

    @Test
    void conversationLearnsTheStateAndThenGetsTheEffects() throws Exception {
        FunctionConversation conversation = new FunctionConversation(EVERYTHING);
        Address target = address("counter", "talk");
        List<Invocation> waiting = List.of(message(EVENT), message(EVENT));

        FunctionAnswer first = ask(conversation, target, waiting);
        FunctionAnswer second = ask(conversation, target, waiting);

        assertThat(first)
                .isEqualTo(new FunctionAnswer.Incomplete(List.of(new StateSpec("seen", NEVER, sdk.numberType()))));
        assertThat(second)
                .isEqualTo(new FunctionAnswer.Effects(
                        List.of(),
                        List.of(),
                        List.of(
                                new FunctionAnswer.Egress("example/out", record("out-topic", "talk", "talk:1")),
                                new FunctionAnswer.Egress("example/out", record("out-topic", "talk", "talk:2"))),
                        List.of(new StateMutation(StateMutation.Kind.MODIFY, "seen", number(2)))));
    }

    private FunctionAnswer ask(FunctionConversation conversation, Address target, List<Invocation> waiting)
            throws Exception {
        var request = (FunctionRequest.Ready) conversation.prepare(target, name -> null, waiting, 1 << 20);
        FunctionClient.Reply reply = clients.get(0).post(request.body());
        return conversation.answer(request, reply.status(), reply.contentType(), reply.body());
    }

    @Test
    void stateOfNoBytesIsTheZeroAndSpareStatesAndHeadersAreIgnored() throws Exception {
        TypedValue withHeaders =
                TypedValue.of("example/event", new byte[0], List.of(new Header("trace", ByteString.copyFromUtf8("1"))));
        Map<String, TypedValue> states =
                Map.of("seen", new TypedValue(sdk.numberType(), true, ByteString.EMPTY), "left_over", EVENT);

        var effects = effects(clients.get(0).call(address("counter", "zero"), states, List.of(message(withHeaders))));

        assertThat(effects.stateMutations())
                .containsExactly(new StateMutation(StateMutation.Kind.MODIFY, "seen", number(1)));
    }

    @Test
    void transferTakesHereAndSendsADepositThere() throws Exception {
        TypedValue transfer = value("example/transfer", "{\"to\":\"b\",\"amount\":30}");

        var effects = effects(
                clients.get(0).call(address("bank", "a"), Map.of("balance", number(100)), List.of(message(transfer))));

        assertThat(effects.stateMutations().get(0).value()).isEqualTo(number(70));
        assertThat(effects.outgoingMessages())
                .containsExactly(
                        new OutgoingMessage(address("bank", "b"), value("example/deposit", "{\"amount\":30}")));
        assertThat(records(effects.outgoingEgresses())).containsExactly(record("balances", "a", "a:70"));
    }

    @Test
    void delayedTransferIsAnOrderToItselfThatCanBeCancelled() throws Exception {
        TypedValue plain = value("example/transfer", "{\"to\":\"b\",\"amount\":1,\"afterMillis\":5}");
        TypedValue order =
                value("example/transfer", "{\"to\":\"b\",\"amount\":30,\"afterMillis\":60000,\"token\":\"t-1\"}");
        TypedValue cancel = value("example/cancel", "{\"token\":\"t-1\"}");

        var effects = effects(clients.get(0)
                .call(
                        address("bank", "a"),
                        Map.of("balance", number(100)),
                        List.of(message(plain), message(order), message(cancel))));

        assertThat(effects.stateMutations()).isEmpty();
        assertThat(effects.outgoingMessages()).isEmpty();
        assertThat(effects.delayedInvocations())
                .containsExactly(
                        new DelayedInvocation(
                                false,
                                "",
                                5,
                                address("bank", "a"),
                                value("example/transfer", "{\"to\":\"b\",\"amount\":1}")),
                        new DelayedInvocation(
                                false,
                                "t-1",
                                60_000,
                                address("bank", "a"),
                                value("example/transfer", "{\"to\":\"b\",\"amount\":30}")),
                        new DelayedInvocation(true, "t-1", 0, null, null));
    }

    @Test
    void statesOfOwnTypesAreReadWrittenAndDeleted() throws Exception {
        TypedValue ada = value("example/user", "{\"name\":\"Ada\"}");
        TypedValue nobody = value("example/user", "{\"name\":\"nobody\"}");
        TypedValue once = value("example/profile", "{\"name\":\"Ada\",\"visits\":1}");

        var missing = clients.get(0)
                .call(address("greeter", "g"), Map.of(), List.of(message(ada)))
                .answer();
        var greeted =
                effects(clients.get(0).call(address("greeter", "g"), Map.of("profile", once), List.of(message(ada))));
        var forgotten = effects(
                clients.get(0).call(address("greeter", "g"), Map.of("profile", once), List.of(message(nobody))));

        assertThat(missing).isEqualTo(missing(new StateSpec("profile", NEVER, "example/profile")));
        assertThat(greeted.stateMutations())
                .containsExactly(new StateMutation(
                        StateMutation.Kind.MODIFY,
                        "profile",
                        value("example/profile", "{\"name\":\"Ada\",\"visits\":2}")));
        assertThat(records(greeted.outgoingEgresses())).containsExactly(record("greetings", "g", "Hello Ada, visit 2"));
        assertThat(forgotten.stateMutations())
                .containsExactly(new StateMutation(StateMutation.Kind.DELETE, "profile", null));
    }

    @Test
    void statesThatExpireAreDeclaredWithModeAndTime() throws Exception {
        TypedValue write = TypedValue.of("io.statefun.types/string", BuiltInType.wrap("write"));
        Map<String, TypedValue> none = new HashMap<>();
        none.put("written", null);
        none.put("called", null);

        var missing = (FromFunction.IncompleteInvocationContext) clients.get(0)
                .call(address("expiring", "e"), Map.of(), List.of(message(write)))
                .answer();
        var half = (FromFunction.IncompleteInvocationContext) clients.get(0)
                .call(address("expiring", "e"), Collections.singletonMap("called", null), List.of(message(write)))
                .answer();
        var written = effects(clients.get(0).call(address("expiring", "e"), none, List.of(message(write))));

        StateSpec afterWrite = new StateSpec("written", AFTER_WRITE, "io.statefun.types/int");
        assertThat(missing.missingValues())
                .containsExactlyInAnyOrder(afterWrite, new StateSpec("called", AFTER_INVOKE, "io.statefun.types/int"));
        assertThat(half.missingValues()).containsExactly(afterWrite);
        assertThat(written.stateMutations())
                .extracting(StateMutation::stateName)
                .containsExactlyInAnyOrder("written", "called");
        assertThat(records(written.outgoingEgresses())).containsExactly(record("expiring", "e", "e:1:1"));
    }

    @Test
    void poisonFailsTheWholeBatch() throws Exception {
        for (FunctionClient client : clients) {
            List<Invocation> batch =
                    List.of(message(value("example/text", "fine")), message(value("example/text", "poison")));

            FunctionClient.Reply failed = client.call(address("poison", "p"), Map.of(), batch);
            var survived = effects(client.call(address("poison", "p"), Map.of(), batch.subList(0, 1)));

            assertThat(failed.status()).isEqualTo(500);
            assertThat(records(survived.outgoingEgresses())).containsExactly(record("survivors", "p", "fine"));
        }
    }

    @Test
    void unknownFunctionAndGarbageAndMessageWithoutValueFail() throws Exception {
        TypedValue unset = new TypedValue("example/event", false, ByteString.EMPTY);

        assertThat(clients.get(0)
                        .call(address("stranger", "s"), Map.of(), List.of(message(EVENT)))
                        .status())
                .isEqualTo(500);
        assertThat(clients.get(0).post(new byte[] {1, 2, 3}).status()).isEqualTo(500);
        assertThat(clients.get(0)
                        .call(address("echo", "e"), Map.of(), List.of(message(unset)))
                        .status())
                .isEqualTo(500);
    }

    @Test
    void builtInTypesAreReadAndCallersAreAnswered() throws Exception {
        Address caller = address("counter", "caller");
        TypedValue text = TypedValue.of("io.statefun.types/string", BuiltInType.wrap("naïve €"));
        List<Invocation> batch = List.of(
                new Invocation(caller, text),
                message(TypedValue.of("io.statefun.types/bool", BuiltInType.wrap(true))),
                message(TypedValue.of("io.statefun.types/bool", BuiltInType.wrap(false))),
                message(TypedValue.of("io.statefun.types/int", BuiltInType.wrap(-7))),
                message(TypedValue.of("io.statefun.types/int", BuiltInType.wrap(0))),
                message(TypedValue.of("io.statefun.types/float", BuiltInType.wrap(1.5f))),
                message(value("example/raw", "hi")));

        var effects = effects(clients.get(0).call(address("echo", "e"), Map.of(), batch));

        assertThat(records(effects.outgoingEgresses()))
                .extracting(record -> record.value().toStringUtf8())
                .containsExactly(
                        "io.statefun.types/string=naïve €",
                        "io.statefun.types/bool=true",
                        "io.statefun.types/bool=false",
                        "io.statefun.types/int=-7",
                        "io.statefun.types/int=0",
                        "io.statefun.types/float=1.5",
                        "example/raw=6869");
        assertThat(effects.outgoingMessages()).containsExactly(new OutgoingMessage(caller, text));
    }

    /** Sends one message of each type to the echo; the answer's texts. */
    List<String> echoed(TypedValue... values) throws Exception {
        List<Invocation> batch = new ArrayList<>();
        for (TypedValue value : values) {
            batch.add(message(value));
        }
        var effects = effects(clients.get(0).call(address("echo", "e"), Map.of(), batch));
        return records(effects.outgoingEgresses()).stream()
                .map(record -> record.value().toStringUtf8())
                .toList();
    }

    private TypedValue number(int number) {
        return TypedValue.of(
                sdk.numberType(), sdk == StatefunSdk.JAVA ? BuiltInType.wrap((long) number) : BuiltInType.wrap(number));
    }

    private static FromFunction missing(StateSpec... specs) {
        return new FromFunction.IncompleteInvocationContext(List.of(specs));
    }

    private static FromFunction.InvocationResponse effects(FunctionClient.Reply reply) throws Exception {
        assertThat(reply.status()).isEqualTo(200);
        return (FromFunction.InvocationResponse) reply.answer();
    }

    private static List<KafkaProducerRecord> records(List<EgressMessage> messages) throws Exception {
        List<KafkaProducerRecord> records = new ArrayList<>();
        for (EgressMessage message : messages) {
            assertThat(message.egressId()).isEqualTo("example/out");
            assertThat(message.argument().typename()).isEqualTo(KafkaProducerRecord.TYPENAME);
            records.add(KafkaProducerRecord.parse(message.argument().value()));
        }
        return records;
    }

    private static KafkaProducerRecord record(String topic, String key, String value) {
        return new KafkaProducerRecord(topic, ByteString.copyFromUtf8(key), ByteString.copyFromUtf8(value), List.of());
    }

    private static Address address(String name, String id) {
        return new Address("example", name, id);
    }

    private static Invocation message(TypedValue argument) {
        return new Invocation(null, argument);
    }

    private static TypedValue value(String typename, String text) {
        return TypedValue.of(typename, text.getBytes(StandardCharsets.UTF_8));
    }
}
