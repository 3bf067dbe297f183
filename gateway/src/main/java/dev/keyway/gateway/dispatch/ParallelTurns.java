package dev.keyway.gateway.dispatch;

import java.util.function.Consumer;

/** No order: everything may run at once. An intrusive list, so that entering and leaving allocate nothing. */
final class ParallelTurns implements Turns {
    private Invocation first;
    private Invocation last;
    private int size;

    @Override
    public boolean enter(Invocation invocation) {
        invocation.previousActive = last;
        if (last == null) {
            first = invocation;
        } else {
            last.nextActive = invocation;
        }
        last = invocation;
        size++;
        return true;
    }

    @Override
    public boolean enterEarly(Invocation invocation) {
        return enter(invocation);
    }

    @Override
    public Invocation leave(Invocation invocation) {
        Invocation previous = invocation.previousActive;
        Invocation next = invocation.nextActive;
        if (previous == null) {
            first = next;
        } else {
            previous.nextActive = next;
        }
        if (next == null) {
            last = previous;
        } else {
            next.previousActive = previous;
        }
        invocation.previousActive = null;
        invocation.nextActive = null;
        size--;
        return null;
    }

    @Override
    public boolean withdraw(Invocation waiting) {
        return false;
    }

    @Override
    public void forEachActive(Consumer<Invocation> action) {
        for (Invocation at = first; at != null; ) {
            Invocation next = at.nextActive;
            action.accept(at);
            at = next;
        }
    }

    @Override
    public void forEachBehind(Invocation active, Consumer<Invocation> action) {}

    @Override
    public Invocation following(Invocation invocation) {
        return null;
    }

    @Override
    public Invocation ahead(Invocation invocation) {
        return invocation;
    }

    @Override
    public int behind(Invocation active) {
        return 0;
    }

    @Override
    public int calls(Invocation newcomer) {
        return 0;
    }

    @Override
    public int keys() {
        return 0;
    }

    @Override
    public long held() {
        return size;
    }
}
