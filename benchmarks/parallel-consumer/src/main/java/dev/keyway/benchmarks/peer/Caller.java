package dev.keyway.benchmarks.peer;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.impl.VertxInternal;
import java.util.Base64;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One event loop with an HTTP/2 client of its own, which makes one call for each record. */
final class Caller {
    private static final String SUBSCRIPTION = "sub_11XXKVwRTyQDTwnqUZNTlXz";
    private static final int WINDOW = 4 << 20;

    private final Destination to;
    private final Context context;
    private final HttpClient client;

    Caller(Vertx vertx, Destination to) {
        this.to = to;
        context = ((VertxInternal) vertx).createEventLoopContext();
        client = vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setHttp2MaxPoolSize(to.connections())
                .setHttp2MultiplexingLimit(to.concurrency())
                .setHttp2ConnectionWindowSize(WINDOW));
    }

    /** Fails, so that parallel-consumer tries again, if the answer is not 2xx. Any thread. */
    Future<Void> call(ConsumerRecord<byte[], byte[]> record) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(loop -> send(record).onComplete(done));
        return done.future();
    }

    private Future<Void> send(ConsumerRecord<byte[], byte[]> record) {
        String key = Percent.encode(record.key());
        String path = to.pathPrefix() + "/" + Percent.segment(key) + "/" + to.handler();
        return client.request(HttpMethod.POST, to.port(), to.host(), path)
                .compose(request -> {
                    headers(request, record, key);
                    return record.value() == null ? request.send() : request.send(Buffer.buffer(record.value()));
                })
                .compose(response -> response.statusCode() / 100 == 2
                        ? response.end()
                        : Future.failedFuture("status " + response.statusCode()));
    }

    private void headers(HttpClientRequest request, ConsumerRecord<byte[], byte[]> record, String key) {
        String offset = Long.toString(record.offset());
        String partition = Integer.toString(record.partition());
        request.putHeader(HeaderNames.CONTENT_TYPE, "application/json")
                .putHeader(HeaderNames.KAFKA_OFFSET, offset)
                .putHeader(HeaderNames.KAFKA_TOPIC, record.topic())
                .putHeader(HeaderNames.KAFKA_PARTITION, partition)
                .putHeader(HeaderNames.KAFKA_TIMESTAMP, Long.toString(record.timestamp()))
                .putHeader(HeaderNames.SUBSCRIPTION_ID, SUBSCRIPTION)
                .putHeader(HeaderNames.KEYWAY_KEY, key)
                .putHeader(HeaderNames.KEYWAY_ASSIGNMENT, "1")
                .putHeader(
                        HeaderNames.IDEMPOTENCY_KEY,
                        SUBSCRIPTION + "/" + record.topic() + "/" + partition + "/" + offset);
        if (record.key() != null) {
            request.putHeader(HeaderNames.KAFKA_KEY, Base64.getUrlEncoder().encodeToString(record.key()));
        }
    }
}
