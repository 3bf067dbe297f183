package dev.keyway.gateway.dispatch;

import java.util.List;

/**
 * The way of an invocation to the place that runs it. The direct path keeps it in this process; the inbox path
 * ({@code exclusivity: cluster}) will forward it to the owner of its slot. Any thread.
 */
public interface Route {

    /**
     * The runner for an invocation of the mailbox {@code owner}.
     *
     * @param exclusive whether it needs the mailbox of its key; others go to the workers
     */
    Runner runner(boolean exclusive, int owner, byte[] key);

    /** All runners, mailboxes first, in the order of their index. */
    List<Runner> runners();
}
