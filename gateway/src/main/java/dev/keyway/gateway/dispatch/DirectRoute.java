package dev.keyway.gateway.dispatch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code exclusivity: process}: the mailbox is in this process, on the event loop that owner and key hash to. */
public final class DirectRoute implements Route {
    private final Runner[] mailboxes;
    private final Runner[] workers;
    private final List<Runner> all;
    private final AtomicInteger nextWorker = new AtomicInteger();

    public DirectRoute(List<Runner> mailboxes, List<Runner> workers) {
        this.mailboxes = mailboxes.toArray(Runner[]::new);
        this.workers = workers.toArray(Runner[]::new);
        List<Runner> both = new ArrayList<>(mailboxes);
        both.addAll(workers);
        this.all = List.copyOf(both);
    }

    @Override
    public Runner runner(boolean exclusive, int owner, byte[] key) {
        if (!exclusive) {
            return workers[(nextWorker.getAndIncrement() & Integer.MAX_VALUE) % workers.length];
        }
        if (mailboxes.length == 1) {
            return mailboxes[0];
        }
        int hash = (Arrays.hashCode(key) * 31 + owner) * 0x9E3779B9;
        return mailboxes[(hash >>> 16) % mailboxes.length];
    }

    @Override
    public List<Runner> runners() {
        return all;
    }
}
