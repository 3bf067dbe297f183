package dev.keyway.gateway.rpc.inbox;

import io.vertx.core.Context;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/**
 * What this instance knows of the owners of slots: whether it restores a slot itself, and what the coordinator of the
 * slots' group said last. One context only.
 */
public final class SlotOwners implements InboxCalls.Owners {
    /** What the client ids of consumers of the inbox begin with; the id of their instance follows. */
    public static final String CLIENT_ID_PREFIX = "keyway-inbox-";

    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Context context;
    private final Admin admin;
    private final String inbox;
    private final IntPredicate restoring;
    private boolean asking;
    private boolean asked;
    private long askedNanos;
    private String unknown = "which instance has the slot is not known";
    private Map<Integer, String> owners = Map.of();

    /**
     * @param context where all methods are called, and answers arrive
     * @param admin of the home cluster; stays the caller's
     * @param inbox the topic, whose name is also that of the group
     * @param restoring whether this instance has been given a slot that it restores
     */
    SlotOwners(Context context, Admin admin, String inbox, IntPredicate restoring) {
        this.context = context;
        this.admin = admin;
        this.inbox = inbox;
        this.restoring = restoring;
    }

    @Override
    public void look() {
        long now = System.nanoTime();
        if (asking || (asked && now - askedNanos < FRESH_NANOS)) {
            return;
        }
        asking = true;
        admin.describeConsumerGroups(List.of(inbox))
                .describedGroups()
                .get(inbox)
                .whenComplete((group, failure) -> context.runOnContext(v -> heard(group, failure)));
    }

    private void heard(ConsumerGroupDescription group, Throwable failure) {
        asking = false;
        asked = true;
        askedNanos = System.nanoTime();
        owners = Map.of();
        if (failure instanceof GroupIdNotFoundException) {
            unknown = "no instance has a slot at the moment (there is no group " + inbox + ")";
            return;
        }
        if (failure != null) {
            unknown = "which instance has the slot is not known: " + failure.getMessage();
            return;
        }
        owners = owners(group);
        unknown = owners.isEmpty()
                ? "no instance has a slot at the moment (group " + inbox + ", " + group.groupState() + ")"
                : "no instance has the slot at the moment (group " + inbox + ", " + group.groupState() + ")";
    }

    private Map<Integer, String> owners(ConsumerGroupDescription group) {
        Map<Integer, String> found = new HashMap<>();
        for (MemberDescription member : group.members()) {
            for (TopicPartition partition : member.assignment().topicPartitions()) {
                if (partition.topic().equals(inbox)) {
                    found.put(partition.partition(), name(member));
                }
            }
        }
        return found;
    }

    private static String name(MemberDescription member) {
        String client = member.clientId();
        return client.startsWith(CLIENT_ID_PREFIX)
                ? "instance '" + client.substring(CLIENT_ID_PREFIX.length()) + "'"
                : "client '" + client + "' at " + member.host();
    }

    @Override
    public String of(int slot) {
        if (restoring.test(slot)) {
            return "this instance has the slot and restores its state";
        }
        String owner = owners.get(slot);
        return owner == null ? unknown : owner + " has the slot";
    }
}
