package dev.keyway.gateway.state.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** The bytes of docs/internal-topics.md. A change here is a change of the format. */
class RecordBytesTest {
    private static final Address GREETER = new Address("peer/greeter", "user-1");
    private static final String GREETER_HEX = "0c706565722f67726565746572" + "06757365722d31";

    @Test
    void keysAreLaidOutAsDocumented() {
        assertThat(hex(new RecordKey.State(GREETER, "counter"))).isEqualTo("0101" + GREETER_HEX + "07636f756e746572");
        assertThat(hex(new RecordKey.Queued(GREETER, 258))).isEqualTo("0102" + GREETER_HEX + "0000000000000102");
        assertThat(hex(new RecordKey.Timer(1000, 7, "user-1", "t")))
                .isEqualTo("0103" + "00000000000003e8" + "0000000000000007" + "06757365722d31" + "0174");
        assertThat(hex(new RecordKey.Journal(GREETER, "inv", 3)))
                .isEqualTo("0104" + GREETER_HEX + "03696e76" + "00000003");
        assertThat(hex(new RecordKey.Promise(GREETER, "paid"))).isEqualTo("0105" + GREETER_HEX + "0470616964");
        assertThat(hex(new RecordKey.Outcome(GREETER, RecordKey.Outcome.Scope.IDEMPOTENCY_KEY, "k")))
                .isEqualTo("0106" + GREETER_HEX + "01" + "016b");
        assertThat(hex(new RecordKey.Dedup("sub", new Uuid(1, 2), 3, 4, 5)))
                .isEqualTo("0107" + "03737562" + "0000000000000001" + "0000000000000002" + "00000003" + "00000004"
                        + "0000000000000005");
    }

    @Test
    void valuesAreLaidOutAsDocumented() {
        byte[] five = "five".getBytes(StandardCharsets.UTF_8);
        StateValue state = StateValue.written("t/int", five, new Expiration(Expiration.Mode.AFTER_WRITE, 300), 700);
        DelayedMessage delayed = new DelayedMessage(GREETER, "id", five);

        assertThat(hex(state.encode()))
                .isEqualTo("01" + "01" + "ac02" + "00000000000003e8" + "05742f696e74" + "66697665");
        assertThat(hex(delayed.encode())).isEqualTo("01" + GREETER_HEX + "026964" + "66697665");
        assertThat(hex(Values.mark(11))).isEqualTo("01" + "000000000000000b");
        assertThat(hex(Values.opaque(five))).isEqualTo("01" + "66697665");
    }

    @Test
    void aDamagedFieldIsNamedWithItsPlace() {
        byte[] cut = HexFormat.of().parseHex("0102" + GREETER_HEX + "00000001");
        byte[] long_ = HexFormat.of().parseHex("01010c70");
        byte[] trailing = HexFormat.of().parseHex("0102" + GREETER_HEX + "0000000000000102ff");

        assertThatThrownBy(() -> RecordKeys.decode(cut))
                .hasMessage("queued key: sequence at byte 22 needs 8 bytes and only 4 follow");
        assertThatThrownBy(() -> RecordKeys.decode(long_))
                .hasMessage("state key: target type at byte 2 has a length of 12 and only 1 bytes follow");
        assertThatThrownBy(() -> RecordKeys.decode(trailing))
                .hasMessage("queued key: end at byte 30 is followed by 1 bytes that belong to no field");
        assertThatThrownBy(() -> Values.check(null, new byte[1])).hasMessage("key: is absent; wanted format and kind");
        assertThatThrownBy(() -> Values.check(RecordKeys.encode(new RecordKey.State(GREETER, "n")), new byte[0]))
                .hasMessage("state value: is empty");
    }

    @Test
    void halfASurrogatePairIsRefusedAndNotTurnedIntoAnotherKey() {
        assertThatThrownBy(() -> RecordKeys.encode(new RecordKey.State(new Address("t", "\ud834"), "n")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void expirationMovesWithWritesOrWithUse() {
        byte[] bytes = {1};
        StateValue afterWrite = StateValue.written("t", bytes, new Expiration(Expiration.Mode.AFTER_WRITE, 100), 1000);
        StateValue afterInvoke =
                StateValue.written("t", bytes, new Expiration(Expiration.Mode.AFTER_INVOKE, 100), 1000);
        StateValue never = StateValue.written("t", bytes, Expiration.NONE, 1000);

        assertThat(afterWrite.expired(1099)).isFalse();
        assertThat(afterWrite.expired(1100)).isTrue();
        assertThat(afterWrite.used(1050)).isSameAs(afterWrite);
        assertThat(afterInvoke.used(1050).deadlineMillis()).isEqualTo(1150);
        assertThat(never.expired(Long.MAX_VALUE)).isFalse();
        assertThat(StateValue.written("t", bytes, new Expiration(Expiration.Mode.AFTER_WRITE, Long.MAX_VALUE), 1)
                        .deadlineMillis())
                .isEqualTo(Long.MAX_VALUE);
    }

    private static String hex(RecordKey key) {
        return hex(RecordKeys.encode(key));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
