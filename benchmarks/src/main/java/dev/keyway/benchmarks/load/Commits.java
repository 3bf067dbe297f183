package dev.keyway.benchmarks.load;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** Asks the broker what consumer groups have committed. Thread-safe; every call blocks. */
final class Commits {
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final long PAUSE_NANOS = 50_000_000L;

    private final Admin admin;

    Commits(Admin admin) {
        this.admin = admin;
    }

    /** The committed offsets of these groups, which have no partition in common. */
    Map<TopicPartition, Long> of(Collection<String> groups) {
        Map<String, ListConsumerGroupOffsetsSpec> wanted =
                groups.stream().collect(Collectors.toMap(group -> group, group -> new ListConsumerGroupOffsetsSpec()));
        Map<TopicPartition, Long> committed = new HashMap<>();
        try {
            admin.listConsumerGroupOffsets(wanted)
                    .all()
                    .get()
                    .values()
                    .forEach(offsets -> offsets.forEach((tp, at) -> {
                        if (at != null) {
                            committed.put(tp, at.offset());
                        }
                    }));
            return committed;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Map.of();
            }
            throw new IllegalStateException("cannot read the committed offsets of " + groups, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Waits until exactly these offsets are committed; what is wrong after a minute, or nothing. */
    List<String> awaitEnds(Collection<String> groups, Map<TopicPartition, Long> ends) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            Map<TopicPartition, Long> committed = of(groups);
            List<String> missing = ends.entrySet().stream()
                    .filter(end -> !end.getValue().equals(committed.get(end.getKey())))
                    .map(end -> end.getKey() + " is committed to " + committed.get(end.getKey()) + " instead of "
                            + end.getValue())
                    .toList();
            if (missing.isEmpty() || System.nanoTime() - deadline > 0) {
                return missing.size() > 3 ? missing.subList(0, 3) : missing;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
