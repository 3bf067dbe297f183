package dev.keyway.benchmarks.soak;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The handler of a soak run, a process of its own: answers over HTTP/2 as its {@link Faults} say, keeps a {@link
 * Deliveries}, and echoes RPC calls. Everything on one event loop. Any line on standard input makes it print its state
 * as one line of JSON; it ends with its standard input.
 */
final class SoakHandler extends AbstractVerticle {
    /** Paths of targets with keys begin with this, see {@link Registrations}. */
    static final String KEYED = "/SoakObject";

    private static final int INTERNAL_ERROR = 2;
    private static final int REMEMBERED_CALLS = 10_000;

    private final Faults faults;
    private final Deliveries deliveries = new Deliveries();
    private final Map<Faults.Kind, Long> answered = new EnumMap<>(Faults.Kind.class);
    private final Map<String, Integer> rpcAttempts = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > REMEMBERED_CALLS;
        }
    };

    private HttpServer server;

    private SoakHandler(long seed) {
        faults = new Faults(seed);
    }

    public static void main(String[] args) throws IOException {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        SoakHandler handler = new SoakHandler(Long.parseLong(args[0]));
        vertx.deployVerticle(handler)
                .onSuccess(id -> System.out.println("READY " + handler.server.actualPort()))
                .onFailure(cause -> {
                    System.err.println("the handler cannot listen: " + cause);
                    System.exit(1);
                });
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            handler.context.runOnContext(v -> System.out.println(handler.state().encode()));
        }
        System.exit(0);
    }

    @Override
    public void start(Promise<Void> started) {
        server = vertx.createHttpServer(
                new HttpServerOptions().setHost("127.0.0.1").setPort(0).setHttp2ClearTextEnabled(true));
        server.requestHandler(request -> request.body().onSuccess(body -> answer(request, body)))
                .listen()
                .<Void>mapEmpty()
                .onComplete(started);
    }

    private void answer(HttpServerRequest request, Buffer body) {
        String topic = request.getHeader("kafka.topic");
        if (topic == null) {
            String call = request.getHeader("idempotency-key");
            int attempt = rpcAttempts.merge(call, 1, Integer::sum);
            answer(request.response(), faults.of(call, attempt), null, body);
            return;
        }
        int partition = Integer.parseInt(request.getHeader("kafka.partition"));
        long offset = Long.parseLong(request.getHeader("kafka.offset"));
        Deliveries.Call call;
        if (request.path().startsWith(KEYED)) {
            JsonObject value = body.toJsonObject();
            call = deliveries.begin(
                    topic,
                    partition,
                    offset,
                    request.getHeader("keyway-key"),
                    value.getInteger("n"),
                    value.getBoolean("last"));
        } else {
            call = deliveries.begin(topic, partition, offset);
        }
        answer(request.response(), faults.of(topic + "/" + partition + "@" + offset, call.attempt()), call, null);
    }

    private void answer(HttpServerResponse response, Faults.Fault fault, Deliveries.Call call, Buffer echo) {
        answered.merge(fault.kind(), 1L, Long::sum);
        if (call != null) {
            response.exceptionHandler(failure -> deliveries.ended(call));
            response.closeHandler(v -> deliveries.ended(call));
        }
        switch (fault.kind()) {
            case NONE -> answerWell(response, call, echo);
            case SLOW -> vertx.setTimer(fault.millis(), id -> answerWell(response, call, echo));
            case ERROR -> answerBadly(response, call, HttpResponseStatus.INTERNAL_SERVER_ERROR);
            case TOO_MANY -> {
                response.putHeader("retry-after", "1");
                answerBadly(response, call, HttpResponseStatus.TOO_MANY_REQUESTS);
            }
            case RESET -> {
                end(call);
                response.reset(INTERNAL_ERROR);
            }
            default -> throw new IllegalStateException("no such fault: " + fault);
        }
    }

    private void answerWell(HttpServerResponse response, Deliveries.Call call, Buffer echo) {
        if (call != null && !call.open()) {
            return;
        }
        if (call != null) {
            deliveries.done(call);
        }
        if (echo != null) {
            response.putHeader("content-type", "application/json").end(echo);
        } else {
            response.end();
        }
    }

    private void answerBadly(HttpServerResponse response, Deliveries.Call call, HttpResponseStatus status) {
        end(call);
        response.setStatusCode(status.code()).end("{\"fault\":\"" + status.code() + "\"}");
    }

    private void end(Deliveries.Call call) {
        if (call != null) {
            deliveries.ended(call);
        }
    }

    private JsonObject state() {
        JsonObject topics = new JsonObject();
        deliveries.done().forEach((topic, partitions) -> {
            JsonObject firstMissing = new JsonObject();
            long size = 0;
            for (Map.Entry<Integer, OffsetSet> partition : partitions.entrySet()) {
                firstMissing.put(
                        partition.getKey().toString(), partition.getValue().firstMissing());
                size += partition.getValue().size();
            }
            topics.put(topic, new JsonObject().put("done", size).put("first_missing", firstMissing));
        });
        JsonObject answers = new JsonObject();
        answered.forEach((kind, count) -> answers.put(kind.name().toLowerCase(Locale.ROOT), count));
        return new JsonObject()
                .put("topics", topics)
                .put("answers", answers)
                .put("repeats", deliveries.repeats())
                .put("active_keys", deliveries.activeKeys())
                .put("violation_count", deliveries.violationCount())
                .put("violations", new JsonArray(deliveries.violations()));
    }
}
