package dev.keyway.benchmarks.soak;

/** A thread of its own that ends when it is told to; closing returns when it has ended. */
abstract class Pace implements AutoCloseable {
    private final Thread thread;
    private volatile boolean stopping;

    Pace(String name) {
        thread = new Thread(this::run, name);
    }

    /** On the thread, until {@link #stopping}. */
    abstract void run();

    void start() {
        thread.start();
    }

    boolean stopping() {
        return stopping;
    }

    @Override
    public void close() {
        end();
    }

    /** Returns when the thread has ended; again does nothing. */
    void end() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
