package dev.keyway.codecs.statefun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import dev.keyway.codecs.WireException;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.EgressMessage;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.InvocationResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FromFunctionDecoderTest {

    private final FromFunctionDecoder decoder = new FromFunctionDecoder();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a20604 0a020807 | invocation_result.state_mutations[0].mutation_type: 7 is neither DELETE (0) nor MODIFY"
                        + " (1) (at byte 7)",
                "a20609 0a001200 0a031201ff | invocation_result.state_mutations[1].state_name: not valid UTF-8"
                        + " (at byte 12)",
                "a20608 1a00 1a04 12021aff | invocation_result.delayed_invocations[1].target.id: While parsing",
                "a20608 2206 1a04 0a02c328 | invocation_result.outgoing_egresses[0].argument.typename: not valid UTF-8"
                        + " (at byte 11)",
                "aa0606 0a04 12020809 | incomplete_invocation_context.missing_values[0].expiration_spec.mode: 9 is neither"
                        + " NONE (0) nor AFTER_WRITE (1) nor AFTER_INVOKE (2) (at byte 9)",
                "a206ff01 | invocation_result: While parsing",
                "3c | FromFunction of 1 bytes: Protocol message end-group tag did not match expected tag. (at byte 1)",
                "0b | FromFunction of 1 bytes: Protocol message end-group tag did not match expected tag. (at byte 1)",
                "00 | FromFunction of 1 bytes: Protocol message contained an invalid tag (zero). (at byte 1)",
            })
    void saysWhatIsWrongAndWhere(String hex, String words) {
        byte[] body = HexFormat.of().parseHex(hex.replace(" ", ""));

        assertThatThrownBy(() -> decoder.decode(body))
                .isInstanceOf(WireException.class)
                .hasMessageStartingWith("a broken FromFunction of " + body.length + " bytes: ")
                .hasMessageContaining(words);
    }

    @Test
    void keepsWorkingAfterABrokenAnswer() throws Exception {
        assertThatThrownBy(() -> decoder.decode(new byte[] {0})).isInstanceOf(WireException.class);

        assertThat(decoder.decode(new byte[0])).isEqualTo(FromFunction.InvocationResponse.NOTHING);
    }

    @Test
    void refusesMoreElementsThanTheBound() throws Exception {
        InvocationResponse.Builder response = InvocationResponse.newBuilder();
        for (int i = 0; i < 3; i++) {
            response.addOutgoingEgresses(EgressMessage.getDefaultInstance());
        }
        byte[] three = answer(response);
        byte[] four =
                answer(response.addStateMutations(org.apache.flink.statefun.sdk.reqreply.generated.FromFunction
                        .PersistedValueMutation.getDefaultInstance()));

        FromFunctionDecoder bounded = new FromFunctionDecoder(3);

        assertThat(bounded.decode(three)).isInstanceOf(FromFunction.InvocationResponse.class);
        assertThatThrownBy(() -> bounded.decode(four)).hasMessageContaining("more than 3 elements in one answer");
    }

    @Test
    void reservesNoMemoryForWhatIsOnlyAnnounced() {
        byte[] announcesTwoGigabytes = HexFormat.of().parseHex("a206ffffffff07");
        byte[] withinAMessage = HexFormat.of().parseHex("a206080a061affffffff07");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        assertThatThrownBy(() -> decoder.decode(announcesTwoGigabytes)).isInstanceOf(WireException.class);
        assertThatThrownBy(() -> decoder.decode(withinAMessage)).isInstanceOf(WireException.class);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(8 << 20);
    }

    @Test
    void decodesNamesThatComeAgainOnce() throws Exception {
        byte[] answer = HexFormat.of().parseHex("a20610" + "22060a0161120162" + "22060a0161120162");

        var first = (FromFunction.InvocationResponse) decoder.decode(answer);
        var second = (FromFunction.InvocationResponse) decoder.decode(answer.clone());

        assertThat(second.outgoingEgresses().get(0).namespace())
                .isSameAs(first.outgoingEgresses().get(0).namespace());
        assertThat(second.outgoingEgresses().get(1).name())
                .isSameAs(first.outgoingEgresses().get(0).name());
    }

    @Test
    void namesInOneSlotAndLongOnesStayApart() throws Exception {
        Names names = new Names();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 5000; i++) {
                String name = "name-" + i + (i % 50 == 0 ? "-long".repeat(50) : "");
                assertThat(names.of(ByteString.copyFromUtf8(name))).isEqualTo(name);
            }
        }
        assertThatThrownBy(() -> names.of(ByteString.copyFrom(new byte[] {(byte) 0xFF})))
                .hasMessage("not valid UTF-8");
    }

    @Test
    void listsCannotBeChanged() throws Exception {
        var response =
                (FromFunction.InvocationResponse) decoder.decode(HexFormat.of().parseHex("a206040a020801"));

        assertThatThrownBy(() -> response.stateMutations().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThat(response.stateMutations())
                .isEqualTo(List.of(new StateMutation(StateMutation.Kind.MODIFY, "", null)));
    }

    private static byte[] answer(InvocationResponse.Builder response) {
        return org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.newBuilder()
                .setInvocationResult(response)
                .build()
                .toByteArray();
    }
}
