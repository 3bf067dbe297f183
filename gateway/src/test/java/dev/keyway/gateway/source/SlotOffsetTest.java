package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.model.ServiceType;
import dev.keyway.gateway.fixture.World;
import dev.keyway.ordering.SharedPressure;
import java.util.List;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Offsets of slots number their transactions, so that a lost answer to a commit can be looked up (invariant I3). */
class SlotOffsetTest {

    private static Assignment assignment() {
        Origin origin = new Origin(
                World.subscription(
                        "inbox",
                        World.service(
                                "Orders",
                                ServiceType.VIRTUAL_OBJECT,
                                World.deployment("http://127.0.0.1:1/"),
                                "binary")),
                1,
                World.config(),
                null,
                null,
                null,
                new Membership(true, 45_000));
        return new Assignment(
                origin,
                new TopicPartition("inbox", 0),
                new PollLoop.Started(0, null, 0, 1, origin.losses()),
                1,
                new SharedPressure(1_000, 1_000_000));
    }

    private static Assignment slot() {
        Assignment assignment = assignment();
        assignment.accompanied(new Assignment.Companion() {
            @Override
            public List<ProducerRecord<byte[], byte[]>> at(OffsetAndMetadata offset) {
                return List.of();
            }

            @Override
            public void returned() {}
        });
        return assignment;
    }

    @Test
    void twoTransactionsThatMoveNoOffsetDiffer() {
        Assignment slot = slot();
        OffsetAndMetadata first = slot.offset();
        slot.companions(first);

        OffsetAndMetadata second = slot.offset();

        assertThat(second.offset()).isEqualTo(first.offset());
        assertThat(second.metadata()).isNotEqualTo(first.metadata());
    }

    @Test
    void theFirstTransactionOfAnotherLifeDiffersFromTheLastOfTheOneBefore() {
        assertThat(slot().offset().metadata()).isNotEqualTo(slot().offset().metadata());
    }

    @Test
    void aSourceWithoutSlotsRepeatsItsOffset() {
        Assignment assignment = assignment();
        OffsetAndMetadata first = assignment.offset();
        assignment.companions(first);

        assertThat(assignment.offset()).isEqualTo(first);
    }
}
