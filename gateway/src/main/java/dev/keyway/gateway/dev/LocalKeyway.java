package dev.keyway.gateway.dev;

import dev.keyway.admin.config.ConfigException;
import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.broker.EmbeddedBroker;
import dev.keyway.gateway.Gateway;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An embedded broker and an instance on top of it, in this process. Not thread-safe but for {@link #close}. */
final class LocalKeyway implements AutoCloseable {
    private static final int CLOSE_SECONDS = 30;

    private final EmbeddedBroker broker;
    private final Vertx vertx;
    private final Gateway gateway;
    private final KeywayConfig config;
    private boolean closed;

    private LocalKeyway(EmbeddedBroker broker, Vertx vertx, Gateway gateway, KeywayConfig config) {
        this.broker = broker;
        this.vertx = vertx;
        this.gateway = gateway;
        this.config = config;
    }

    /**
     * Starts both.
     *
     * @param kafkaPort 0 for a free one
     * @param directory keeps Kafka's data and the instance's
     * @throws LocalFailure if one cannot start, with the reason
     */
    static LocalKeyway start(
            Path directory, int kafkaPort, int adminPort, int ingressPort, LocalSettings.Configure configure) {
        EmbeddedBroker broker = EmbeddedBroker.builder()
                .dataDir(directory.resolve("kafka"))
                .port(kafkaPort)
                .autoCreateTopics()
                .build();
        Vertx vertx = null;
        try {
            broker.start();
            KeywayConfig config = configure.with(
                    new LocalSettings(broker.bootstrapServers(), directory.resolve("gateway"), adminPort, ingressPort));
            vertx = Vertx.vertx();
            Gateway gateway = Gateway.start(vertx, config, configure.module(config))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
            return new LocalKeyway(broker, vertx, gateway, config);
        } catch (ExecutionException e) {
            stop(vertx, broker);
            throw new LocalFailure(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop(vertx, broker);
            throw new LocalFailure("interrupted while starting", e);
        } catch (IllegalStateException | ConfigException e) {
            stop(vertx, broker);
            throw new LocalFailure(e.getMessage(), e);
        } catch (RuntimeException e) {
            stop(vertx, broker);
            throw e;
        }
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    String adminUrl() {
        return "http://" + config.admin().host() + ":" + gateway.adminPort();
    }

    String ingressUrl() {
        return "http://" + config.ingress().host() + ":" + gateway.ingressPort();
    }

    /** Drains and commits, then stops the broker. Does nothing the second time. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            gateway.close().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new LocalFailure("the instance did not stop in order: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            stop(vertx, broker);
        }
    }

    private static void stop(Vertx vertx, EmbeddedBroker broker) {
        if (vertx != null) {
            vertx.close();
        }
        broker.close();
    }
}
