package dev.keyway.gateway.invoke.restate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.keyway.codecs.restate.Command;
import dev.keyway.codecs.restate.Control;
import dev.keyway.codecs.restate.Message;
import dev.keyway.codecs.restate.Result;
import dev.keyway.codecs.restate.StateCommand;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.TestCalls;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Whatever a deployment sends, in whatever pieces, an attempt ends with an outcome and never with another one. */
class AttemptMachineProperties {

    private static final ByteString BYTES = ByteString.copyFromUtf8("x");
    private static final List<Message> SOME = List.of(
            new Command.Output(new Result.Value(BYTES), ""),
            new Control.End(),
            new Control.Error(500, "no", "", null, null, null, null),
            new Control.Suspension(List.of(1), List.of(1), List.of()),
            new StateCommand.SetState(BYTES, BYTES, ""),
            new Control.ProposeRunCompletion(1, new Result.Value(BYTES)),
            new Command.Run(1, "r"));

    @Property(tries = 1000)
    void anyOrderOfMessagesEndsWithOneOutcome(@ForAll @Size(max = 6) List<Integer> order, @ForAll long seed) {
        ByteString all = ByteString.EMPTY;
        for (int index : order) {
            all = all.concat(ByteString.copyFrom(
                    SOME.get(Math.floorMod(index, SOME.size())).toFrameBytes()));
        }
        endsWithOneOutcome(all.toByteArray(), new Random(seed));
    }

    @Property(tries = 1000)
    void anyBytesEndWithOneOutcome(@ForAll byte[] bytes, @ForAll long seed) {
        endsWithOneOutcome(bytes, new Random(seed));
    }

    private static void endsWithOneOutcome(byte[] bytes, Random random) {
        AttemptMachine machine =
                new AttemptMachine(TestCalls.service(TestCalls.deployment("http://127.0.0.1:1/")), 1_000, true);
        Outcome first = null;
        for (int at = 0; at < bytes.length && machine.phase() != AttemptMachine.Phase.BROKEN; ) {
            int end = Math.min(bytes.length, at + 1 + random.nextInt(20));
            machine.receive(java.util.Arrays.copyOfRange(bytes, at, end));
            at = end;
            first = first == null ? machine.outcome() : first;
            assertThat(machine.outcome()).isSameAs(first);
        }
        machine.end();

        assertThat(machine.outcome()).isNotNull();
        assertThat(first == null || machine.outcome() == first).isTrue();
        assertThat(machine.phase()).isNotEqualTo(AttemptMachine.Phase.RUNNING);
    }
}
