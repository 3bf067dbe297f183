package dev.keyway.gateway.source;

import dev.keyway.admin.port.RuntimeView.PartitionStatus;
import dev.keyway.admin.port.RuntimeView.SubscriptionStatus;
import dev.keyway.gateway.metrics.SourceMeters;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** What a source tells of its partitions, to REST and to the metrics. The source's context only. */
final class SourceReport {
    private final Map<TopicPartition, Assignment> assignments;
    private final SourceMeters meters;
    private Map<TopicPartition, Long> logEnds = Map.of();

    /** @param assignments the source's own map, read here */
    SourceReport(Map<TopicPartition, Assignment> assignments, SourceMeters meters) {
        this.assignments = assignments;
        this.meters = meters;
    }

    void logEnds(Map<TopicPartition, Long> newest) {
        logEnds = newest;
    }

    SubscriptionStatus status(
            Origin origin, String problem, boolean everAssigned, Map<TopicPartition, Integer> blocked) {
        List<PartitionStatus> partitions = assignments.values().stream()
                .map(assignment -> status(assignment, blocked.getOrDefault(assignment.partition(), 0)))
                .sorted(Comparator.comparing(PartitionStatus::topic).thenComparingInt(PartitionStatus::partition))
                .toList();
        String state = origin.paused() ? "paused" : problem != null ? "failed" : everAssigned ? "running" : "starting";
        return new SubscriptionStatus(origin.id(), state, problem, partitions);
    }

    private PartitionStatus status(Assignment assignment, int blocked) {
        long oldest = assignment.tracker().oldestUnfinishedMillis();
        return new PartitionStatus(
                assignment.partition().topic(),
                assignment.partition().partition(),
                assignment.committed(),
                assignment.tracker().committable(),
                lag(assignment),
                assignment.tracker().unfinished(),
                assignment.inFlight(),
                assignment.tracker().oldestUnfinishedOffset(),
                oldest < 0 ? 0 : System.currentTimeMillis() - oldest,
                assignment.pressed(),
                blocked);
    }

    private long lag(Assignment assignment) {
        Long end = logEnds.get(assignment.partition());
        return end == null ? -1 : Math.max(0, end - assignment.tracker().committable());
    }

    void publish() {
        long unfinished = 0;
        long oldest = Long.MAX_VALUE;
        long lag = 0;
        for (Assignment assignment : assignments.values()) {
            unfinished += assignment.tracker().unfinished();
            long since = assignment.tracker().oldestUnfinishedMillis();
            oldest = since < 0 ? oldest : Math.min(oldest, since);
            lag += Math.max(0, lag(assignment));
        }
        meters.publish(new SourceMeters.Live(assignments.size(), unfinished, oldest, lag));
    }
}
