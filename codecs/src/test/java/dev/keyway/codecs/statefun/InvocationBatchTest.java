package dev.keyway.codecs.statefun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class InvocationBatchTest {

    private static final Address TARGET = new Address("example", "counter", "a");

    @Test
    void takesNoMoreInvocationsThanItsCount() {
        InvocationBatch batch = new InvocationBatch(TARGET, 1000, 2);

        assertThat(batch.tryAdd(message(1))).isTrue();
        assertThat(batch.tryAdd(message(1))).isTrue();
        long full = batch.size();
        assertThat(batch.tryAdd(message(1))).isFalse();

        assertThat(batch.invocations()).isEqualTo(2);
        assertThat(batch.toBytes()).hasSize((int) full);
    }

    @Test
    void fillsItsBytesToTheLastOne() {
        InvocationBatch probe = new InvocationBatch(TARGET, 1 << 20, 10);
        probe.tryAdd(message(200));
        int exact = (int) probe.sizeWith(message(300));

        InvocationBatch batch = new InvocationBatch(TARGET, exact, 10);
        assertThat(batch.tryAdd(message(200))).isTrue();
        assertThat(batch.tryAdd(message(301))).isFalse();
        assertThat(batch.tryAdd(message(300))).isTrue();

        assertThat(batch.toBytes()).hasSize(exact);
        assertThat(batch.tryAdd(new Invocation(null, TypedValue.of("", new byte[0]))))
                .isFalse();
    }

    @Test
    void statesThatAloneAreTooLargeLeaveNoRoomAndAreNotWritten() {
        InvocationBatch batch = new InvocationBatch(TARGET, 100, 10);

        batch.attach("big", TypedValue.of("t/t", new byte[200]));

        assertThat(batch.size()).isGreaterThan(200);
        assertThat(batch.tryAdd(message(1))).isFalse();
        assertThatThrownBy(batch::toBytes)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a request of " + batch.size() + " bytes to example/counter/a, more than 100");
    }

    @Test
    void refusesBoundsThatHoldNothing() {
        assertThatThrownBy(() -> new InvocationBatch(TARGET, 0, 1))
                .hasMessage("a batch of at most 1 invocations and 0 bytes holds nothing; both must be at least 1");
        assertThatThrownBy(() -> new InvocationBatch(TARGET, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keyThatIsNotTextNamesTheInstanceThatStateFunWouldName() {
        Address broken = Address.ofKey("example", "counter", new byte[] {'a', (byte) 0xFF, 'b'});

        assertThat(broken).isEqualTo(new Address("example", "counter", "a\uFFFDb"));
        assertThat(Address.ofKey("example", "counter", new byte[0]).id()).isEmpty();
    }

    private static Invocation message(int size) {
        return new Invocation(null, TypedValue.of("t/t", new byte[size]));
    }
}
