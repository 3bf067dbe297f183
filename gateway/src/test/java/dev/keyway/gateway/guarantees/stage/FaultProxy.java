package dev.keyway.gateway.guarantees.stage;

import dev.keyway.gateway.guarantees.journal.Network;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Passes TCP connections on to a port of this machine and disturbs them as a test says. Two threads a connection. Bytes
 * keep their order; nothing is lost on a connection that stays open. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int CHUNK = 16 * 1024;
    private static final int CONNECT_TIMEOUT_MS = 5_000;

    /** What is done to every connection, old and new. */
    private record Weather(boolean down, boolean hole, int delayMillis, int bytesPerSecond) {
        static final Weather FAIR = new Weather(false, false, 0, 0);
    }

    /** Directions of a connection. */
    private enum Way {
        TO_TARGET,
        TO_CLIENT
    }

    private final ServerSocket listener;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> cutAt = new ConcurrentHashMap<>();
    private final Set<String> held = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile Weather weather = Weather.FAIR;
    private volatile int target;
    private volatile boolean closed;

    /** Listens on a free port; {@link #target} must follow. */
    public FaultProxy() throws IOException {
        listener = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
        Daemon.start("proxy-accept-" + port(), this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    public void target(int port) {
        target = port;
    }

    /** Ends all connections and lets no new one through until {@link #calm}. */
    public void cut() {
        become(new Weather(true, false, 0, 0));
        cutAll();
    }

    /** Ends all connections; new ones pass. */
    public void cutAll() {
        links.forEach(Link::cut);
    }

    /** Keeps all bytes back until {@link #calm}: nobody is told, as when a cable is pulled. New connections hang too. */
    public void blackhole() {
        become(new Weather(false, true, 0, 0));
        holdAll();
    }

    /** Each piece takes so much longer in each direction. */
    public void delay(int millis) {
        become(new Weather(false, false, millis, 0));
    }

    /** A thin line; what does not fit waits. */
    public void throttle(int bytesPerSecond) {
        become(new Weather(false, false, 0, bytesPerSecond));
        holdAll();
    }

    private void holdAll() {
        links.forEach(link -> held.add(link.name));
    }

    /** Ends the direction towards the client of all connections, as a peer does that will send no more. */
    public void halfClose() {
        links.forEach(Link::halfClose);
    }

    /** Sends bytes of nobody's protocol to the clients of all connections. */
    public void garble(byte[] bytes) {
        links.forEach(link -> link.garble(bytes));
    }

    /** Everything passes, also what was kept back. */
    public void calm() {
        become(Weather.FAIR);
    }

    /** Connections that are open now. */
    public int connections() {
        return links.size();
    }

    /** What was done so far. */
    public Network network() {
        return new Network(new HashMap<>(cutAt), new HashSet<>(held));
    }

    private void become(Weather next) {
        lock.lock();
        try {
            weather = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                if (weather.down()) {
                    client.close();
                } else {
                    Daemon.start("proxy-" + port(), () -> open(client));
                }
            } catch (IOException e) {
                // The listener was closed, or one client left at once.
                continue;
            }
        }
    }

    private void open(Socket client) {
        Socket server = new Socket();
        try {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(new InetSocketAddress("127.0.0.1", target), CONNECT_TIMEOUT_MS);
            Link link = new Link(client, server);
            links.add(link);
            if (weather.hole() || weather.bytesPerSecond() > 0) {
                held.add(link.name);
            }
            if (closed || weather.down()) {
                link.cut();
                return;
            }
            Daemon.start("proxy-back-" + port(), () -> link.pump(server, client, Way.TO_CLIENT));
            link.pump(client, server, Way.TO_TARGET);
        } catch (IOException e) {
            closeQuietly(client);
            closeQuietly(server);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone, which is what was wanted.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        listener.close();
        become(Weather.FAIR);
        cutAll();
    }

    private final class Link {
        private final Socket client;
        private final Socket server;
        private final String name;
        private final AtomicInteger ended = new AtomicInteger();
        private volatile boolean cut;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
            this.name = "127.0.0.1:" + server.getLocalPort();
        }

        void pump(Socket from, Socket to, Way way) {
            byte[] chunk = new byte[CHUNK];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                    linger(read);
                    if (cut) {
                        return;
                    }
                    synchronized (to) {
                        out.write(chunk, 0, read);
                    }
                }
                if (way == Way.TO_TARGET) {
                    cutAt.putIfAbsent(name, System.nanoTime());
                }
                linger(0);
                to.shutdownOutput();
            } catch (IOException e) {
                cut();
            }
            if (ended.incrementAndGet() == Way.values().length) {
                cut();
            }
        }

        /** Waits as the weather says. */
        private void linger(int bytes) {
            Weather now = weather;
            long wait = now.delayMillis() > 0
                    ? TimeUnit.MILLISECONDS.toNanos(now.delayMillis())
                    : now.bytesPerSecond() > 0 ? bytes * 1_000_000_000L / now.bytesPerSecond() : 0;
            lock.lock();
            try {
                for (long left = wait; left > 0 && !cut && weather == now; ) {
                    left = changed.awaitNanos(left);
                }
                while (weather.hole() && !cut) {
                    changed.awaitUninterruptibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
        }

        void cut() {
            cutAt.putIfAbsent(name, System.nanoTime());
            cut = true;
            links.remove(this);
            closeQuietly(client);
            closeQuietly(server);
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        void halfClose() {
            cutAt.putIfAbsent(name, System.nanoTime());
            try {
                client.shutdownOutput();
            } catch (IOException e) {
                cut();
            }
        }

        void garble(byte[] bytes) {
            cutAt.putIfAbsent(name, System.nanoTime());
            try {
                synchronized (client) {
                    client.getOutputStream().write(bytes);
                }
            } catch (IOException e) {
                cut();
            }
        }
    }
}
