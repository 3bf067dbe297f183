package dev.keyway.gateway.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What read-committed consumers and the group see of a {@link GroupCommitModel}: an output log and, per partition, which
 * records the group counts as done. Each commit must add exactly the effects of the records that it adds to those, and what
 * accompanies an offset must speak of that very offset.
 */
final class CommittedView {
    private final Map<Integer, TreeSet<Long>> records = new HashMap<>();
    private final Map<Integer, OffsetAndMetadata> offsets = new HashMap<>();
    /** Per partition of the input, by record. */
    private final Map<Integer, List<Long>> output = new HashMap<>();
    /** Of the partitions that are committed in order: the place among what was offered of the newest effect. */
    private final Map<Object, Long> places = new HashMap<>();

    CommittedView(int partitions) {
        for (int i = 0; i < partitions; i++) {
            records.put(i, new TreeSet<>());
            output.put(i, new ArrayList<>());
        }
    }

    /** Records that count as done. */
    TreeSet<Long> records(int partition) {
        return records.get(partition);
    }

    List<Long> output(int partition) {
        return output.get(partition);
    }

    /** {@code null} before the first commit. */
    OffsetAndMetadata offset(int partition) {
        return offsets.get(partition);
    }

    /** The offsets of these partitions, as far as there are any. */
    Map<TopicPartition, OffsetAndMetadata> offsets(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>();
        partitions.forEach(partition -> {
            OffsetAndMetadata offset = offsets.get(partition.partition());
            if (offset != null) {
                found.put(partition, offset);
            }
        });
        return found;
    }

    /** @param lives of the partitions when the transaction began */
    void commit(Transaction transaction, Map<Integer, OwnedPart> lives) {
        Map<Integer, TreeSet<Long>> effects = new HashMap<>();
        Map<Integer, String> companions = new HashMap<>();
        transaction
                .effects()
                .forEach(written -> written.forEach(record -> {
                    if (record.topic().equals(OwnedPart.COMPANIONS)) {
                        assertThat(companions.put(record.partition(), new String(record.value())))
                                .as("companions of " + record.partition())
                                .isNull();
                    } else {
                        effect(record, lives.get(record.partition()), effects);
                    }
                }));
        transaction.offsets().forEach((partition, offset) -> {
            int number = partition.partition();
            TreeSet<Long> done = OwnedPart.done(offset);
            TreeSet<Long> before = records.get(number);
            assertThat(done).as("offsets never go back").containsAll(before);
            TreeSet<Long> added = new TreeSet<>(done);
            added.removeAll(before);
            assertThat(effects.getOrDefault(number, new TreeSet<>()))
                    .as("effects of " + partition)
                    .isEqualTo(added);
            records.put(number, done);
            offsets.put(number, offset);
            effects.remove(number);
            assertThat(companions.remove(number))
                    .as("what accompanies the offset of " + partition)
                    .isEqualTo(lives.get(number).inOrder() ? OwnedPart.text(offset) : null);
        });
        assertThat(effects).as("effects without their offset").isEmpty();
        assertThat(companions).as("companions without their offset").isEmpty();
    }

    private void effect(ProducerRecord<byte[], byte[]> record, OwnedPart part, Map<Integer, TreeSet<Long>> effects) {
        long index = record.value()[0];
        assertThat(effects.computeIfAbsent(record.partition(), p -> new TreeSet<>())
                        .add(index))
                .isTrue();
        output.get(record.partition()).add(index);
        if (part.inOrder()) {
            Long before = places.put(part, record.timestamp());
            assertThat(before == null || before < record.timestamp())
                    .as("record " + index + " overtakes in " + part.partition())
                    .isTrue();
        }
    }
}
