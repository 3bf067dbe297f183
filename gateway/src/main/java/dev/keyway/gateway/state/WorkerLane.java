package dev.keyway.gateway.state;

import dev.keyway.gateway.state.store.Store;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A lane on shared workers: at most one of them serves it at a time, and gives way to other lanes after a while. Used by the
 * owner; the queue is bounded by what the shard lets in flight.
 */
final class WorkerLane implements Lane {
    /** Works done before other lanes get their turn. */
    private static final int TURN = 16;

    private final Store store;
    private final Executor workers;
    private final Executor owner;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean running;

    /** @param owner runs what it is given in order, on the thread that uses this lane */
    WorkerLane(Store store, Executor workers, Executor owner) {
        this.store = store;
        this.workers = workers;
        this.owner = owner;
    }

    @Override
    public <T> void run(Function<Store, T> work, BiConsumer<T, Throwable> then) {
        synchronized (waiting) {
            waiting.add(() -> perform(work, then));
            if (running) {
                return;
            }
            running = true;
        }
        workers.execute(this::serve);
    }

    private <T> void perform(Function<Store, T> work, BiConsumer<T, Throwable> then) {
        try {
            T result = work.apply(store);
            owner.execute(() -> then.accept(result, null));
        } catch (RuntimeException | Error e) {
            owner.execute(() -> then.accept(null, e));
        }
    }

    private void serve() {
        for (int done = 0; done < TURN; done++) {
            Runnable next;
            synchronized (waiting) {
                next = waiting.poll();
                if (next == null) {
                    running = false;
                    return;
                }
            }
            next.run();
        }
        workers.execute(this::serve);
    }
}
