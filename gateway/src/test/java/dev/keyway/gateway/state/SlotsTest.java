package dev.keyway.gateway.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class SlotsTest {

    /** Kafka's own placement of a key, so that a tool which writes by key finds the same slot. */
    @Test
    void anIdIsWhereKafkaPutsAKeyOfTheseBytes() {
        for (int count : new int[] {1, 3, 64}) {
            Slots slots = new Slots(count);
            for (int i = 0; i < 1000; i++) {
                String id = "kéy-" + i;
                byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
                assertThat(slots.of(id)).isEqualTo(BuiltInPartitioner.partitionForKey(bytes, count));
            }
        }
    }

    @Test
    void theSlotOfAnIdNeverChanges() {
        assertThat(new Slots(64).of("user-1")).isEqualTo(SLOT_OF_USER_1);
        assertThat(new Slots(64).of("")).isEqualTo(SLOT_OF_EMPTY);
    }

    private static final int SLOT_OF_USER_1 = 12;
    private static final int SLOT_OF_EMPTY = 25;
}
