package dev.keyway.gateway.dispatch;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.OnTerminal;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.model.Subscription.Desired;
import dev.keyway.admin.model.Subscription.KeyAction;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.metrics.Policy;

/**
 * What the failure policy of a record says (design section 4). Immutable; any thread.
 *
 * @param onFailure {@code null} takes the word of the retry policy
 * @param onTerminal {@code null} for what is usual with the protocol
 * @param retry in force
 * @param protocol of its deployment, {@code null} when nobody was called
 */
public record FailureChoice(OnFailure onFailure, OnTerminal onTerminal, RetryPolicy retry, Protocol protocol) {

    /** @param exhausted whether attempts or age ran out */
    public Policy of(Outcome outcome, boolean exhausted) {
        if (exhausted) {
            return failure();
        }
        return switch (outcome.kind()) {
            case DEAD_LETTER -> Policy.DEAD_LETTER;
            case DISCARD -> Policy.DISCARD;
            case TERMINAL -> terminal();
            default -> failure();
        };
    }

    private Policy failure() {
        OnFailure chosen = onFailure;
        if (chosen == null) {
            chosen = retry.onMaxAttempts() != null ? retry.onMaxAttempts() : OnFailure.PAUSE;
        }
        return switch (chosen) {
            case PAUSE -> Policy.PAUSE;
            case DEAD_LETTER -> Policy.DEAD_LETTER;
            case DISCARD -> Policy.DISCARD;
        };
    }

    private Policy terminal() {
        if (onTerminal == null) {
            return protocol == Protocol.RESTATE ? Policy.COMPLETE : failure();
        }
        return switch (onTerminal) {
            case COMPLETE -> Policy.COMPLETE;
            case PAUSE -> Policy.PAUSE;
            case DEAD_LETTER -> Policy.DEAD_LETTER;
            case DISCARD -> Policy.DISCARD;
        };
    }

    /**
     * Whether an operator's last word on this record was to discard it. Asked again when it is about to block, because the
     * word may have come while nobody owned the partition, or been forgotten with a crash before the next commit.
     */
    public static boolean discarded(Desired desired, String topic, int partition, long offset) {
        boolean discarded = false;
        for (KeyAction action : desired.keyActions()) {
            if (action.names(topic, partition, offset)) {
                discarded = action.action() == KeyAction.Action.DISCARD;
            }
        }
        return discarded;
    }
}
