package dev.keyway.gateway.invoke;

import static dev.keyway.gateway.invoke.TestCalls.call;
import static dev.keyway.gateway.invoke.TestCalls.deployment;
import static dev.keyway.gateway.invoke.TestCalls.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.Deployment;
import dev.keyway.gateway.invoke.TestCalls.TestCall;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that closes connections whenever it likes: idle ones, unread, half read, half answered, answered too early. */
class Http1ClosingIT {
    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);
    private static final int ROUNDS = 200;
    private static final int LARGE = 300_000;

    private final InvokerFixture fixture = new InvokerFixture();
    private ServerSocket listening;

    @BeforeEach
    void listen() throws IOException {
        listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    @AfterEach
    void close() throws IOException {
        listening.close();
        fixture.close();
    }

    @Test
    void everyCallEndsAndNothingStaysBehind() {
        Deployment deployment = deployment("http://127.0.0.1:" + listening.getLocalPort() + "/", true, 2);
        Target target = object(deployment);
        Random random = new Random(1);
        int completed = 0;

        for (int round = 0; round < ROUNDS; round++) {
            List<TestCall> calls = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                byte[] body = new byte[random.nextInt(4) == 0 ? LARGE : 10];
                calls.add(fixture.submit(call(target).key("k" + i).body(body).timeout(Duration.ofMinutes(5))));
            }
            for (TestCall call : calls) {
                completed += InvokerFixture.outcome(call).kind() == Outcome.Kind.COMPLETED ? 1 : 0;
            }
        }

        assertThat(completed).isPositive();
        assertThat(fixture.onLoop(() -> fixture.invoker.inFlight(deployment.id())))
                .isZero();
        await().until(() -> fixture.onLoop(() -> fixture.invoker.connections(deployment.id())) == 0);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                daemon(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed: the test has ended.
            return;
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "closing-server");
        thread.setDaemon(true);
        thread.start();
    }

    private static void serve(Socket socket) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                socket.setSoTimeout(1 + random.nextInt(3));
                int length = head(in, socket);
                switch (length < 0 ? 0 : random.nextInt(20)) {
                    case 0 -> {
                        return;
                    }
                    case 1 -> {
                        socket.getOutputStream().write(ANSWER);
                        in.readNBytes(length);
                    }
                    case 2 -> {
                        in.readNBytes(length);
                        return;
                    }
                    case 3 -> {
                        in.readNBytes(length);
                        socket.getOutputStream().write(ANSWER, 0, 10);
                        return;
                    }
                    default -> {
                        in.readNBytes(length);
                        socket.getOutputStream().write(ANSWER);
                    }
                }
            }
        } catch (IOException e) {
            // Idle for too long, or the client has gone: the connection closes either way.
            return;
        }
    }

    /** Reads a head, patiently once it has begun; the length of the body, or -1 at the end of the stream. */
    private static int head(InputStream in, Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return -1;
            }
            socket.setSoTimeout(0);
            head.append((char) next);
        }
        String text = head.toString();
        int at = text.indexOf("content-length: ") + "content-length: ".length();
        return Integer.parseInt(text.substring(at, text.indexOf('\r', at)));
    }
}
