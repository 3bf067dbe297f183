package dev.keyway.gateway.invoke.restate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.codecs.restate.CallCommand;
import dev.keyway.codecs.restate.Command;
import dev.keyway.codecs.restate.Control;
import dev.keyway.codecs.restate.Failure;
import dev.keyway.codecs.restate.Header;
import dev.keyway.codecs.restate.InvocationTarget;
import dev.keyway.codecs.restate.Message;
import dev.keyway.codecs.restate.MessageType;
import dev.keyway.codecs.restate.Notification;
import dev.keyway.codecs.restate.PromiseCommand;
import dev.keyway.codecs.restate.Result;
import dev.keyway.codecs.restate.StateCommand;
import dev.keyway.codecs.restate.UnknownMessage;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.Outcome.Kind;
import dev.keyway.gateway.invoke.TestCalls;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AttemptMachineTest {

    private static final ByteString KEY = ByteString.copyFromUtf8("count");

    private final AttemptMachine machine = machine(true);

    @Test
    void outputAndEndCompleteWithTheBody() {
        send(output("42"), new Control.End());

        assertThat(machine.phase()).isEqualTo(AttemptMachine.Phase.SETTLED);
        assertThat(machine.outcome().kind()).isEqualTo(Kind.COMPLETED);
        assertThat(machine.outcome().response().body()).hasToString("42");
    }

    @Test
    void outputAloneIsNotYetAnOutcome() {
        send(output("42"));

        assertThat(machine.outcome()).isNull();
    }

    @Test
    void bodyNobodyLooksAtIsNotKept() {
        AttemptMachine careless = machine(false);
        careless.receive(bytes(output("42"), new Control.End()));

        assertThat(careless.outcome()).isSameAs(Outcome.COMPLETED);
    }

    @Test
    void messagesMaySpanChunks() {
        byte[] all = bytes(output("42"), new Control.End());
        for (byte one : all) {
            machine.receive(new byte[] {one});
        }

        assertThat(machine.outcome().kind()).isEqualTo(Kind.COMPLETED);
    }

    @Test
    void failureIsTerminalWithCodeMessageAndMetadata() {
        Failure failure = new Failure(418, "short\nand stout", List.of(new Header("pot", "tea")));
        send(new Command.Output(failure, ""), new Control.End());

        Outcome outcome = machine.outcome();
        assertThat(outcome.kind()).isEqualTo(Kind.TERMINAL);
        assertThat(outcome.reason()).isEqualTo("Greeter/handle failed for good with 418: short and stout");
        assertThat(outcome.response().status()).isEqualTo(418);
        assertThat(outcome.response().failureMessage()).isEqualTo("short\nand stout");
        assertThat(outcome.response().failureMetadata()).isEqualTo(Map.of("pot", "tea"));
    }

    @Test
    void failureCodeThatIsNoHttpErrorBecomes500() {
        send(new Command.Output(new Failure(70_000, "odd"), ""), new Control.End());

        assertThat(machine.outcome().response().status()).isEqualTo(500);
    }

    @Test
    void errorIsTriedAgainAfterTheDelayThatItAsksFor() {
        send(new Control.Error(500, "x".repeat(5_000), "at …", null, null, null, 1_500L));

        assertThat(machine.outcome().kind()).isEqualTo(Kind.RETRY);
        assertThat(machine.outcome().fault()).isEqualTo(Fault.RECORD);
        assertThat(machine.outcome().retryAfterMillis()).isEqualTo(1_500);
        assertThat(machine.outcome().reason())
                .startsWith("Greeter/handle failed with 500: xxx")
                .hasSizeLessThan(1_100);
    }

    static Stream<Arguments> durableSteps() {
        Result value = new Result.Value(KEY);
        InvocationTarget other = new InvocationTarget.ById("inv_1");
        return Stream.of(
                step(new StateCommand.GetLazyState(KEY, 1, ""), "a read of state 'count' (GetLazyState)"),
                step(new StateCommand.GetLazyStateKeys(1, ""), "a read of the state's keys (GetLazyStateKeys)"),
                step(new StateCommand.GetEagerState(KEY, value, ""), "a read of state 'count' (GetEagerState)"),
                step(
                        new StateCommand.GetEagerStateKeys(new Result.StateKeys(List.of()), ""),
                        "a read of the state's keys (GetEagerStateKeys)"),
                step(new StateCommand.SetState(KEY, KEY, ""), "a write of state 'count' (SetState)"),
                step(new StateCommand.ClearState(KEY, ""), "the clearing of state 'count' (ClearState)"),
                step(new StateCommand.ClearAllState(""), "the clearing of all state (ClearAllState)"),
                step(new Command.Run(1, "charge"), "the run 'charge' (Run)"),
                step(new Command.Run(1, ""), "a run (Run)"),
                step(new Command.Sleep(5, 1, ""), "a sleep (Sleep)"),
                step(
                        new CallCommand.Call("Mail", "send", KEY, List.of(), "", null, 1, 2, ""),
                        "a call of Mail/send (Call)"),
                step(
                        new CallCommand.OneWayCall("Mail", "send", KEY, 0, List.of(), "", null, 1, ""),
                        "a one-way call of Mail/send (OneWayCall)"),
                step(new CallCommand.AttachInvocation(other, 1, ""), "the result of another invocation"),
                step(new CallCommand.GetInvocationOutput(other, 1, ""), "the output of another invocation"),
                step(
                        new Command.SendSignal("inv_1", new Notification.Id.Signal(17), value, ""),
                        "a signal to another invocation (SendSignal)"),
                step(new Command.CompleteAwakeable("sign_1", value, ""), "the completion of an awakeable"),
                step(new PromiseCommand.GetPromise("paid", 1, ""), "the promise 'paid' (GetPromise)"),
                step(new PromiseCommand.PeekPromise("paid", 1, ""), "a look at the promise 'paid' (PeekPromise)"),
                step(
                        new PromiseCommand.CompletePromise("paid", value, 1, ""),
                        "the completion of the promise 'paid' (CompletePromise)"),
                step(new Control.Suspension(List.of(), List.of(17, 1), List.of()), "an awakeable (Suspension)"),
                step(new Control.Suspension(List.of(), List.of(1), List.of("paid")), "the signal 'paid' (Suspension)"),
                step(new Control.Suspension(List.of(1), List.of(1), List.of()), "a completion or signal (Suspension)"));
    }

    @ParameterizedTest
    @MethodSource("durableSteps")
    void durableStepIsUndeliverableAndNamed(Message step, String words) {
        send(step);

        assertThat(machine.phase()).isEqualTo(AttemptMachine.Phase.SETTLED);
        assertThat(machine.outcome().kind()).isEqualTo(Kind.UNDELIVERABLE);
        assertThat(machine.outcome().reason())
                .startsWith("Greeter/handle asks for " + words)
                .contains("not available on the direct path");
    }

    @Test
    void everyCommandOfTheProtocolIsAmongTheTestedSteps() {
        assertThat(durableSteps().map(step -> ((Message) step.get()[0]).code()))
                .containsAll(Stream.of(MessageType.values())
                        .filter(type -> type.isCommand() && type != MessageType.INPUT && type != MessageType.OUTPUT)
                        .map(MessageType::code)
                        .toList());
    }

    @Test
    void refusedHandlerMayRunIntoItsEnd() {
        send(new StateCommand.SetState(KEY, KEY, ""), output("1"), new Control.End());

        assertThat(machine.phase()).isEqualTo(AttemptMachine.Phase.SETTLED);
        assertThat(machine.outcome().kind()).isEqualTo(Kind.UNDELIVERABLE);
    }

    @Test
    void refusedHandlerMayNotBeginAnotherStep() {
        send(new StateCommand.SetState(KEY, KEY, ""), new Command.Run(1, "charge"));

        assertThat(machine.phase()).isEqualTo(AttemptMachine.Phase.BROKEN);
        assertThat(machine.outcome().reason()).contains("a write of state 'count'");
    }

    static Stream<Arguments> violations() {
        return Stream.of(
                step(new Control.End(), "End without an Output"),
                step(new Command.Input(List.of(), KEY, ""), "an unexpected message Input"),
                step(new Control.CommandAck(1), "an unexpected message CommandAck"),
                step(
                        new Notification(
                                MessageType.SLEEP_COMPLETION, new Notification.Id.Completion(1), new Result.Empty()),
                        "an unexpected message SleepCompletion"),
                step(new UnknownMessage(0xFC00, KEY), "an unexpected message 0xFC00"),
                step(new UnknownMessage(0x0401, KEY), "a broken Output message of 5 bytes"),
                step(
                        new UnknownMessage(0x0401, ByteString.copyFrom(new byte[20_000])),
                        "more than the limit of 10000"));
    }

    @ParameterizedTest
    @MethodSource("violations")
    void brokenProtocolIsTheDeploymentsFaultAndTriedAgain(Message message, String words) {
        send(message);

        assertThat(machine.phase()).isEqualTo(AttemptMachine.Phase.BROKEN);
        assertThat(machine.outcome().kind()).isEqualTo(Kind.RETRY);
        assertThat(machine.outcome().fault()).isEqualTo(Fault.DEPLOYMENT);
        assertThat(machine.outcome().reason())
                .startsWith("Greeter/handle broke the service protocol: ")
                .contains(words);
    }

    @Test
    void endOfStreamWithoutATerminalMessageIsTriedAgain() {
        send(output("42"));
        machine.end();

        assertThat(machine.outcome().kind()).isEqualTo(Kind.RETRY);
        assertThat(machine.outcome().reason()).contains("ended without End, Error or Suspension");
    }

    @Test
    void endOfStreamWithinAMessageIsTriedAgain() {
        machine.receive(new byte[] {4, 1, 0});
        machine.end();

        assertThat(machine.outcome().reason()).contains("ended within a message");
    }

    @Test
    void garbageAfterTheEndChangesNothing() {
        send(output("42"), new Control.End(), new UnknownMessage(0x0401, ByteString.copyFrom(new byte[20_000])));

        assertThat(machine.outcome().kind()).isEqualTo(Kind.COMPLETED);
    }

    private static AttemptMachine machine(boolean keepsBody) {
        return new AttemptMachine(
                TestCalls.target(TestCalls.deployment("http://127.0.0.1:1/"), ServiceType.VIRTUAL_OBJECT, null),
                10_000,
                keepsBody);
    }

    private void send(Message... messages) {
        machine.receive(bytes(messages));
    }

    private static byte[] bytes(Message... messages) {
        ByteString all = ByteString.EMPTY;
        for (Message message : messages) {
            all = all.concat(ByteString.copyFrom(message.toFrameBytes()));
        }
        return all.toByteArray();
    }

    private static Command.Output output(String value) {
        return new Command.Output(new Result.Value(ByteString.copyFromUtf8(value)), "");
    }

    private static Arguments step(Message message, String words) {
        return Arguments.of(message, words);
    }
}
