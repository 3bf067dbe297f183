package dev.keyway.gateway.invoke.restate;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.keyway.codecs.restate.Command;
import dev.keyway.codecs.restate.Control;
import dev.keyway.codecs.restate.Header;
import dev.keyway.codecs.restate.InvocationId;
import dev.keyway.gateway.invoke.Call;
import dev.keyway.gateway.invoke.Exchange;
import dev.keyway.gateway.invoke.HeaderSink;
import dev.keyway.gateway.invoke.PercentEncoding;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The head and the first bytes of an attempt: Start and the journal's entry 0, the Input.
 *
 * <p>Start says {@code partial_state} with an empty state map, whatever the target. The map is then no proof that a key
 * has no value, so the SDK must ask for it (GetLazyState), and the read is seen and refused. Had it said that the map is
 * complete, every read would quietly have answered "empty".
 */
final class Opening implements HeaderSink {

    private static final AsciiString CLUSTER = AsciiString.cached("keyway");
    private static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
    private static final AsciiString TRACESTATE = AsciiString.cached("tracestate");
    private static final AsciiString CONTENT_TYPE = RestateRoute.CONTENT_TYPE;

    private final Exchange exchange;
    private final RestateRoute route;
    private final List<Header> input = new ArrayList<>(16);

    Opening(Exchange exchange, RestateRoute route) {
        this.exchange = exchange;
        this.route = route;
    }

    /** Writes the head; the answer is the bytes that open the body. */
    byte[] send() {
        Call call = exchange.call();
        byte[] id = call.invocationId();
        String idText = InvocationId.toText(id);
        boolean keyed = call.target().service().ty().keyed();
        exchange.head(route.path());
        exchange.add(RestateRoute.CONTENT_TYPE, route.mediaType());
        exchange.add(RestateRoute.ACCEPT, route.mediaType());
        exchange.add(RestateRoute.INVOCATION_ID, idText);
        if (keyed) {
            exchange.add(RestateRoute.SERVICE_KEY, PercentEncoding.encode(call.key()));
        }
        exchange.add(RestateRoute.CLUSTER_NAME, CLUSTER);
        if (call.wantsResponse() && call.contentType() != null) {
            // An RPC caller's own; records come without one, as from Restate.
            input.add(new Header(CONTENT_TYPE.toString(), call.contentType().toString()));
        }
        call.headers(this);
        route.additionalHeaders(exchange);
        return join(
                start(call, id, idText, keyed).toFrameBytes(),
                new Command.Input(input, UnsafeByteOperations.unsafeWrap(call.body()), "").toFrameBytes());
    }

    /** Headers of the invocation travel in the Input; those of its trace also in the head, for the SDK's own tracing. */
    @Override
    public void add(CharSequence name, CharSequence value) {
        input.add(new Header(name.toString(), value.toString()));
        if (TRACEPARENT.contentEquals(name) || TRACESTATE.contentEquals(name)) {
            exchange.add(name, value);
        }
    }

    private Control.Start start(Call call, byte[] id, String idText, boolean keyed) {
        return new Control.Start(
                ByteString.copyFrom(id),
                idText,
                1,
                List.of(),
                true,
                keyed ? call.key() : "",
                call.retryCount(),
                0,
                route.version() >= 6 ? seed(id) : 0);
    }

    /** Random to the handler, the same for every attempt. */
    private static long seed(byte[] id) {
        ByteBuffer words = ByteBuffer.wrap(id);
        return words.getLong() * 31 + words.getLong() * 17 + words.getLong();
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = new byte[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
