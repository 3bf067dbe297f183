package dev.keyway.gateway.sdk;

import dev.keyway.codecs.statefun.Address;
import dev.keyway.codecs.statefun.FromFunction;
import dev.keyway.codecs.statefun.FromFunctionDecoder;
import dev.keyway.codecs.statefun.Invocation;
import dev.keyway.codecs.statefun.InvocationBatch;
import dev.keyway.codecs.statefun.TypedValue;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Calls functions as the runtime does, with our codec and nothing else of Keyway. */
final class FunctionClient implements AutoCloseable {

    /** What came back. */
    record Reply(int status, String contentType, byte[] body) {
        FromFunction answer() throws Exception {
            return new FromFunctionDecoder().decode(body);
        }
    }

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client;
    private final String uri;

    FunctionClient(String uri, HttpVersion version) {
        this.uri = uri;
        // Node closes connections that were idle for 5 s. None is used twice, so that no call can meet such a close.
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(version)
                .setHttp2ClearTextUpgrade(false)
                .setKeepAlive(version != HttpVersion.HTTP_1_1));
    }

    /** @param states values by name; a {@code null} value is a state that holds nothing */
    Reply call(Address target, Map<String, TypedValue> states, List<Invocation> invocations) throws Exception {
        InvocationBatch batch = new InvocationBatch(target, 1 << 25, 1000);
        states.forEach(batch::attach);
        for (Invocation invocation : invocations) {
            if (!batch.tryAdd(invocation)) {
                throw new AssertionError("the test's batch is full");
            }
        }
        return post(batch.toBytes());
    }

    Reply post(byte[] body) throws Exception {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        vertx.getOrCreateContext().runOnContext(begin -> client.request(new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setAbsoluteURI(uri + "any/path")
                        .putHeader("content-type", "application/octet-stream"))
                .compose(request -> request.send(Buffer.buffer(body)))
                .compose(response -> response.body()
                        .map(bytes ->
                                new Reply(response.statusCode(), response.getHeader("content-type"), bytes.getBytes())))
                .onSuccess(reply::complete)
                .onFailure(reply::completeExceptionally));
        return reply.get(120, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        vertx.close();
    }
}
