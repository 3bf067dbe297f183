package dev.keyway.gateway.rpc;

import static dev.keyway.gateway.rpc.RpcFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Queries that no client library would send. */
class BadQueryIT {
    private final RpcFixture rpc = new RpcFixture();
    private final Buffer received = Buffer.buffer();

    @AfterEach
    void close() {
        rpc.close();
    }

    @ParameterizedTest
    @CsvSource({
        "%, application/json",
        "%zz=1, application/json",
        "delay=%, application/json",
        "%zz=1, application/x-www-form-urlencoded",
        "%zz=1, multipart/form-data; boundary=x"
    })
    void a_query_that_is_no_percent_encoding_gets_400(String query, String contentType) {
        NetSocket socket = await(rpc.sockets.connect(rpc.server.port(), "127.0.0.1"));
        socket.handler(received::appendBuffer);

        socket.write("POST /Greeter/run?" + query + " HTTP/1.1\r\nhost: h\r\ncontent-type: " + contentType
                + "\r\ncontent-length: 2\r\n\r\n{}");

        await().atMost(Duration.ofSeconds(60)).until(() -> received.toString().contains("bad query"));
        assertThat(received.toString()).startsWith("HTTP/1.1 400");
        await().atMost(Duration.ofSeconds(60)).until(() -> rpc.server.inFlight() == 0);
    }
}
