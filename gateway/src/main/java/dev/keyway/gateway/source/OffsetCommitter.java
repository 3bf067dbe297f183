package dev.keyway.gateway.source;

import dev.keyway.ordering.OffsetMetadata;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what a source has done: the offset up to which every record is done, and in its metadata the records above it
 * that are done too. At most one commit is under way; what changes meanwhile waits for the next. Source's context only.
 */
final class OffsetCommitter implements Committer<RecordInvocation> {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetCommitter.class);

    private final Origin origin;
    private final Context context;
    private final PollLoop consumer;
    private final Map<TopicPartition, Assignment> assignments;
    private boolean underWay;
    private boolean ending;
    private Runnable onEnded;
    private boolean truncationShown;

    OffsetCommitter(Origin origin, Context context, PollLoop consumer, Map<TopicPartition, Assignment> assignments) {
        this.assignments = assignments;
        this.origin = origin;
        this.context = context;
        this.consumer = consumer;
    }

    @Override
    public void done(List<RecordInvocation> done) {
        done.forEach(invocation -> invocation.assignment().completed(invocation));
    }

    /** No commit begins any more; {@code onEnded} runs when none is under way. */
    void end(Runnable action) {
        ending = true;
        onEnded = action;
        if (!underWay) {
            action.run();
        }
    }

    /** Commits what is dirty, unless a commit is under way. */
    @Override
    public void tick() {
        if (underWay || ending || assignments.isEmpty()) {
            return;
        }
        Map<Assignment, OffsetAndMetadata> offers = new HashMap<>();
        Assignment any = null;
        for (Assignment assignment : assignments.values()) {
            if (assignment.current()) {
                any = assignment;
                if (assignment.dirty()) {
                    offer(assignment, offers);
                }
            }
        }
        if (offers.isEmpty() && any != null && leaseNeedsProof()) {
            offer(any, offers);
        }
        if (offers.isEmpty()) {
            return;
        }
        underWay = true;
        long started = origin.now();
        consumer.execute(() -> consumer.commit(
                offers, (taken, failure) -> context.runOnContext(v -> committed(taken, failure, started))));
    }

    /** In a quiet subscription with a short session a commit keeps the lease young, as a heartbeat of our own. */
    private boolean leaseNeedsProof() {
        return origin.classicProtocol() && origin.lease().ageNanos(origin.now()) > origin.sessionNanos() / 3;
    }

    private void offer(Assignment assignment, Map<Assignment, OffsetAndMetadata> offers) {
        offers.put(assignment, offset(assignment));
        assignment.offered();
    }

    private void committed(Map<Assignment, OffsetAndMetadata> taken, Exception failure, long startedNanos) {
        underWay = false;
        result(taken, failure, startedNanos);
        if (ending) {
            onEnded.run();
        }
    }

    private void result(Map<Assignment, OffsetAndMetadata> taken, Exception failure, long startedNanos) {
        if (failure == null) {
            taken.forEach((assignment, offset) -> assignment.committed(offset.offset()));
            origin.meters().committed(origin.now() - startedNanos);
            return;
        }
        taken.keySet().forEach(Assignment::refused);
        origin.meters().commitFailed();
        LOG.atWarn()
                .addKeyValue("subscription", origin.id())
                .addKeyValue("topic", origin.topic())
                .addKeyValue("cause", failure.toString())
                .log("Offsets not committed, will try again");
    }

    /** A commit under way is finished by the consumer first. */
    @Override
    public Future<Map<TopicPartition, OffsetAndMetadata>> revoke(Collection<Assignment> revoked) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (Assignment assignment : revoked) {
            offsets.put(assignment.partition(), offset(assignment));
        }
        return Future.succeededFuture(offsets);
    }

    @Override
    public void whenFree(Collection<Assignment> ended, Runnable action) {
        action.run();
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }

    private OffsetAndMetadata offset(Assignment assignment) {
        OffsetMetadata.Encoded metadata = assignment.metadata();
        if (!metadata.complete() && !truncationShown) {
            truncationShown = true;
            LOG.atWarn()
                    .addKeyValue("subscription", origin.id())
                    .addKeyValue("partition", assignment.partition().partition())
                    .log("Completions above the committed offset do not fit its metadata;"
                            + " those left out are delivered again after a restart");
        }
        return new OffsetAndMetadata(assignment.tracker().committable(), Optional.empty(), metadata.text());
    }
}
