package dev.keyway.gateway.commit;

import io.vertx.core.Future;
import java.util.function.Consumer;

/** Runs transactions one after the other, away from every event loop. Any thread. */
public interface Lane {

    /** Ends what an earlier life left open and makes ready, once, before the first transaction. */
    Future<Void> open();

    /** Runs a transaction; {@code done} is called exactly once, on any thread. One at a time. */
    void run(Transaction transaction, Consumer<Verdict> done);

    /**
     * Ends the transaction under way by force: once this completes, no request of it leaves any more. What became of it
     * comes as its verdict, perhaps later.
     */
    Future<Void> cut();

    /** Ends everything within a bound. A transaction under way counts as aborted. */
    Future<Void> close();
}
