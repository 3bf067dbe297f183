package dev.keyway.gateway.state.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyway.gateway.state.record.RecordKey.Outcome.Scope;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.Uuid;

class RecordProperties {

    @Property
    void keysComeBackAsTheyWere(@ForAll("keys") RecordKey key) {
        byte[] bytes = RecordKeys.encode(key);

        assertThat(RecordKeys.decode(bytes)).isEqualTo(key);
        assertThat(bytes[1]).isEqualTo((byte) key.kind().code());
    }

    @Property
    void noTwoKeysShareTheirBytes(@ForAll("keys") RecordKey one, @ForAll("keys") RecordKey other) {
        boolean same = Arrays.equals(RecordKeys.encode(one), RecordKeys.encode(other));

        assertThat(same).isEqualTo(one.equals(other));
    }

    @Property
    void timersSortByDueTimeThenInsertion(
            @ForAll("timers") RecordKey.Timer one, @ForAll("timers") RecordKey.Timer other) {
        int bytes = Arrays.compareUnsigned(RecordKeys.encode(one), RecordKeys.encode(other));

        int wanted = one.dueMillis() != other.dueMillis()
                ? Long.compare(one.dueMillis(), other.dueMillis())
                : Long.compare(one.sequence(), other.sequence());
        if (wanted != 0) {
            assertThat(Integer.signum(bytes)).isEqualTo(wanted);
        }
    }

    @Property
    void theBacklogOfAnAddressSortsBySequenceAndHoldsNobodyElses(
            @ForAll("addresses") Address one,
            @ForAll("addresses") Address other,
            @ForAll("numbers") long first,
            @ForAll("numbers") long second) {
        byte[] key = RecordKeys.encode(new RecordKey.Queued(one, first));
        byte[] next = RecordKeys.encode(new RecordKey.Queued(one, second));

        assertThat(Integer.signum(Arrays.compareUnsigned(key, next))).isEqualTo(Long.compare(first, second));
        assertThat(RecordKeys.hasPrefix(key, RecordKeys.prefix(RecordKind.QUEUED, other)))
                .isEqualTo(one.equals(other));
        assertThat(Arrays.compareUnsigned(key, RecordKeys.after(RecordKeys.prefix(RecordKind.QUEUED, one))))
                .isNegative();
    }

    @Property
    void statesComeBackAsTheyWere(@ForAll("states") StateValue state) {
        assertThat(StateValue.decode(state.encode())).isEqualTo(state);
    }

    @Property
    void delayedMessagesComeBackAsTheyWere(@ForAll("delayed") DelayedMessage delayed) {
        assertThat(DelayedMessage.decode(delayed.encode())).isEqualTo(delayed);
    }

    @Property(tries = 3000)
    void damagedRecordsAreReadOrRefusedAndNothingElse(
            @ForAll("keys") RecordKey key,
            @ForAll("values") byte[] value,
            @ForAll("damages") Damage inKey,
            @ForAll("damages") Damage inValue) {
        byte[] damagedKey = inKey.apply(RecordKeys.encode(key));
        byte[] damagedValue = inValue.apply(value);
        try {
            RecordKey read = Values.check(damagedKey, damagedValue);
            if (read.kind() != null) {
                // What is taken for a key is that key, byte for byte.
                assertThat(RecordKeys.decode(RecordKeys.encode(read))).isEqualTo(read);
            }
        } catch (MalformedRecordException e) {
            assertThat(e).hasMessageContaining(":");
        }
    }

    @Property
    void unknownFormatsAndKindsAreKept(
            @ForAll("kinds") int kind, @ForAll("formats") int format, @ForAll byte[] body, @ForAll byte[] value) {
        byte[] unknownKind = concat(new byte[] {RecordKeys.FORMAT, (byte) kind}, body);
        byte[] unknownFormat = concat(new byte[] {(byte) format}, body);

        assertThat(Values.check(unknownKind, value)).isEqualTo(new RecordKey.Unknown(RecordKeys.FORMAT, kind));
        assertThat(Values.check(unknownFormat, value)).isEqualTo(new RecordKey.Unknown(format, 0));
    }

