package dev.keyway.gateway.commit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * Completions that wait for a transaction, in order of completion, what was aborted first. Some may have no room in the
 * metadata of their part's offset: they stay in their place, and others of other parts pass them.
 *
 * <p>Threading: the source's context only.
 */
final class Waiting<C extends Completion> {
    /** What one transaction takes at most. */
    static final int MAX_TAKEN = 10_000;

    static final long MAX_TAKEN_BYTES = 32L << 20;

    private List<C> queue = new ArrayList<>();
    /** Parts with completions that had no room; nothing changes for them before another of theirs comes or ends. */
    private final Set<Part> full = Collections.newSetFromMap(new IdentityHashMap<>());
    /** The last look at the queue did not get to its end. */
    private boolean cutShort;

    int size() {
        return queue.size();
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    void clear() {
        queue.clear();
    }

    void add(List<C> completions) {
        queue.addAll(completions);
        for (C completion : completions) {
            full.remove(completion.part());
        }
    }

    /** Before all others. */
    void putBack(List<C> completions) {
        completions.addAll(queue);
        queue = completions;
    }

    void withdraw(Set<C> completions) {
        queue.removeIf(completions::contains);
    }

    /** Takes out those that are meant, in their order; {@code which} is asked once for each. */
    List<C> takeBack(Predicate<C> which) {
        List<C> taken = new ArrayList<>();
        queue.removeIf(each -> which.test(each) && taken.add(each));
        return taken;
    }

    void forgetTheDead() {
        queue.removeIf(completion -> !completion.part().alive());
    }

    /** What these parts had in a transaction is committed or given back: there may be room now. */
    void free(Collection<Part> parts) {
        full.removeAll(parts);
        full.removeIf(part -> !part.alive());
    }

    /** Whether any could be taken. */
    boolean promising() {
        return full.isEmpty() ? !queue.isEmpty() : queue.stream().anyMatch(each -> !full.contains(each.part()));
    }

    /** Whether any of these parts could be taken. */
    boolean promising(Collection<? extends Part> parts) {
        return queue.stream()
                .map(Completion::part)
                .anyMatch(part -> parts.contains(part) && part.alive() && !full.contains(part));
    }

    /**
     * Takes what may go from the front, at most so many, and enters it.
     *
     * @param may whether a part may be in the transaction
     * @param offsets is filled with the offsets of the parts of what is taken
     */
    List<C> take(Predicate<Part> may, Map<Part, OffsetAndMetadata> offsets, int most) {
        List<C> taken = takeSome(may, offsets, most);
        if (taken.isEmpty() && cutShort) {
            // The one that what has no room waits for may be further behind.
            taken = takeSome(may, offsets, Integer.MAX_VALUE);
        }
        return taken;
    }

    private List<C> takeSome(Predicate<Part> may, Map<Part, OffsetAndMetadata> offsets, int most) {
        List<C> left = new ArrayList<>();
        List<C> taken = new ArrayList<>(Math.min(most, queue.size()));
        Map<Part, List<C>> byPart = new IdentityHashMap<>();
        long bytes = 0;
        boolean room = true;
        for (C completion : queue) {
            Part part = completion.part();
            if (!part.alive()) {
                continue;
            }
            // Behind the first that has no place none goes, so that a key's effects keep their order.
            room = room
                    && taken.size() < most
                    && (taken.isEmpty() || bytes + completion.effectBytes() <= MAX_TAKEN_BYTES);
            if (room && !full.contains(part) && may.test(part)) {
                taken.add(completion);
                bytes += completion.effectBytes();
                byPart.computeIfAbsent(part, p -> new ArrayList<>()).add(completion);
            } else {
                left.add(completion);
            }
        }
        cutShort = !room;
        Set<C> out = Collections.newSetFromMap(new IdentityHashMap<>());
        byPart.forEach((part, completions) -> out.addAll(enter(part, completions, offsets)));
        if (cutShort) {
            // The record that they wait for may not have been looked at.
            full.removeAll(byPart.keySet());
        }
        if (!out.isEmpty()) {
            // In their old order: what has no room stays before what came later.
            Set<C> stay = Collections.newSetFromMap(new IdentityHashMap<>());
            stay.addAll(left);
            stay.addAll(out);
            left = new ArrayList<>(queue.stream().filter(stay::contains).toList());
            taken.removeIf(out::contains);
        }
        queue = left;
        return taken;
    }

    /** Enters as many as the metadata of the part's offset has room for, the lowest first; answers the others. */
    private List<C> enter(Part part, List<C> completions, Map<Part, OffsetAndMetadata> offsets) {
        completions.forEach(Completion::enter);
        OffsetAndMetadata offset = part.offset();
        if (offset != null) {
            part.full(false);
            offsets.put(part, offset);
            return List.of();
        }
        completions.forEach(Completion::leave);
        List<C> rising = new ArrayList<>(completions);
        if (!part.inOrder()) {
            rising.sort(Comparator.comparingLong(Completion::index));
        }
        int fitting = 0;
        int beyond = rising.size();
        while (beyond - fitting > 1) {
            int middle = (fitting + beyond) >>> 1;
            List<C> some = rising.subList(0, middle);
            some.forEach(Completion::enter);
            boolean fits = part.offset() != null;
            some.forEach(Completion::leave);
            if (fits) {
                fitting = middle;
            } else {
                beyond = middle;
            }
        }
        if (fitting > 0) {
            rising.subList(0, fitting).forEach(Completion::enter);
            offsets.put(part, part.offset());
        }
        full.add(part);
        part.full(true);
        return rising.subList(fitting, rising.size());
    }
}
