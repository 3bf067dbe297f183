package dev.keyway.benchmarks.header;

import dev.keyway.benchmarks.PartBenchmark;
import dev.keyway.gateway.invoke.HeadEncoder;
import dev.keyway.gateway.invoke.http.HttpDriver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.MultiMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * What the head of a request costs. Scenario: records of 10,000 keys of one partition, one after another, without headers
 * of their own, go to a Virtual Object over one HTTP/2 connection. One operation makes the head of one call, with the
 * fifteen headers that a delivery carries, and encodes it by HPACK into a buffer.
 */
public class HeaderBenchmark extends PartBenchmark {
    private static final String SCHEME = "http";
    private static final String AUTHORITY = "127.0.0.1:9000";

    private final ByteBuf out = Unpooled.directBuffer(4096);
    private final HeadEncoder connection = new HeadEncoder(SCHEME + "://" + AUTHORITY);
    private final HttpDriver driver = new HttpDriver(UnaryOperator.identity(), 1_000);
    private final DefaultHttp2HeadersEncoder hpack = new DefaultHttp2HeadersEncoder();
    private Delivery[] deliveries;
    private int position;

    /** Polls the records. */
    @Setup
    public void poll() {
        deliveries = Delivery.ofPartition(10_000);
    }

    /** Keyway's driver, head and encoder. */
    @Benchmark
    public int head() throws Http2Exception {
        out.clear();
        connection.encode(driver, next(), out);
        return out.writerIndex();
    }

    /** The same driver, head and encoder with strings for values, each made for its event: Keyway before. */
    @Benchmark
    public int baselineStringValues() throws Http2Exception {
        Delivery delivery = next();
        delivery.asStrings();
        out.clear();
        connection.encode(driver, delivery, out);
        return out.writerIndex();
    }

    /** Netty's headers with strings for values, its encoder as it comes. */
    @Benchmark
    public int baselineNettyHeaders() throws Http2Exception {
        Delivery delivery = next();
        Http2Headers headers = new DefaultHttp2Headers();
        pseudo(headers, delivery);
        delivery.strings(headers::add);
        out.clear();
        hpack.encodeHeaders(3, headers, out);
        return out.writerIndex();
    }

    /** What a user of Vert.x' client does: a multimap of strings, which the client copies into Netty's headers. */
    @Benchmark
    public int baselineVertxMultiMap() throws Http2Exception {
        Delivery delivery = next();
        MultiMap request = MultiMap.caseInsensitiveMultiMap();
        delivery.strings(request::add);
        Http2Headers headers = new DefaultHttp2Headers();
        pseudo(headers, delivery);
        for (Map.Entry<String, String> header : request) {
            headers.add(header.getKey(), header.getValue());
        }
        out.clear();
        hpack.encodeHeaders(3, headers, out);
        return out.writerIndex();
    }

    private static void pseudo(Http2Headers headers, Delivery delivery) {
        headers.method("POST");
        headers.scheme(SCHEME);
        headers.authority(AUTHORITY);
        headers.path(delivery.path());
    }

    private Delivery next() {
        position = position + 1 == deliveries.length ? 0 : position + 1;
        return deliveries[position];
    }
}
