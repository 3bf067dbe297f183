package dev.keyway.gateway.source;

import dev.keyway.admin.model.Subscription.Seek;
import dev.keyway.ordering.OffsetMetadata;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What decides where a partition begins that was assigned. Pure.
 *
 * <p>Slots drop records that are not above what they have taken of the same reading of a partition. So whatever may put a
 * partition back begins a new reading: a seek, an offset that somebody else has committed, no offset at all. Only
 * Keyway's own offset continues the reading that stands in its metadata.
 *
 * @param reading to continue; 0 begins a new one
 */
record Beginning(Place place, long reading) {
    private static final int RANDOM_BITS = 10;
    private static final AtomicLong LAST_READING = new AtomicLong();

    /** Where it begins. */
    enum Place {
        /** At the committed offset, whoever wrote it. */
        COMMITTED,
        /** Where the newest seek says. */
        SEEK,
        /** Where the source starts in partitions that never began. */
        START,
        /** At the oldest record. */
        LOG_START
    }

    /** A start position that was resolved before the partition began, and the seeks that had been made by then. */
    record Start(long position, int afterSeek) {}

    /**
     * @param committed metadata of the committed offset, {@code null} if there is no offset
     * @param seek the newest one that moves the partition, or {@code null}
     * @param start {@code null} for a partition that was found later
     * @param begun whether it began before; {@code null} if only the offset can tell
     */
    static Beginning of(OffsetMetadata.Decoded committed, Seek seek, Start start, Boolean begun) {
        if (committed != null && !Boolean.FALSE.equals(begun)) {
            boolean ours = committed.kind() == OffsetMetadata.Kind.OURS;
            return ours && seek != null && committed.seekEpoch() < seek.epoch()
                    ? new Beginning(Place.SEEK, 0)
                    : new Beginning(Place.COMMITTED, committed.reading());
        }
        if (start == null || Boolean.TRUE.equals(begun)) {
            return new Beginning(Place.LOG_START, 0);
        }
        return new Beginning(seek != null && seek.epoch() > start.afterSeek() ? Place.SEEK : Place.START, 0);
    }

    /** The number of a reading that begins now: none was ever given to a reading of the same partition. */
    static long newReading() {
        // Readings of a partition in different processes are a rebalance apart; the random part is for clocks set back.
        long random = ThreadLocalRandom.current().nextLong(1 << RANDOM_BITS);
        long now = System.currentTimeMillis() << RANDOM_BITS | random;
        return LAST_READING.accumulateAndGet(now, (last, next) -> Math.max(last + 1, next));
    }
}
