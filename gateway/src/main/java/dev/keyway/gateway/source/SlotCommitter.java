package dev.keyway.gateway.source;

import dev.keyway.gateway.commit.GroupCommit;
import dev.keyway.gateway.commit.Lane;
import dev.keyway.gateway.commit.Part;
import dev.keyway.gateway.slot.Slot;
import dev.keyway.gateway.slot.SlotCompletion;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** The transactions of the slots: states, messages, marks and outputs with the offsets of the inbox. Source's context only. */
final class SlotCommitter extends TransactionCommitter<SlotCompletion> {
    private final Map<Part, Slot> slots;
    private final String changelog;

    /**
     * @param slots those that are owned, by their partition
     * @param changelog the topic
     */
    SlotCommitter(
            Vertx vertx,
            Context context,
            Origin origin,
            PollLoop consumer,
            Map<TopicPartition, Assignment> assignments,
            SourceSpec spec,
            Lane lane,
            Events events,
            Map<Part, Slot> slots,
            String changelog) {
        super(vertx, context, origin, consumer, assignments, spec, spec.transactions(), lane, null, events);
        this.slots = slots;
        this.changelog = changelog;
    }

    @Override
    void release(Assignment assignment, SlotCompletion completion) {
        assignment.done(completion.records(), completion.bytes() + completion.effectBytes());
    }

    @Override
    void committed(GroupCommit.Settlement<SlotCompletion> settlement) {
        Map<Part, List<SlotCompletion>> byPart = new HashMap<>();
        for (SlotCompletion completion : settlement.completions()) {
            byPart.computeIfAbsent(completion.part(), part -> new ArrayList<>()).add(completion);
        }
        for (Part part : settlement.parts()) {
            Slot slot = slots.get(part);
            if (slot != null) {
                TopicPartition log = new TopicPartition(changelog, slot.number());
                slot.committed(
                        byPart.getOrDefault(part, List.of()), settlement.ends().getOrDefault(log, 0L));
            }
        }
    }

    @Override
    public void refused(SlotCompletion completion, String reason) {
        if (owns(assignment(completion))) {
            assignment(completion).drops(completion.effectBytes());
        }
        Slot slot = slots.get(completion.part());
        if (slot != null) {
            slot.refused(completion, reason);
        }
    }
}
