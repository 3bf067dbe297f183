package dev.keyway.benchmarks.load;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** One event loop of the bare client and its clients, used in turn. On its context only. */
final class BareLoop {
    private static final String TOPIC = "load-0";
    private static final String SUBSCRIPTION = "sub_11XXKVwRTyQDTwnqUZNTlXz";

    private final Context context;
    private final HttpClientAgent client;
    private final boolean rpc;
    /** The client itself, or the connections that are held. */
    private List<HttpClient> clients;

    private int turn;

    /** @param rpc sends what a caller of the ingress sends, not what the gateway sends to a handler */
    BareLoop(Context context, HttpClientAgent client, boolean rpc) {
        this.context = context;
        this.client = client;
        this.clients = List.of(client);
        this.rpc = rpc;
    }

    Context context() {
        return context;
    }

    /** Replaces the connections that are held; from any other thread, which waits. */
    void hold(int connections) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(run -> {
            if (clients.get(0) != client) {
                clients.forEach(HttpClient::close);
            }
            List<Future<HttpClientConnection>> opening = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                opening.add(client.connect(new HttpConnectOptions()));
            }
            Future.all(opening)
                    .onSuccess(all -> clients = List.copyOf(all.<HttpClientConnection>list()))
                    .<Void>mapEmpty()
                    .onComplete(done);
        });
        done.future().toCompletionStage().toCompletableFuture().join();
    }

    /** Sends records as long as there are any, so many at a time. */
    void sendAll(BareEvents events, int inFlight) {
        for (int i = 0; i < inFlight; i++) {
            sendNext(events);
        }
    }

    private void sendNext(BareEvents events) {
        int i = events.take();
        if (i >= 0) {
            call(events, i, 0).onComplete(done -> {
                check(done);
                sendNext(events);
            });
        }
    }

    /** Sends one record, however many are in flight. */
    void send(BareEvents events, int i, long sent, Runnable answered) {
        call(events, i, sent).onComplete(done -> {
            check(done);
            answered.run();
        });
    }

    private static void check(io.vertx.core.AsyncResult<Void> done) {
        if (done.failed()) {
            System.err.println("a call failed: " + done.cause());
            System.exit(1);
        }
    }

    private Future<Void> call(BareEvents events, int i, long sent) {
        String key = Workload.text(events.key(i));
        HttpClient next = clients.get(turn);
        turn = turn + 1 == clients.size() ? 0 : turn + 1;
        return next.request(new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setURI("/" + KeywayProcess.OBJECT + "/" + key + "/" + KeywayProcess.HANDLER))
                .compose(request -> {
                    headers(request, events, i, key);
                    return request.send(Buffer.buffer(events.value(i, sent)));
                })
                .compose(response -> response.statusCode() == 200
                        ? response.end()
                        : Future.failedFuture("status " + response.statusCode()));
    }

    /** Every value is made for its event, as a gateway must. */
    private void headers(HttpClientRequest request, BareEvents events, int i, String key) {
        request.putHeader(HeaderNames.CONTENT_TYPE, "application/json");
        if (rpc) {
            return;
        }
        String offset = Integer.toString(events.offset(i));
        String partition = Integer.toString(events.partition(i));
        request.putHeader(HeaderNames.KAFKA_OFFSET, offset)
                .putHeader(HeaderNames.KAFKA_TOPIC, TOPIC)
                .putHeader(HeaderNames.KAFKA_PARTITION, partition)
                .putHeader(HeaderNames.KAFKA_TIMESTAMP, Long.toString(1_700_000_000_000L + i))
                .putHeader(HeaderNames.SUBSCRIPTION_ID, SUBSCRIPTION)
                .putHeader(HeaderNames.KAFKA_KEY, Base64.getUrlEncoder().encodeToString(events.key(i)))
                .putHeader(HeaderNames.KEYWAY_KEY, key)
                .putHeader(HeaderNames.KEYWAY_ASSIGNMENT, "1")
                .putHeader(HeaderNames.IDEMPOTENCY_KEY, SUBSCRIPTION + "/" + TOPIC + "/" + partition + "/" + offset);
    }
}
