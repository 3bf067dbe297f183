package dev.keyway.gateway.slot;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.gateway.inbox.Envelope;

/**
 * What becomes of a message that its target does not handle. Immutable.
 *
 * @param retry {@code null} for the usual: from 4 ms on, twice as long each time, 5 s at most
 * @param deadLetterTopic for {@link OnFailure#DEAD_LETTER}, on the home cluster
 */
public record FailurePolicy(OnFailure onFailure, RetryPolicy retry, String deadLetterTopic) {

    /** The policies in force. Any thread. */
    public interface Source {
        FailurePolicy of(Envelope message);
    }
}
