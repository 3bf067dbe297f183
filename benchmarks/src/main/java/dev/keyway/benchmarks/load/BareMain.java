package dev.keyway.benchmarks.load;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What Keyway is compared with, a process of its own: a loop over Vert.x's pooled HTTP/2 client that sends the events
 * of a {@link Workload} with the header names and values that Keyway would send, as fast as it can, a fixed number in
 * flight. No Kafka, no order, no retries, no bookkeeping. The command {@code pass} on standard input sends all events
 * once.
 */
final class BareMain extends AbstractVerticle {
    private static final String HOST = "127.0.0.1";
    private static final String TOPIC = "load-0";
    private static final String SUBSCRIPTION = "sub_11XXKVwRTyQDTwnqUZNTlXz";

    /**
     * @param port of the handler
     * @param loops event loops, each with its own client
     * @param connections per loop
     * @param inFlight calls in flight per loop
     * @param partitions over which keys are spread
     */
    private record Settings(int port, int loops, int connections, int inFlight, int partitions, Workload workload) {}

    private final Settings settings;
    private final byte[][] keys;
    private final byte[] value;
    private final int[] partitions;
    private final int[] offsets;
    private final AtomicInteger next;
    private final AtomicLong left;
    private HttpClient client;

    private BareMain(Settings settings, Events events) {
        this.settings = settings;
        this.keys = events.keys;
        this.value = events.value;
        this.partitions = events.partitions;
        this.offsets = events.offsets;
        this.next = events.next;
        this.left = events.left;
    }

    /** What a consumer would have polled, in memory. */
    private static final class Events {
        private final byte[][] keys;
        private final byte[] value;
        private final int[] partitions;
        private final int[] offsets;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicLong left = new AtomicLong();

        Events(Workload workload, int partitionCount) {
            keys = new byte[workload.records()][];
            partitions = new int[workload.records()];
            offsets = new int[workload.records()];
            value = workload.value(0);
            int[] ends = new int[partitionCount];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = workload.key(i);
                partitions[i] = workload.keyNumber(i) % partitionCount;
                offsets[i] = ends[partitions[i]]++;
            }
        }
    }

    public static void main(String[] args) throws IOException {
        Workload workload =
                new Workload(Integer.parseInt(args[5]), Integer.parseInt(args[6]), Integer.parseInt(args[7]));
        Settings settings = new Settings(
                Integer.parseInt(args[0]),
                Integer.parseInt(args[1]),
                Integer.parseInt(args[2]),
                Integer.parseInt(args[3]),
                Integer.parseInt(args[4]),
                workload);
        Events events = new Events(workload, settings.partitions());
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(settings.loops()));
        vertx.deployVerticle(
                        () -> new BareMain(settings, events), new DeploymentOptions().setInstances(settings.loops()))
                .onSuccess(id -> System.out.println("READY"))
                .onFailure(cause -> {
                    System.err.println("the bare loop cannot start: " + cause);
                    System.exit(1);
                });
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (in.readLine() != null) {
            events.next.set(0);
            events.left.set(workload.records());
            vertx.eventBus().publish("pass", "");
        }
        System.exit(0);
    }

    @Override
    public void start(Promise<Void> started) {
        client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false)
                        .setHttp2MultiplexingLimit(settings.inFlight())
                        .setHttp2ConnectionWindowSize(4 << 20),
                new PoolOptions().setHttp2MaxSize(settings.connections()));
        vertx.eventBus().consumer("pass", message -> {
            for (int i = 0; i < settings.inFlight(); i++) {
                send();
            }
        });
        started.complete();
    }

    private void send() {
        int i = next.getAndIncrement();
        if (i >= keys.length) {
            return;
        }
        String key = new String(keys[i], StandardCharsets.UTF_8);
        client.request(HttpMethod.POST, settings.port(), HOST, "/LoadObject/" + key + "/handle")
                .compose(request -> {
                    headers(request, i, key);
                    return request.send(Buffer.buffer(value));
                })
                .compose(response -> response.statusCode() == 200
                        ? response.end()
                        : io.vertx.core.Future.failedFuture("status " + response.statusCode()))
                .onComplete(done -> {
                    if (done.failed()) {
                        System.err.println("a call failed: " + done.cause());
                        System.exit(1);
                    }
                    left.getAndDecrement();
                    send();
                });
    }

    /** Every value is made for its event, as a gateway must. */
    private void headers(HttpClientRequest request, int i, String key) {
        String offset = Integer.toString(offsets[i]);
        String partition = Integer.toString(partitions[i]);
        request.putHeader(HeaderNames.CONTENT_TYPE, "application/json")
                .putHeader(HeaderNames.KAFKA_OFFSET, offset)
                .putHeader(HeaderNames.KAFKA_TOPIC, TOPIC)
                .putHeader(HeaderNames.KAFKA_PARTITION, partition)
                .putHeader(HeaderNames.KAFKA_TIMESTAMP, Long.toString(1_700_000_000_000L + i))
                .putHeader(HeaderNames.SUBSCRIPTION_ID, SUBSCRIPTION)
                .putHeader(HeaderNames.KAFKA_KEY, Base64.getUrlEncoder().encodeToString(keys[i]))
                .putHeader(HeaderNames.KEYWAY_KEY, key)
                .putHeader(HeaderNames.KEYWAY_ASSIGNMENT, "1")
                .putHeader(HeaderNames.IDEMPOTENCY_KEY, SUBSCRIPTION + "/" + TOPIC + "/" + partition + "/" + offset);
    }
}
