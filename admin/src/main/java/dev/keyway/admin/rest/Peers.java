package dev.keyway.admin.rest;

import dev.keyway.admin.model.Instance;
import dev.keyway.admin.registry.Registry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Asks the other instances over their advertised admin addresses, each within two seconds; one that did not answer is
 * not asked again for five seconds, so that a dead one slows nothing down. Event loop of the server only.
 */
final class Peers {

    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int CONNECT_TIMEOUT_MILLIS = 1_000;
    private static final int MAX_BYTES = 16 * 1024 * 1024;
    private static final long REST_NANOS = 5_000_000_000L;

    private final Vertx vertx;
    private final Registry registry;
    private final String self;
    private final HttpClient client;
    private final LongSupplier nanoTime;
    private final Map<String, Silence> silent = new HashMap<>();

    private record Silence(long since, String problem) {}

    Peers(Vertx vertx, Registry registry, String self, LongSupplier nanoTime) {
        this.vertx = vertx;
        this.registry = registry;
        this.self = self;
        this.nanoTime = nanoTime;
        this.client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setConnectTimeout(CONNECT_TIMEOUT_MILLIS)
                        .setKeepAliveTimeout(30),
                new PoolOptions().setHttp1MaxSize(4).setMaxWaitQueueSize(64));
    }

    /**
     * One instance's word.
     *
     * @param body {@code null} if it did not answer; then {@code problem} says why
     */
    record Answer(String instance, JsonObject body, String problem) {}

    /** Asks every other instance; never fails. */
    Future<List<Answer>> ask(String path) {
        List<Future<Answer>> answers = new ArrayList<>();
        for (Instance instance : registry.snapshot().instances().values()) {
            if (!instance.id().equals(self)) {
                answers.add(ask(instance, path));
            }
        }
        return Future.all(answers).map(all -> all.<Answer>list());
    }

    /** Asks one instance; never fails. */
    Future<Answer> ask(Instance instance, String path) {
        Silence silence = silent.get(instance.id());
        if (silence != null && nanoTime.getAsLong() - silence.since() < REST_NANOS) {
            return Future.succeededFuture(new Answer(instance.id(), null, silence.problem()));
        }
        return fetch(instance, path)
                .map(body -> {
                    silent.remove(instance.id());
                    return new Answer(instance.id(), body, null);
                })
                .otherwise(failure -> {
                    String problem = instance.adminAddress() + ": " + failure.getMessage();
                    silent.put(instance.id(), new Silence(nanoTime.getAsLong(), problem));
                    return new Answer(instance.id(), null, problem);
                });
    }

    private Future<JsonObject> fetch(Instance instance, String path) {
        Promise<JsonObject> promise = Promise.promise();
        long timer = vertx.setTimer(
                TIMEOUT_MILLIS, id -> promise.tryFail("no answer within " + TIMEOUT_MILLIS / 1000 + " s"));
        RequestOptions options;
        try {
            options = new RequestOptions()
                    .setMethod(HttpMethod.GET)
                    .setAbsoluteURI(instance.adminAddress() + path)
                    .setTimeout(TIMEOUT_MILLIS);
        } catch (RuntimeException e) {
            return Future.failedFuture("not an address: " + e.getMessage());
        }
        client.request(options)
                .compose(request -> request.send())
                .compose(response -> read(instance, response))
                .onComplete(promise::tryComplete, promise::tryFail);
        return promise.future().eventually(() -> {
            vertx.cancelTimer(timer);
            return Future.succeededFuture();
        });
    }

    private Future<JsonObject> read(Instance instance, HttpClientResponse response) {
        String answerer = response.getHeader(InternalResource.INSTANCE_HEADER);
        if (response.statusCode() != 200 || !instance.id().equals(answerer)) {
            abandon(response);
            return Future.failedFuture(
                    answerer == null || answerer.equals(instance.id())
                            ? "answered " + response.statusCode()
                            : "instance '" + answerer + "' answers there; set admin.advertised-address of '"
                                    + instance.id() + "'");
        }
        Promise<JsonObject> promise = Promise.promise();
        Buffer all = Buffer.buffer();
        response.handler(chunk -> {
            if (all.length() + chunk.length() > MAX_BYTES) {
                promise.tryFail("its answer is too large");
                abandon(response);
            } else {
                all.appendBuffer(chunk);
            }
        });
        response.exceptionHandler(promise::tryFail);
        response.endHandler(v -> {
            try {
                promise.tryComplete(new JsonObject(all));
            } catch (RuntimeException e) {
                promise.tryFail("its answer is not JSON");
            }
        });
        return promise.future();
    }

    /** Resets the stream; that the rest of the answer fails then is meant. */
    private static void abandon(HttpClientResponse response) {
        response.exceptionHandler(expected -> {});
        response.request().reset();
    }

    Future<Void> close() {
        return client.close();
    }
}
