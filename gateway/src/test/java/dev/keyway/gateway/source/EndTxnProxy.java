package dev.keyway.gateway.source;

import dev.keyway.gateway.guarantees.stage.Daemon;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.EndTxnRequest;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * Stands between Kafka's clients and a broker and knows where a request begins, so that a test can decide what becomes of
 * a commit: its answer is lost, or it does not reach the broker for as long as the test likes. Two threads a connection.
 * Thread-safe.
 */
final class EndTxnProxy implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MS = 5_000;

    /** Commits of one transactional id that wait, each on its connection, also when its client has long left. */
    private record Held(String transactionalId, CountDownLatch released) {}

    private final ServerSocket listener;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private volatile boolean losing;
    private final AtomicInteger commitsHeld = new AtomicInteger();
    private final AtomicInteger answersLost = new AtomicInteger();
    private volatile Held held;
    private volatile int target;
    private volatile boolean closed;

    /** Listens on a free port; {@link #target} must follow. */
    EndTxnProxy() throws IOException {
        listener = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
        Daemon.start("end-txn-accept", this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    void target(int port) {
        target = port;
    }

    /** From now on the broker gets commits and answers them, but the answer and its connection are cut off; or no more. */
    void loseAnswers(boolean lose) {
        answersLost.set(0);
        losing = lose;
    }

    /** Answers that were cut off since the last {@link #loseAnswers}: the broker has these commits. */
    int answersLost() {
        return answersLost.get();
    }

    /** Keeps every commit of this id from the broker until {@link #release}. */
    void hold(String transactionalId) {
        commitsHeld.set(0);
        held = new Held(transactionalId, new CountDownLatch(1));
    }

    /** Commits that were kept back since {@link #hold}. */
    int commitsHeld() {
        return commitsHeld.get();
    }

    /** Everything kept back reaches the broker now. */
    void release() {
        Held old = held;
        held = null;
        if (old != null) {
            old.released().countDown();
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                Daemon.start("end-txn-in", () -> pass(client));
            } catch (IOException e) {
                // The listener was closed, or one client left at once.
                continue;
            }
        }
    }

    private void pass(Socket client) {
        try (client;
                Socket broker = new Socket()) {
            client.setTcpNoDelay(true);
            broker.setTcpNoDelay(true);
            broker.connect(new InetSocketAddress("127.0.0.1", target), CONNECT_TIMEOUT_MS);
            open.add(client);
            open.add(broker);
            // Correlation ids of commits whose answer is to be lost.
            Set<Integer> lost = ConcurrentHashMap.newKeySet();
            Daemon.start("end-txn-out", () -> answers(broker, client, lost));
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(broker.getOutputStream());
            while (true) {
                byte[] request = frame(in);
                onRequest(request, lost);
                write(out, request);
            }
        } catch (IOException e) {
            // One side has left, and takes the other with it.
            open.removeIf(each -> each == client);
        }
    }

    private void onRequest(byte[] request, Set<Integer> lost) {
        if (ByteBuffer.wrap(request).getShort() != ApiKeys.END_TXN.id) {
            return;
        }
        ByteBuffer buffer = ByteBuffer.wrap(request);
        RequestHeader header = RequestHeader.parse(buffer);
        EndTxnRequestData end = EndTxnRequest.parse(new ByteBufferAccessor(buffer), header.apiVersion())
                .data();
        if (!end.committed()) {
            return;
        }
        Held now = held;
        if (now != null && now.transactionalId().equals(end.transactionalId())) {
            commitsHeld.incrementAndGet();
            try {
                now.released().await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (losing) {
            lost.add(header.correlationId());
        }
    }

    private void answers(Socket broker, Socket client, Set<Integer> lost) {
        try (broker;
                client) {
            DataInputStream in = new DataInputStream(broker.getInputStream());
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            while (true) {
                byte[] answer = frame(in);
                if (lost.contains(ByteBuffer.wrap(answer).getInt())) {
                    answersLost.incrementAndGet();
                    return;
                }
                write(out, answer);
            }
        } catch (IOException e) {
            open.removeIf(each -> each == broker);
        }
    }

    private static byte[] frame(DataInputStream in) throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return frame;
    }

    private static void write(DataOutputStream out, byte[] frame) throws IOException {
        out.writeInt(frame.length);
        out.write(frame);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        release();
        listener.close();
        for (Closeable socket : open) {
            socket.close();
        }
    }
}
