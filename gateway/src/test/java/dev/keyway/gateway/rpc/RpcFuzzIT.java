package dev.keyway.gateway.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.gateway.fixture.LongForm;
import dev.keyway.gateway.invoke.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever callers send to the RPC port over raw sockets: no 500, no hang, nothing left in flight, and the next good
 * call is answered. Long form: {@code -Dkeyway.fuzz=long}.
 */
class RpcFuzzIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /** Longer than the test waits, so that no timer of the server ends what it has forgotten. */
    private static final long UNBOUNDED_MILLIS = PATIENCE.multipliedBy(10).toMillis();

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    /** Answered by the HTTP codec, without a body: what is no HTTP, and lines and heads that are too long. */
    private static final Set<Integer> CODEC = Set.of(400, 414, 431);

    private static RpcFixture rpc;

    @BeforeContainer
    static void start() {
        rpc = new RpcFixture(new RpcServer.Patience(UNBOUNDED_MILLIS, UNBOUNDED_MILLIS));
        rpc.route = call -> Future.succeededFuture(new RpcCall.Reply.Answered(Outcome.COMPLETED, "inv_1"));
    }

    @AfterContainer
    static void stop() {
        rpc.close();
    }

    private enum End {
        WAIT,
        HALF_CLOSE,
        GO
    }

    private record Head(String method, String target, List<String> headers) {
        /** Whether the server may rightly wait for more. */
        boolean mayWantMore() {
            return headers.stream()
                    .anyMatch(header -> header.matches("(?s)(content-length|transfer-encoding|upgrade|no colon).*"));
        }
    }

    @Property(tries = 300, seed = "-4410023357710219874")
    @LongForm(property = "keyway.fuzz", tries = 30_000)
    void anyHeadOverHttp1IsAnsweredOrClosed(@ForAll("heads") Head head) {
        String text = head.method() + " " + head.target() + " HTTP/1.1\r\nhost: h\r\n" + String.join("", head.headers())
                + "connection: close\r\n\r\n{}";

        String answer = exchange(latin1(text), head.mayWantMore() ? End.HALF_CLOSE : End.WAIT);

        assertNoServerError(answer);
        if (!head.mayWantMore()) {
            assertAnswered(answer, head.method());
        }
        assertGoesOn();
    }

    private static void assertAnswered(String answer, String method) {
        assertThat(answer).startsWith("HTTP/1.");
        int end = answer.indexOf("\r\n\r\n");
        int status = Integer.parseInt(answer.substring(9, 12));
        String body = answer.substring(end + 4);
        if (status >= 400 && !method.equals("HEAD") && !(body.isEmpty() && CODEC.contains(status))) {
            JsonObject error = new JsonObject(body);
            assertThat(error.getInteger("code")).isEqualTo(status);
            assertThat(error.getString("message")).isNotBlank();
        }
    }

    @Provide
    Arbitrary<Head> heads() {
        Arbitrary<String> targets = Combinators.combine(
                        Arbitraries.of("/", "//", "", "/Greeter", "/Counter", "/restate", "*", "http://h/Greeter"),
                        Arbitraries.of(
                                "",
                                "/run",
                                "/%",
                                "/%zz",
                                "/%ff/run",
                                "/a/run",
                                "/%00/run",
                                "/call",
                                "/send",
                                "/\u00e9/run",
                                "/" + "x".repeat(17_000),
                                "/../run",
                                "/call/Greeter/run",
                                "/k%2fl/run",
                                "/health"),
                        Arbitraries.of(
                                "",
                                "?",
                                "?%",
                                "?%zz=1",
                                "?delay=1",
                                "?delay=%",
                                "?x=%ff",
                                "?" + "a&".repeat(2_000),
                                "#x"))
                .as((a, b, c) -> a + b + c);
        Arbitrary<String> headers = Arbitraries.of(
                "content-length: 2\r\n",
                "content-length: 2\r\n",
                "content-length: 2\r\ncontent-length: 3\r\n",
                "content-length: -1\r\n",
                "content-length: 99999999999999999999\r\n",
                "content-length: 5000\r\n",
                "transfer-encoding: chunked\r\n",
                "transfer-encoding: chunked, chunked\r\n",
                "transfer-encoding: gzip\r\n",
                "expect: 100-continue\r\n",
                "expect: a\u0001b\r\n",
                "upgrade: h2c\r\nconnection: upgrade, http2-settings\r\nhttp2-settings: AAMAAABk\r\n",
                "upgrade: h2c\r\nconnection: upgrade, http2-settings\r\nhttp2-settings: !!\r\n",
                "upgrade: h2c\r\nconnection: upgrade, http2-settings\r\n",
                "upgrade: websocket\r\nconnection: upgrade\r\n",
                "x-keyway-timeout: PT9223372036854775807S\r\n",
                "x-keyway-timeout: P99999999999W\r\n",
                "x-keyway-timeout: -1s\r\n",
                "x-keyway-timeout: \r\n",
                "content-type: ;\r\n",
                "content-type: \u0001\r\n",
                "origin: \u0001\r\n",
                "access-control-request-headers: a\u0001b\r\n",
                "access-control-request-headers: a\u000bb\r\n",
                "access-control-request-headers: \u00e9\r\n",
                "idempotency-key: \u0000\r\n",
                ": x\r\n",
                "x\u0000y: z\r\n",
                "x y: z\r\n",
                "no colon\r\n",
                " folded\r\n",
                "\u00e9: \u00e9\r\n",
                "x: " + "y".repeat(33_000) + "\r\n",
                "x: y\r\n".repeat(3_000));
        return Combinators.combine(
                        Arbitraries.of(
                                "POST",
                                "POST",
                                "GET",
                                "HEAD",
                                "OPTIONS",
                                "PUT",
                                "CONNECT",
                                "FOO",
                                "post",
                                "P\u0001ST",
                                ""),
                        targets,
                        headers.list().ofMaxSize(3))
                .as(Head::new);
    }

    @Property(tries = 200, seed = "1171903382940018366")
    @LongForm(property = "keyway.fuzz", tries = 30_000)
    void anyBytesOverHttp1AreAnsweredOrClosed(@ForAll("http1") byte[] bytes) {
        assertNoServerError(exchange(bytes, End.HALF_CLOSE));
        assertGoesOn();
    }

    @Provide
    Arbitrary<byte[]> http1() {
        return mutations(
                latin1("POST /Greeter/run HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\n\r\n{}"),
                latin1(
                        "POST /Counter/a%20b/run HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx: y\r\n\r\n"),
                latin1(
                        "POST /Greeter/run HTTP/1.0\r\ncontent-length: 2\r\n\r\n{}GET /restate/health HTTP/1.1\r\nhost: h\r\n\r\n"));
    }

    @Property(tries = 200, seed = "7720015563910442817")
    @LongForm(property = "keyway.fuzz", tries = 30_000)
    void anyBytesOverHttp2AreAnsweredOrClosed(@ForAll("http2") byte[] bytes) {
        exchange(bytes, End.HALF_CLOSE);
        assertGoesOn();
    }

    @Provide
    Arbitrary<byte[]> http2() {
        byte[] settings = frame(4, 0, 0, new byte[0]);
        byte[] good = join(PREFACE, settings, frame(1, 4, 1, block("/Greeter/run")), frame(0, 1, 1, latin1("{}")));
        Arbitrary<byte[]> frames = Combinators.combine(
                        Arbitraries.integers().between(0, 12),
                        Arbitraries.of(0, 1, 4, 5, 8, 0x20, 0x2d, 0xff),
                        Arbitraries.of(0, 1, 2, 3, 5, 0x7fffffff, -1),
                        Arbitraries.of(
                                new byte[0],
                                new byte[] {0, 0, 0, 0},
                                new byte[] {-1, -1, -1, -1, -1},
                                new byte[8],
                                new byte[70_000],
                                block("/Greeter/run"),
                                block("/Greeter/run?%"),
                                block("/Counter/%zz/run"),
                                block("*"),
                                block(""),
                                block("/Greeter/run", "x", "y".repeat(33_000)),
                                block("/Greeter/run", "Connection", "close"),
                                block("/Greeter/run", "content-length", "abc"),
                                block("/Greeter/run", "content-length", "9"),
                                block("/Greeter/run", ":path", "/x"),
                                block("/Greeter/run", "x", "a\r\nb"),
                                new byte[] {(byte) 0x80},
                                new byte[] {0x3f, -1, -1, -1, -1, -1}))
                .as(RpcFuzzIT::frame)
                .list()
                .ofMinSize(1)
                .ofMaxSize(5)
                .map(list -> join(PREFACE, settings, join(list.toArray(byte[][]::new))));
        return Arbitraries.oneOf(frames, mutations(good));
    }

    @Property(tries = 15, seed = "9038847120045527741")
    @LongForm(property = "keyway.fuzz", tries = 2_000)
    void aCallerThatGoesInTheMiddleLeavesNothing(@ForAll("cut") byte[] bytes) {
        exchange(bytes, End.GO);
        assertGoesOn();
    }

    @Provide
    Arbitrary<byte[]> cut() {
        byte[] sample = latin1("POST /Greeter/run HTTP/1.1\r\nhost: h\r\ncontent-length: 900\r\n\r\n{\"a\": \"b\"}");
        return Arbitraries.integers().between(1, sample.length).map(length -> Arrays.copyOf(sample, length));
    }

    /** Sends all, and gives what came back until the server closed. */
    private static String exchange(byte[] bytes, End end) {
        try (Socket socket = new Socket("127.0.0.1", rpc.server.port())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            StringBuilder answer = new StringBuilder();
            try {
                socket.getOutputStream().write(bytes);
                if (end == End.HALF_CLOSE) {
                    socket.shutdownOutput();
                }
                if (end != End.GO) {
                    read(socket.getInputStream(), answer);
                }
            } catch (SocketException e) {
                // The server had seen enough, and has reset the connection.
            }
            return answer.toString();
        } catch (IOException e) {
            throw new AssertionError("the server neither answered nor closed", e);
        }
    }

    private static void read(InputStream in, StringBuilder answer) throws IOException {
        byte[] chunk = new byte[4_096];
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            answer.append(new String(chunk, 0, n, StandardCharsets.ISO_8859_1));
        }
    }

    private static void assertNoServerError(String answer) {
        assertThat(answer).doesNotContain("HTTP/1.1 500").doesNotContain("HTTP/1.0 500");
        assertThat(answer).doesNotContain("dev.keyway.").doesNotContain("Exception");
    }

    private static void assertGoesOn() {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> rpc.server.inFlight() == 0);
        assertThat(rpc.post("/Greeter/run", "{}").statusCode()).isEqualTo(200);
        rpc.calls.clear();
    }

    private static Arbitrary<byte[]> mutations(byte[]... samples) {
        return Combinators.combine(
                        Arbitraries.of(samples),
                        Arbitraries.integers().between(0, 100_000),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(20))
                .as((sample, place, kind, bytes) -> {
                    int at = place % sample.length;
                    byte[] before = Arrays.copyOf(sample, at);
                    byte[] after = Arrays.copyOfRange(sample, at, sample.length);
                    return switch (kind) {
                        case 0 -> before;
                        case 1 -> join(before, bytes, after);
                        case 2 ->
                            join(
                                    before,
                                    bytes,
                                    Arrays.copyOfRange(after, Math.min(bytes.length, after.length), after.length));
                        default -> join(sample, after);
                    };
                });
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return join(
                Buffer.buffer()
                        .appendMedium(payload.length)
                        .appendByte((byte) type)
                        .appendByte((byte) flags)
                        .appendInt(stream)
                        .getBytes(),
                payload);
    }

    private static byte[] block(String path, String... more) {
        Http2Headers headers = new DefaultHttp2Headers(false)
                .method("POST")
                .scheme("http")
                .authority("h")
                .path(path);
        for (int i = 0; i < more.length; i += 2) {
            headers.add(more[i], more[i + 1]);
        }
        ByteBuf out = Unpooled.buffer();
        try {
            new DefaultHttp2HeadersEncoder().encodeHeaders(1, headers, out);
        } catch (Http2Exception e) {
            throw new IllegalArgumentException(path, e);
        }
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] join(byte[]... parts) {
        Buffer all = Buffer.buffer();
        for (byte[] part : parts) {
            all.appendBytes(part);
        }
        return all.getBytes();
    }
}
