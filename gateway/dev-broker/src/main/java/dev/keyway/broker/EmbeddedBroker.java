package dev.keyway.broker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A single-node Kafka (KRaft broker and controller in one) that runs in this JVM on loopback, for development and
 * tests. It keeps its port and its data over {@link #stop()} and {@link #start()}, so that clients see a broker that
 * went away and came back; only {@link #close()} deletes a temporary data directory.
 *
 * <p>Small on purpose: few threads and internal partitions, no JMX, no rebalance delay, and session timeouts down to
 * one second are allowed. Not for production.
 *
 * <p>{@code start}, {@code stop} and {@code close} block for up to some seconds and are thread-safe.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final int NODE_ID = 1;
    private static final int START_ATTEMPTS = 5;

    private final Path dataDir;
    private final boolean deleteOnClose;
    private final boolean portIsFixed;
    private final Map<String, String> properties;
    private int port;
    private int controllerPort;
    private KafkaRaftServer server;
    private DirectoryLock lock;

    private EmbeddedBroker(Path dataDir, boolean deleteOnClose, int port, Map<String, String> properties) {
        this.dataDir = dataDir;
        this.deleteOnClose = deleteOnClose;
        this.portIsFixed = port != 0;
        this.port = port;
        this.properties = properties;
    }

    /** A builder with the defaults: temporary data directory, free port, no automatic topic creation. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Starts the broker and returns when it accepts clients. Does nothing when it runs.
     *
     * @throws IllegalStateException if the port is taken, or the data directory is in use by another process or cannot
     *     be read; the message names it
     */
    public synchronized EmbeddedBroker start() {
        if (server != null) {
            return this;
        }
        boolean firstStart = controllerPort == 0;
        for (int attempt = 1; ; attempt++) {
            choosePorts(firstStart);
            try {
                server = startOnce();
                return this;
            } catch (Exception e) {
                boolean lostRaceForPort = firstStart && !portIsFixed && isBindFailure(e);
                if (!lostRaceForPort || attempt == START_ATTEMPTS) {
                    throw new IllegalStateException(
                            "embedded Kafka cannot start on " + HOST + ":" + port + " with data in " + dataDir + ": "
                                    + rootCause(e).getMessage(),
                            e);
                }
            }
        }
    }

    /** Stops the broker cleanly; port and data stay for the next {@link #start()}. Does nothing when it is stopped. */
    public synchronized void stop() {
        if (server != null) {
            KafkaRaftServer running = server;
            server = null;
            running.shutdown();
            running.awaitShutdown();
            unlock();
        }
    }

    /** Stops the broker and deletes the data directory if it is a temporary one. */
    @Override
    public synchronized void close() {
        stop();
        if (deleteOnClose) {
            deleteRecursively(dataDir);
        }
    }

    /** The value for {@code bootstrap.servers}; the same over restarts. */
    public synchronized String bootstrapServers() {
        if (port == 0) {
            throw new IllegalStateException("the port is known after the first start()");
        }
        return HOST + ":" + port;
    }

    /** Where the broker keeps its log segments and metadata. */
    public Path dataDir() {
        return dataDir;
    }

    private void choosePorts(boolean firstStart) {
        if (firstStart) {
            if (!portIsFixed) {
                port = freePort();
            }
            controllerPort = freePort();
        }
    }

    private KafkaRaftServer startOnce() throws Exception {
        Files.createDirectories(dataDir);
        lock = DirectoryLock.take(dataDir);
        try {
            requireFree(port);
            if (!Files.exists(dataDir.resolve("meta.properties"))) {
                format();
            }
            KafkaRaftServer starting = new KafkaRaftServer(KafkaConfig.fromProps(configuration(), false), Time.SYSTEM);
            try {
                starting.startup();
                return starting;
            } catch (Exception e) {
                starting.shutdown();
                throw e;
            }
        } catch (Exception e) {
            unlock();
            throw e;
        }
    }

    private void unlock() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unlock " + dataDir, e);
        }
    }

    private void format() throws Exception {
        Formatter formatter = new Formatter();
        formatter
                .setPrintStream(new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(NODE_ID)
                .setClusterId(Uuid.randomUuid().toString())
                .addDirectory(dataDir.toString())
                .setMetadataLogDirectory(dataDir.toString())
                .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                .setControllerListenerName("CONTROLLER")
                .setIgnoreFormatted(true);
        formatter.run();
    }

    private Properties configuration() {
        Properties all = new Properties();
        all.putAll(Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", String.valueOf(NODE_ID)),
                Map.entry("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("inter.broker.listener.name", "PLAINTEXT"),
                Map.entry(
                        "listeners",
                        "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort),
                Map.entry("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port),
                Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("log.dirs", dataDir.toString()),
                Map.entry("auto.create.topics.enable", "false"),
                Map.entry("offsets.topic.num.partitions", "3"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("transaction.state.log.num.partitions", "3"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("share.coordinator.state.topic.num.partitions", "1"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                Map.entry("group.min.session.timeout.ms", "1000"),
                Map.entry("group.consumer.min.session.timeout.ms", "1000"),
                Map.entry("group.consumer.min.heartbeat.interval.ms", "100"),
                Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
                Map.entry("log.cleaner.threads", "1"),
                Map.entry("log.index.size.max.bytes", "1048576"),
                Map.entry("num.network.threads", "2"),
                Map.entry("num.io.threads", "4"),
                Map.entry("num.recovery.threads.per.data.dir", "1"),
                Map.entry("background.threads", "2"),
                Map.entry("metric.reporters", "")));
        all.putAll(properties);
        return all;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on " + HOST, e);
        }
    }

    /** Kafka finds a taken port late, with half of itself started; look before. */
    private static void requireFree(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(HOST, port));
        }
    }

    private static boolean isBindFailure(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof BindException) {
                return true;
            }
        }
        return false;
    }

    private static Throwable rootCause(Throwable e) {
        Throwable t = e;
        while (t.getCause() != null) {
            t = t.getCause();
        }
        return t;
    }

    private static void deleteRecursively(Path root) {
        try (var paths = Files.walk(root)) {
            List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + root, e);
        }
    }

    /** Options of an {@link EmbeddedBroker}. Not thread-safe. */
    public static final class Builder {
        private final Map<String, String> properties = new TreeMap<>();
        private Path dataDir;
        private int port;

        private Builder() {}

        /** Keeps the data in this directory, which is created if absent; the default is a temporary one. */
        public Builder dataDir(Path directory) {
            this.dataDir = directory;
            return this;
        }

        /** The client port; 0, the default, takes a free one at the first start. */
        public Builder port(int clientPort) {
            this.port = clientPort;
            return this;
        }

        /** Creates topics on first use, as brokers do by default; without it unknown topics are an error. */
        public Builder autoCreateTopics() {
            return property("auto.create.topics.enable", "true");
        }

        /** Any broker property of Kafka; replaces the value set here by default. */
        public Builder property(String name, String value) {
            properties.put(name, value);
            return this;
        }

        /** Makes the broker, which does not run yet. */
        public EmbeddedBroker build() {
            try {
                boolean temporary = dataDir == null;
                Path directory = temporary ? Files.createTempDirectory("keyway-broker-") : dataDir.toAbsolutePath();
                return new EmbeddedBroker(directory, temporary, port, Map.copyOf(properties));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot create a temporary directory", e);
            }
        }
    }
}
