package dev.keyway.admin.kafka;

import java.time.Duration;

/**
 * Where a subscription starts in a partition for which its group has no committed offset ({@code auto.offset.reset}).
 * Keyway resolves it when the subscription is created; its consumers themselves never reset.
 *
 * @param age how far back {@link Kind#BY_DURATION} goes, else {@code null}
 */
public record OffsetReset(Kind kind, Duration age) {

    /** The reset policies. */
    public enum Kind {
        EARLIEST,
        LATEST,
        /** The first record that is younger than the age. */
        BY_DURATION,
        /** Refuse to start where the group has no offset. */
        NONE
    }
}
