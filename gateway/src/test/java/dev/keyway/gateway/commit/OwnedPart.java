package dev.keyway.gateway.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition of a {@link GroupCommitModel} while it is owned: index and offset are the same. One that commits in order is
 * like a slot: it numbers its transactions and has one record of its own in each, of which it must hear how it ended before
 * it is asked for the next.
 */
final class OwnedPart implements Part {
    static final String COMPANIONS = "companions";
    /** More marks above the watermark than this do not fit. */
    private static final int ROOM = 4;

    final int number;
    final TreeSet<Long> entered = new TreeSet<>();
    final TreeSet<Long> settled;
    final TreeSet<Long> delivered = new TreeSet<>();
    final TreeSet<Long> unreported = new TreeSet<>();
    boolean alive = true;
    boolean full;
    boolean moved;
    private final CommittedView group;
    private final Object beginning = new Object();
    private final boolean inOrder;
    private final Runnable hears;
    private int transactions;
    /** The companion under way, {@code null} when none is. */
    private String companion;

    /**
     * @param group what is committed
     * @param life a number that no earlier life of the partition had
     * @param hears runs when the part hears how a transaction ended
     */
    OwnedPart(int number, CommittedView group, int life, boolean inOrder, Runnable hears) {
        this.number = number;
        this.group = group;
        this.settled = new TreeSet<>(group.records(number));
        this.transactions = life * 1_000;
        this.inOrder = inOrder;
        this.hears = hears;
    }

    /** What an offset says is done. */
    static TreeSet<Long> done(OffsetAndMetadata offset) {
        TreeSet<Long> done = new TreeSet<>();
        for (long i = 0; i < offset.offset(); i++) {
            done.add(i);
        }
        String marks = offset.metadata()
                .substring(offset.metadata().indexOf('[') + 1, offset.metadata().length() - 1);
        for (String mark : marks.split(", ")) {
            if (!mark.isEmpty()) {
                done.add(Long.parseLong(mark));
            }
        }
        return done;
    }

    static String text(OffsetAndMetadata offset) {
        return offset.offset() + " " + offset.metadata();
    }

    @Override
    public TopicPartition partition() {
        return new TopicPartition("in", number);
    }

    @Override
    public Object beginning() {
        return beginning;
    }

    @Override
    public boolean alive() {
        return alive;
    }

    @Override
    public boolean dirty() {
        return moved;
    }

    @Override
    public boolean inOrder() {
        return inOrder;
    }

    @Override
    public void enter(long index) {
        assertThat(settled).doesNotContain(index);
        assertThat(entered.add(index)).as("entered twice: " + index).isTrue();
    }

    @Override
    public void leave(long index) {
        assertThat(entered.remove(index)).as("left without entering: " + index).isTrue();
    }

    @Override
    public OffsetAndMetadata offset() {
        TreeSet<Long> all = new TreeSet<>(settled);
        all.addAll(entered);
        long watermark = 0;
        while (all.contains(watermark)) {
            watermark++;
        }
        List<Long> above = new ArrayList<>(all.tailSet(watermark, true));
        return above.size() > ROOM
                ? null
                : new OffsetAndMetadata(watermark, Optional.empty(), (inOrder ? transactions : "") + above.toString());
    }

    @Override
    public List<ProducerRecord<byte[], byte[]>> companions(OffsetAndMetadata offset) {
        if (!inOrder) {
            return List.of();
        }
        assertThat(companion)
                .as("asked of %s before it heard how the last transaction ended", text(offset))
                .isNull();
        transactions++;
        companion = text(offset);
        return List.of(new ProducerRecord<>(COMPANIONS, number, null, companion.getBytes()));
    }

    @Override
    public void returned() {
        if (inOrder) {
            assertThat(companion).as("taken for not committed").isNotEqualTo(newest());
        }
        companion = null;
        hears.run();
    }

    @Override
    public void settled(OffsetAndMetadata offset) {
        settled.addAll(entered);
        entered.clear();
        moved = false;
        hears.run();
    }

    /** All parts have heard of a transaction that was committed. */
    void committed() {
        if (inOrder && alive) {
            assertThat(companion).as("taken for committed").isEqualTo(newest());
            companion = null;
        }
    }

    private String newest() {
        OffsetAndMetadata offset = group.offset(number);
        return offset == null ? null : text(offset);
    }

    @Override
    public void full(boolean waits) {
        full = waits;
    }
}