    @Property
    void aValueInAFormatOfANewerVersionIsKeptButNotRead(@ForAll("keys") RecordKey key, @ForAll byte[] body) {
        byte[] newer = concat(new byte[] {2}, body);

        assertThat(Values.check(RecordKeys.encode(key), newer)).isEqualTo(key);
        assertThatThrownBy(() -> StateValue.decode(newer))
                .hasMessage("state value: format at byte 0 is 2; this version reads 1");
    }

    /** What is done to bytes. */
    record Damage(int kind, int at, byte with) {
        byte[] apply(byte[] bytes) {
            if (bytes.length == 0) {
                return bytes;
            }
            int index = at % bytes.length;
            return switch (kind) {
                case 0 -> bytes;
                case 1 -> Arrays.copyOf(bytes, index);
                case 2 -> {
                    byte[] flipped = bytes.clone();
                    flipped[index] = with;
                    yield flipped;
                }
                default -> concat(bytes, new byte[] {with});
            };
        }
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @Provide
    Arbitrary<Damage> damages() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 200),
                        Arbitraries.bytes())
                .as(Damage::new);
    }

    @Provide
    Arbitrary<Integer> kinds() {
        return Arbitraries.integers().between(8, 255);
    }

    @Provide
    Arbitrary<Integer> formats() {
        return Arbitraries.integers().between(2, 255);
    }

    @Provide
    Arbitrary<Long> numbers() {
        return Arbitraries.longs().between(0, Long.MAX_VALUE);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.of("", "a", "b", "ab", "\u0000", "ä", "𝄞", "ns/name"),
                Arbitraries.strings().ascii().ofMaxLength(200));
    }

    @Provide
    Arbitrary<Address> addresses() {
        return Combinators.combine(texts(), texts()).as(Address::new);
    }

    @Provide
    Arbitrary<RecordKey.Timer> timers() {
        return Combinators.combine(numbers(), numbers(), texts(), texts()).as(RecordKey.Timer::new);
    }

    @Provide
    Arbitrary<RecordKey> keys() {
        return Arbitraries.oneOf(
                Combinators.combine(addresses(), texts()).as(RecordKey.State::new),
                Combinators.combine(addresses(), numbers()).as(RecordKey.Queued::new),
                timers(),
                Combinators.combine(addresses(), texts(), Arbitraries.integers())
                        .as(RecordKey.Journal::new),
                Combinators.combine(addresses(), texts()).as(RecordKey.Promise::new),
                Combinators.combine(addresses(), Arbitraries.of(Scope.values()), texts())
                        .as(RecordKey.Outcome::new),
                Combinators.combine(
                                texts(),
                                Combinators.combine(Arbitraries.longs(), Arbitraries.longs())
                                        .as(Uuid::new),
                                Arbitraries.integers(),
                                Arbitraries.integers(),
                                numbers())
                        .as(RecordKey.Dedup::new));
    }

    @Provide
    Arbitrary<StateValue> states() {
        Arbitrary<Expiration> expirations = Arbitraries.oneOf(
                Arbitraries.just(Expiration.NONE),
                Combinators.combine(
                                Arbitraries.of(Expiration.Mode.AFTER_WRITE, Expiration.Mode.AFTER_INVOKE), numbers())
                        .as(Expiration::new));
        return Combinators.combine(texts(), bytes(), expirations, numbers()).as(StateValue::new);
    }

    @Provide
    Arbitrary<DelayedMessage> delayed() {
        return Combinators.combine(addresses(), texts(), bytes()).as(DelayedMessage::new);
    }

    @Provide
    Arbitrary<byte[]> values() {
        return Arbitraries.oneOf(
                states().map(StateValue::encode),
                delayed().map(DelayedMessage::encode),
                numbers().map(Values::mark),
                bytes().map(Values::opaque));
    }

    private static Arbitrary<byte[]> bytes() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
    }
}
