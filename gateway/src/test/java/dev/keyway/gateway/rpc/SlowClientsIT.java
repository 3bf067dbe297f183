package dev.keyway.gateway.rpc;

import static dev.keyway.gateway.rpc.RpcFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.gateway.invoke.Outcome;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that are slow, on purpose or not. */
class SlowClientsIT {
    private final RpcFixture rpc = new RpcFixture(new RpcServer.Patience(300, 300));
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Buffer received = Buffer.buffer();

    @AfterEach
    void close() {
        rpc.close();
    }

    @Test
    void a_connection_without_a_request_is_closed() {
        connect();

        await().untilTrue(closed);
    }

    @Test
    void a_head_that_drips_does_not_keep_its_connection() {
        NetSocket socket = connect();
        socket.write("POST /Greeter/run HTTP/1.1\r\n");
        rpc.vertx.setPeriodic(20, timer -> socket.write("x: y\r\n"));

        await().untilTrue(closed);

        assertThat(rpc.calls).isEmpty();
    }

    @Test
    void a_body_that_drips_gets_408() {
        NetSocket socket = connect();
        socket.write("POST /Greeter/run HTTP/1.1\r\nhost: h\r\ncontent-length: 900\r\n\r\n");
        rpc.vertx.setPeriodic(20, timer -> socket.write("x"));

        await().untilTrue(closed);

        assertThat(received.toString()).startsWith("HTTP/1.1 408");
        assertThat(rpc.calls).isEmpty();
        await().until(() -> rpc.server.inFlight() == 0);
    }

    @Test
    void a_caller_that_waits_for_its_answer_in_silence_keeps_its_connection() {
        Promise<RpcCall.Reply> held = rpc.hold();
        NetSocket socket = connect();
        socket.write("POST /Greeter/run HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n");
        rpc.vertx.setTimer(1_000, timer -> held.complete(new RpcCall.Reply.Answered(Outcome.COMPLETED, "inv_1")));

        await().until(() -> received.toString().startsWith("HTTP/1.1 200"));
        await().untilTrue(closed);
    }

    private NetSocket connect() {
        NetSocket socket = await(rpc.sockets.connect(rpc.server.port(), "127.0.0.1"));
        socket.handler(received::appendBuffer);
        socket.closeHandler(v -> closed.set(true));
        return socket;
    }
}
