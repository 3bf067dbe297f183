package dev.keyway.gateway.source;

import dev.keyway.admin.model.Deployment;
import dev.keyway.gateway.dispatch.FailureChoice;
import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.egress.DeadLetters;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.metrics.Policy;
import dev.keyway.ordering.Backoff;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The failure policy of a record (design section 4). On the record's runner. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
    private static final Backoff DEAD_LETTER_BACKOFF = new Backoff(500, 2.0, 30_000, 30_000);

    private Failures() {}

    static void settle(RecordInvocation invocation, Outcome outcome, boolean exhausted) {
        switch (policy(invocation, outcome, exhausted)) {
            case COMPLETE -> finish(invocation, Policy.COMPLETE, outcome);
            case DISCARD -> finish(invocation, Policy.DISCARD, outcome);
            case PAUSE -> {
                if (discardedBefore(invocation)) {
                    finish(invocation, Policy.DISCARD, outcome);
                    return;
                }
                log(invocation, Policy.PAUSE, outcome);
                invocation.origin().meters().failed(Policy.PAUSE);
                invocation.runner().block(invocation, outcome.reason());
            }
            case DEAD_LETTER -> deadLetter(invocation, outcome, 1);
        }
    }

    private static Policy policy(RecordInvocation invocation, Outcome outcome, boolean exhausted) {
        Target target = invocation.target();
        Deployment deployment = target == null ? null : target.deployment();
        return new FailureChoice(
                        invocation.onFailure(),
                        invocation.origin().subscription().onTerminal(),
                        invocation.retryPolicy(),
                        deployment == null ? null : deployment.protocol())
                .of(outcome, exhausted);
    }

    private static boolean discardedBefore(RecordInvocation invocation) {
        return FailureChoice.discarded(
                invocation.origin().subscription().desired(),
                invocation.record().topic(),
                invocation.record().partition(),
                invocation.record().offset());
    }

    private static void finish(RecordInvocation invocation, Policy policy, Outcome outcome) {
        log(invocation, policy, outcome);
        invocation.origin().meters().failed(policy);
        invocation.runner().finish(invocation, invocation.origin().sink());
    }

    /** The record is done only when the dead letter is acknowledged; until then its key waits and the cause is shown. */
    private static void deadLetter(RecordInvocation invocation, Outcome outcome, int tries) {
        Origin origin = invocation.origin();
        String topic = invocation.deadLetterTopic();
        DeadLetters.Letter letter = new DeadLetters.Letter(
                topic,
                invocation.record(),
                origin.id(),
                origin.subscription().sink(),
                outcome.reason(),
                outcome.response() == null ? 0 : outcome.response().status(),
                invocation.failures());
        if (origin.transactional()) {
            invocation.effects(List.of(DeadLetters.record(letter)));
            invocation.letter(outcome);
            if (invocation.refusal() == null || invocation.refusal().letter() == null) {
                finish(invocation, Policy.DEAD_LETTER, outcome);
            } else {
                invocation.runner().finish(invocation, origin.sink());
            }
            return;
        }
        invocation.runner().settling(invocation, outcome.reason());
        origin.deadLetters().send(letter, invocation.runner().context(), failure -> {
            if (invocation.state() != Invocation.State.SETTLING) {
                return;
            }
            if (failure == null) {
                finish(invocation, Policy.DEAD_LETTER, outcome);
                return;
            }
            notWritten(invocation, outcome, failure, tries);
        });
    }

    /** The transaction that held its dead letter could not have it. */
    static void letterRefused(RecordInvocation invocation) {
        RecordInvocation.Refusal refusal = invocation.refusal();
        notWritten(invocation, refusal.letter(), refusal.reason(), refusal.tries());
    }

    private static void notWritten(RecordInvocation invocation, Outcome outcome, String failure, int tries) {
        Origin origin = invocation.origin();
        String reason = "the dead-letter topic " + invocation.deadLetterTopic() + " does not take the record: "
                + failure + " (first failure: " + outcome.reason() + ")";
        LOG.atWarn()
                .addKeyValue("subscription", origin.id())
                .addKeyValue("topic", invocation.record().topic())
                .addKeyValue("partition", invocation.record().partition())
                .addKeyValue("offset", invocation.record().offset())
                .addKeyValue("attempt", tries)
                .addKeyValue("cause", reason)
                .log("Dead letter not written, will try again");
        if (invocation.wanted()) {
            origin.meters().deadLetterFailed();
        }
        long delay = DEAD_LETTER_BACKOFF.delayMillis(
                tries, ThreadLocalRandom.current().nextDouble(), -1);
        invocation.runner().settleLater(invocation, reason, delay, () -> deadLetter(invocation, outcome, tries + 1));
    }

    static void logRetry(RecordInvocation invocation, Outcome outcome, long delayMillis) {
        LOG.atDebug()
                .addKeyValue("subscription", invocation.origin().id())
                .addKeyValue("topic", invocation.record().topic())
                .addKeyValue("partition", invocation.record().partition())
                .addKeyValue("offset", invocation.record().offset())
                .addKeyValue("attempt", invocation.failures())
                .addKeyValue("cause", outcome.reason())
                .log("Attempt failed, next one in {} ms", delayMillis);
    }

    private static void log(RecordInvocation invocation, Policy policy, Outcome outcome) {
        LOG.atLevel(invocation.failureLevel())
                .addKeyValue("subscription", invocation.origin().id())
                .addKeyValue("topic", invocation.record().topic())
                .addKeyValue("partition", invocation.record().partition())
                .addKeyValue("offset", invocation.record().offset())
                .addKeyValue("target", invocation.origin().subscription().sink())
                .addKeyValue("attempt", invocation.failures())
                .addKeyValue("cause", outcome.reason())
                .log("Record failed, policy {}", policy.wireName());
    }
}
