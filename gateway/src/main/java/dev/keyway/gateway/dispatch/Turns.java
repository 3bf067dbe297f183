package dev.keyway.gateway.dispatch;

import java.util.function.Consumer;

/** Whose turn it is: what a runner holds, and which of it may run now. The runner's context only. */
interface Turns {

    /** Takes an invocation; true when it may start at once. */
    boolean enter(Invocation invocation);

    /** As {@link #enter}, but before all whose turn has not come, and who travel with none whose turn it is. */
    boolean enterEarly(Invocation invocation);

    /** Lets go of an invocation whose turn it was; answers whose turn it is now, {@code null} when nobody's. */
    Invocation leave(Invocation invocation);

    /** Takes out an invocation that still waits for its turn; false when it is its turn. */
    boolean withdraw(Invocation waiting);

    /** Every invocation whose turn it is. */
    void forEachActive(Consumer<Invocation> action);

    /** Those that wait for this one to leave. */
    void forEachBehind(Invocation active, Consumer<Invocation> action);

    /** The one right behind this one, {@code null} when there is none. */
    Invocation following(Invocation invocation);

    /** The one that this one waits for, or itself. */
    Invocation ahead(Invocation invocation);

    /** How many wait for this one to leave. */
    int behind(Invocation active);

    /** RPC calls that {@code newcomer} would wait with. */
    int calls(Invocation newcomer);

    /** Keys that have work. */
    int keys();

    /** Invocations held. */
    long held();
}
