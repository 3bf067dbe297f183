package dev.keyway.gateway.state;

import dev.keyway.gateway.state.store.Store;
import java.util.ArrayDeque;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** A lane whose work and answers happen when a test says so, each in order. */
final class SteppedLane implements Lane {
    private final Store store;
    private final ArrayDeque<Runnable> work = new ArrayDeque<>();
    private final ArrayDeque<Runnable> answers = new ArrayDeque<>();

    SteppedLane(Store store) {
        this.store = store;
    }

    @Override
    public <T> void run(Function<Store, T> task, BiConsumer<T, Throwable> then) {
        work.add(() -> {
            try {
                T result = task.apply(store);
                answers.add(() -> then.accept(result, null));
            } catch (RuntimeException e) {
                answers.add(() -> then.accept(null, e));
            }
        });
    }

    /** Does the next piece of work, its answer still on the way. */
    void work() {
        if (!work.isEmpty()) {
            work.poll().run();
        }
    }

    void answer() {
        if (!answers.isEmpty()) {
            answers.poll().run();
        }
    }

    void drain() {
        while (!work.isEmpty() || !answers.isEmpty()) {
            work();
            answer();
        }
    }
}
