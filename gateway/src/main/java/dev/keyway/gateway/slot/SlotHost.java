package dev.keyway.gateway.slot;

import dev.keyway.gateway.commit.Part;
import dev.keyway.gateway.dispatch.Fence;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a slot needs of the source that feeds it. On the source's context. */
public interface SlotHost {

    /** The slot's partition of the inbox, as transactions see it. */
    Part part();

    /** The same, as calls see it. */
    Fence fence();

    /** Grows with every owner of the slot; calls carry it. */
    int epoch();

    /** Gives batches to their runners. */
    void submit(List<SlotInvocation> batches);

    /** To be committed, in this order. */
    void complete(List<SlotCompletion> completions);

    /** Not to be committed after all. */
    void withdraw(Set<SlotCompletion> completions);

    /** Messages that came out of a backlog count against the bounds like those of the inbox. */
    void took(int records, long bytes);

    /** Such messages are not in memory any more without a completion: the backlog has them, or does not have them after all. */
    void left(int records, long bytes);

    /** Takes a batch back from its runner, unless its target is at work on it; it lands then like any other. */
    void putAside(SlotInvocation batch);

    /** A record of the inbox that is no message; it counts as done only when somebody has decided so. */
    void unreadable(ConsumerRecord<byte[], byte[]> record, long index, int bytes, String reason);

    /** Runs something later; ended slots may still be told. */
    void after(long millis, Runnable action);

    /** The slot cannot go on: it has to be restored. */
    void broken(String reason);
}
