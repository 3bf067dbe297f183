package dev.keyway.gateway.guarantees.stage;

import dev.keyway.broker.EmbeddedBroker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A broker that may be stopped and started again, with one more listener for each instance, which it advertises at the
 * address of that instance's {@link FaultProxy}.
 */
public final class OwnBroker implements AutoCloseable {
    private static final int ATTEMPTS = 5;

    private final EmbeddedBroker broker;

    private OwnBroker(EmbeddedBroker broker) {
        this.broker = broker;
    }

    /** Starts it and leads the proxies to it. */
    public static OwnBroker start(List<FaultProxy> proxies, int sessionTimeoutMillis) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(proxies, sessionTimeoutMillis);
            } catch (IllegalStateException e) {
                // Somebody else took one of the ports first.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static OwnBroker once(List<FaultProxy> proxies, int sessionTimeoutMillis) throws IOException {
        int own = port();
        int controller = port();
        StringBuilder listeners = new StringBuilder("PLAINTEXT://127.0.0.1:" + own);
        StringBuilder advertised = new StringBuilder(listeners);
        StringBuilder protocols = new StringBuilder("PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < proxies.size(); i++) {
            int port = port();
            ports.add(port);
            listeners.append(",SLOT%d://127.0.0.1:%d".formatted(i, port));
            advertised.append(
                    ",SLOT%d://127.0.0.1:%d".formatted(i, proxies.get(i).port()));
            protocols.append(",SLOT%d:PLAINTEXT".formatted(i));
        }
        listeners.append(",CONTROLLER://127.0.0.1:" + controller);
        EmbeddedBroker broker = EmbeddedBroker.builder()
                .port(own)
                .property("listeners", listeners.toString())
                .property("advertised.listeners", advertised.toString())
                .property("listener.security.protocol.map", protocols.toString())
                .property("controller.quorum.voters", "1@127.0.0.1:" + controller)
                .property("group.consumer.session.timeout.ms", Integer.toString(sessionTimeoutMillis))
                .property("group.consumer.heartbeat.interval.ms", "500")
                .property("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000")
                .build();
        try {
            broker.start();
        } catch (IllegalStateException e) {
            broker.close();
            throw e;
        }
        for (int i = 0; i < proxies.size(); i++) {
            proxies.get(i).target(ports.get(i));
        }
        return new OwnBroker(broker);
    }

    /**
     * A port that is free now and that no outgoing connection takes while the broker is away: the kernel gives those of a
     * known range.
     */
    public static int port() throws IOException {
        String[] range = Files.readString(Path.of("/proc/sys/net/ipv4/ip_local_port_range"))
                .trim()
                .split("\\s+");
        int ceiling = Math.max(12_000, Integer.parseInt(range[0]));
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(11_000, ceiling);
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress("127.0.0.1", port));
                return port;
            } catch (IOException taken) {
                // The next one.
                continue;
            }
        }
    }

    /** Past all proxies. */
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    public void stop() {
        broker.stop();
    }

    public void start() {
        broker.start();
    }

    @Override
    public void close() {
        broker.close();
    }
}
