package dev.keyway.gateway.dev;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Writes the sample data at a pace that a person can follow, on a thread of its own. */
final class Feed implements AutoCloseable {
    private static final int CHUNK = 75;
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final String bootstrapServers;
    private final String topic;
    private final List<BirdStrikes.Strike> strikes;
    private final Thread thread = new Thread(this::run, "demo-feed");
    private volatile LocalFailure failure;

    private Feed(String bootstrapServers, String topic, List<BirdStrikes.Strike> strikes) {
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        this.strikes = strikes;
    }

    static Feed start(String bootstrapServers, String topic, List<BirdStrikes.Strike> strikes) {
        Feed feed = new Feed(bootstrapServers, topic, strikes);
        feed.thread.start();
        return feed;
    }

    /** @throws LocalFailure if a record could not be written */
    void check() {
        if (failure != null) {
            throw failure;
        }
    }

    private void run() {
        try (LocalTopics topics = new LocalTopics(bootstrapServers)) {
            int written = 0;
            for (BirdStrikes.Strike strike : strikes) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                topics.send(topic, strike.airport(), strike.json());
                if (++written % CHUNK == 0) {
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            }
            topics.flush();
        } catch (LocalFailure e) {
            failure = e;
        }
    }

    /** Stops writing if there is still something to write. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
