package dev.keyway.gateway.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.gateway.fixture.LongForm;
import dev.keyway.gateway.invoke.TestCalls.TestCall;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Keys and record headers of strangers never become request lines, headers, pseudo headers or requests of their own: seen
 * in the bytes that arrive at a raw socket, over HTTP/1.1 and HTTP/2. Long form: {@code -Dkeyway.fuzz=long}.
 */
class HeaderInjectionIT {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9a-z-]+";
    private static final Set<String> OURS = Set.of(":method", ":scheme", ":authority", ":path");
    private static final String BODY = "{}";

    private static InvokerFixture fixture;
    private static NetServer http1;
    private static NetServer http2;
    private static Target overHttp1;
    private static Target overHttp2;
    /** Whole requests as they came: heads over HTTP/1.1 with what followed them. */
    private static final List<byte[]> REQUESTS = new CopyOnWriteArrayList<>();

    private static final List<List<String[]>> HEADS = new CopyOnWriteArrayList<>();

    private record Hostile(String name, String value) {
        @Override
        public String toString() {
            return (name + "=" + value)
                    .chars()
                    .mapToObj(c -> c < 0x20 || c > 0x7e ? String.format("\\u%04x", c) : String.valueOf((char) c))
                    .collect(java.util.stream.Collectors.joining());
        }
    }

    @BeforeContainer
    static void listen() {
        fixture = new InvokerFixture();
        http1 = InvokerFixture.await(fixture.vertx
                .createNetServer()
                .connectHandler(HeaderInjectionIT::answerHttp1)
                .listen(0, "127.0.0.1"));
        http2 = InvokerFixture.await(fixture.vertx
                .createNetServer()
                .connectHandler(HeaderInjectionIT::answerHttp2)
                .listen(0, "127.0.0.1"));
        overHttp1 = TestCalls.object(TestCalls.deployment("http://127.0.0.1:" + http1.actualPort() + "/", true, 1));
        overHttp2 = TestCalls.target(
                TestCalls.deployment("http://127.0.0.1:" + http2.actualPort() + "/"), ServiceType.VIRTUAL_OBJECT, null);
    }

    @AfterContainer
    static void close() {
        fixture.close();
    }

    private static void answerHttp1(NetSocket socket) {
        Buffer seen = Buffer.buffer();
        socket.handler(chunk -> {
            seen.appendBuffer(chunk);
            String text = seen.toString(StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            if (end >= 0 && text.length() >= end + 4 + BODY.length()) {
                REQUESTS.add(seen.getBytes());
                socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                socket.close();
            }
        });
        socket.exceptionHandler(e -> {});
    }

    /** Just enough of a server: settings, and 200 with an end of stream to every head. */
    private static void answerHttp2(NetSocket socket) {
        int preface = 24;
        Buffer seen = Buffer.buffer();
        int[] at = {preface};
        Buffer[] block = {Buffer.buffer()};
        DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
        socket.write(Buffer.buffer(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0}));
        socket.exceptionHandler(e -> {});
        socket.handler(chunk -> {
            seen.appendBuffer(chunk);
            while (seen.length() >= at[0] + 9) {
                int length = seen.getUnsignedMedium(at[0]);
                if (seen.length() < at[0] + 9 + length) {
                    return;
                }
                int type = seen.getByte(at[0] + 3);
                int flags = seen.getByte(at[0] + 4);
                int stream = seen.getInt(at[0] + 5);
                if (type == 1 || type == 9) {
                    int skipped = type == 1 && (flags & 0x20) != 0 ? 5 : 0;
                    block[0].appendBuffer(seen.slice(at[0] + 9 + skipped, at[0] + 9 + length));
                    if ((flags & 4) != 0) {
                        HEADS.add(decoded(decoder, stream, block[0].getBytes()));
                        block[0] = Buffer.buffer();
                        socket.write(Buffer.buffer(new byte[] {0, 0, 1, 1, 5})
                                .appendInt(stream)
                                .appendByte((byte) 0x88));
                    }
                } else if (type == 4 && (flags & 1) == 0) {
                    socket.write(Buffer.buffer(new byte[] {0, 0, 0, 4, 1, 0, 0, 0, 0}));
                }
                at[0] += 9 + length;
            }
        });
    }

    private static List<String[]> decoded(DefaultHttp2HeadersDecoder decoder, int stream, byte[] block) {
        List<String[]> head = new ArrayList<>();
        try {
            decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(block))
                    .forEach(entry -> head.add(new String[] {
                        entry.getKey().toString(), entry.getValue().toString()
                    }));
        } catch (Exception e) {
            head.add(new String[] {"undecodable", e.toString()});
        }
        return head;
    }

    @Provide
    Arbitrary<String> keys() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "",
                        ".",
                        "..",
                        "../..",
                        "%2e%2e",
                        "%2E",
                        "a/b",
                        "a%2fb",
                        "%",
                        "%0d%0ax: y",
                        "?q=1",
                        "#f",
                        "a b",
                        "\0",
                        "a\r\nx-evil: 1",
                        "a HTTP/1.1\r\nhost: evil\r\n\r\nGET / HTTP/1.1",
                        ":path",
                        "~",
                        "~.",
                        "\u00e9\ud83d\ude00",
                        "\u010d\u010a",
                        "\\..\\"),
                Arbitraries.strings().ascii().ofMaxLength(40),
                Arbitraries.strings().ofMaxLength(12).filter(HeaderInjectionIT::wellFormed));
    }

    /** A key that is not is no object's key: its record never gets this far. */
    private static boolean wellFormed(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    @Provide
    Arbitrary<List<Hostile>> hostile() {
        Arbitrary<String> names = Arbitraries.oneOf(
                Arbitraries.of(
                        ":path",
                        ":authority",
                        ":status",
                        "Host",
                        "content-length",
                        "Transfer-Encoding",
                        "connection",
                        "x\r\nhost",
                        "x: y\r\nz",
                        "x-evil\0",
                        "x evil",
                        "",
                        " ",
                        "keyway-key",
                        "x-ok"),
                Arbitraries.strings().ascii().ofMaxLength(12),
                Arbitraries.strings().ofMaxLength(8));
        Arbitrary<String> values = Arbitraries.oneOf(
                Arbitraries.of(
                        "chunked",
                        "99",
                        "a\r\nx-evil: 1",
                        "a\nx-evil: 1",
                        "a\r\n\r\nGET /evil HTTP/1.1\r\n\r\n",
                        "\0",
                        "\u010d\u010ax-evil: 1",
                        " x ",
                        ""),
                Arbitraries.strings().ofMaxLength(30));
        return Combinators.combine(names, values).as(Hostile::new).list().ofMaxSize(8);
    }

    private static TestCall call(Target target, String key, List<Hostile> headers, boolean lastDefence) {
        TestCall call = TestCalls.call(target).key(key).body(BODY.getBytes(StandardCharsets.UTF_8));
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>("orders", 0, 7, key.getBytes(StandardCharsets.UTF_8), new byte[0]);
        for (Hostile header : headers) {
            record.headers().add(new RecordHeader(header.name(), header.value().getBytes(StandardCharsets.UTF_8)));
            if (lastDefence) {
                call.header(header.name(), header.value());
            }
        }
        new DeliveryHeaders("sub_1", "orders", 0, 1)
                .write(record, key, (name, value) -> call.header(name.toString(), value.toString()));
        return call;
    }

    @Property(tries = 150, seed = "1910197596746536175")
    @LongForm(property = "keyway.fuzz", tries = 20_000)
    void overHttp1NothingOfAStrangerIsReadAsProtocol(
            @ForAll("keys") String key, @ForAll("hostile") List<Hostile> headers, @ForAll boolean lastDefence) {
        REQUESTS.clear();

        Outcome outcome = fixture.run(call(overHttp1, key, headers, lastDefence));

        assertThat(outcome.kind()).as(outcome.toString()).isEqualTo(Outcome.Kind.COMPLETED);
        assertThat(REQUESTS).hasSize(1);
        String request = new String(REQUESTS.get(0), StandardCharsets.ISO_8859_1);
        int end = request.indexOf("\r\n\r\n");
        assertThat(request.substring(end + 4)).as("body, and nothing behind it").isEqualTo(BODY);
        String[] lines = request.substring(0, end).split("\r\n", -1);
        assertThat(lines[0]).matches("POST /Greeter/[^/ ?#]+/handle HTTP/1\\.1");
        assertSegment(lines[0].split("/")[2], key);
        List<String[]> head = new ArrayList<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(": ");
            assertThat(colon).as("line %s", lines[i]).isPositive();
            head.add(new String[] {lines[i].substring(0, colon), lines[i].substring(colon + 2)});
        }
        assertHead(head, key);
        assertThat(valuesOf(head, "host")).containsExactly("127.0.0.1:" + http1.actualPort());
        assertThat(valuesOf(head, "content-length")).containsExactly(Integer.toString(BODY.length()));
        assertThat(valuesOf(head, "transfer-encoding")).isEmpty();
    }

    @Property(tries = 150, seed = "8240486234283633859")
    @LongForm(property = "keyway.fuzz", tries = 20_000)
    void overHttp2NothingOfAStrangerIsReadAsProtocol(
            @ForAll("keys") String key, @ForAll("hostile") List<Hostile> headers, @ForAll boolean lastDefence) {
        HEADS.clear();

        Outcome outcome = fixture.run(call(overHttp2, key, headers, lastDefence));

        assertThat(outcome.kind()).as(outcome.toString()).isEqualTo(Outcome.Kind.COMPLETED);
        assertThat(HEADS).hasSize(1);
        List<String[]> head = HEADS.get(0);
        assertThat(head.stream().map(pair -> pair[0]).filter(name -> name.startsWith(":")))
                .containsExactlyInAnyOrderElementsOf(OURS);
        assertThat(valuesOf(head, ":method")).containsExactly("POST");
        assertThat(valuesOf(head, ":authority")).containsExactly("127.0.0.1:" + http2.actualPort());
        String path = valuesOf(head, ":path").get(0);
        assertThat(path).matches("/Greeter/[^/ ?#]+/handle");
        assertSegment(path.split("/")[2], key);
        assertHead(head.stream().filter(pair -> !OURS.contains(pair[0])).toList(), key);
        assertThat(valuesOf(head, "host")).isEmpty();
        assertThat(valuesOf(head, "connection")).isEmpty();
        assertThat(valuesOf(head, "transfer-encoding")).isEmpty();
        assertThat(valuesOf(head, "content-length")).hasSizeLessThan(2);
    }

    @Provide
    Arbitrary<String> templates() {
        return Arbitraries.of("/objects/{key}/peek", "/{key}", "/o-{key}.x/", "/peek?a=b&key={key}&c=d", "/{key}?a=b");
    }

    @Property(tries = 80, seed = "-6038171929485067213")
    @LongForm(property = "keyway.fuzz", tries = 20_000)
    void aKeyInATemplateIsOneValueAndEndsNothing(
            @ForAll("keys") String key, @ForAll("templates") String template, @ForAll boolean http11) {
        REQUESTS.clear();
        HEADS.clear();
        Deployment deployment = (http11 ? overHttp1 : overHttp2).deployment();
        Target target = TestCalls.target(deployment, ServiceType.VIRTUAL_OBJECT, template);

        Outcome outcome = fixture.run(call(target, key, List.of(), false));

        assertThat(outcome.kind()).as(outcome.toString()).isEqualTo(Outcome.Kind.COMPLETED);
        assertThat(REQUESTS.size() + HEADS.size()).isEqualTo(1);
        String path = http11
                ? new String(REQUESTS.get(0), StandardCharsets.ISO_8859_1).split(" ", 3)[1]
                : valuesOf(HEADS.get(0), ":path").get(0);
        String[] around = template.split("\\{key}", -1);
        assertThat(path).startsWith(around[0]).endsWith(around[1]);
        assertSegment(path.substring(around[0].length(), path.length() - around[1].length()), key);
    }

    private static void assertHead(List<String[]> head, String key) {
        for (String[] pair : head) {
            assertThat(pair[0]).matches(TOKEN).isNotEqualTo("x-evil");
            assertThat(pair[1]).as("value of %s", pair[0]).matches("[\\x20-\\x7e]*");
        }
        List<String> keys = valuesOf(head, "keyway-key");
        String last = keys.get(keys.size() - 1);
        assertThat(URLDecoder.decode(last.replace("+", "%2B"), StandardCharsets.UTF_8))
                .isEqualTo(key);
    }

    /** The segment is the key's only spelling, and no normalisation takes it away. */
    private static void assertSegment(String segment, String key) {
        assertThat(segment).matches("[~A-Za-z0-9._%-]+").isNotIn(".", "..");
        String marked = segment.startsWith("~") ? segment.substring(1) : segment;
        assertThat(URLDecoder.decode(marked, StandardCharsets.UTF_8)).isEqualTo(key);
    }

    private static List<String> valuesOf(List<String[]> head, String name) {
        return head.stream()
                .filter(pair -> pair[0].equalsIgnoreCase(name))
                .map(pair -> pair[1])
                .toList();
    }
}
