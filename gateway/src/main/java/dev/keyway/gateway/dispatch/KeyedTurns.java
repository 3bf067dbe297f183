package dev.keyway.gateway.dispatch;

import dev.keyway.ordering.Mailboxes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One at a time per key, in order of arrival. */
final class KeyedTurns implements Turns {
    private final Mailboxes<Invocation> mailboxes = new Mailboxes<>();

    @Override
    public boolean enter(Invocation invocation) {
        return mailboxes.enqueue(invocation.mailboxOwner(), invocation.mailboxKey(), invocation);
    }

    @Override
    public boolean enterEarly(Invocation invocation) {
        Invocation before = mailboxes.head(invocation.mailboxOwner(), invocation.mailboxKey());
        if (before == null) {
            return enter(invocation);
        }
        for (Invocation next = mailboxes.next(before);
                next != null && (next.shared != null || next.answered != null);
                next = mailboxes.next(next)) {
            before = next;
        }
        mailboxes.insertBehind(before, invocation);
        return false;
    }

    @Override
    public Invocation leave(Invocation invocation) {
        return mailboxes.finish(invocation);
    }

    @Override
    public boolean withdraw(Invocation waiting) {
        return mailboxes.remove(waiting);
    }

    @Override
    public void forEachActive(Consumer<Invocation> action) {
        mailboxes.forEachHead(action);
    }

    @Override
    public void forEachBehind(Invocation active, Consumer<Invocation> action) {
        List<Invocation> behind = new ArrayList<>();
        for (Invocation at = mailboxes.next(active); at != null; at = mailboxes.next(at)) {
            behind.add(at);
        }
        behind.forEach(action);
    }

    @Override
    public Invocation following(Invocation invocation) {
        return mailboxes.next(invocation);
    }

    @Override
    public Invocation ahead(Invocation invocation) {
        return mailboxes.headOf(invocation);
    }

    @Override
    public int behind(Invocation active) {
        return mailboxes.depth(active) - 1;
    }

    @Override
    public int calls(Invocation newcomer) {
        int calls = 0;
        for (Invocation at = mailboxes.head(newcomer.mailboxOwner(), newcomer.mailboxKey());
                at != null;
                at = mailboxes.next(at)) {
            if (at.fence() == null) {
                calls++;
            }
        }
        return calls;
    }

    @Override
    public int keys() {
        return mailboxes.size();
    }

    @Override
    public long held() {
        return mailboxes.entries();
    }
}
