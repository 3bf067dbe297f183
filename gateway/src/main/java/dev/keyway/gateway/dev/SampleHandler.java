package dev.keyway.gateway.dev;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The handler of the demo, a program of its own: a plain HTTP/2 server with {@code POST /Airport/{key}/record} for the
 * Virtual Object and {@code POST /WildlifeLog/record} for the Service. It makes order hard to keep (answers after 0 to 3
 * ms, refuses every {@value #REFUSE_EVERY}th report once with 503) and keeps a diary of what it saw, read by
 * {@code GET /diary?from=n}. Everything runs on one event loop. Ends when its standard input does.
 */
public final class SampleHandler {
    static final int REFUSE_EVERY = 97;

    private static final int DIARY_BOUND = 1_000_000;
    static final int PAGE = 5_000;

    private final Vertx vertx;
    private final Random random = new Random(7);
    private final List<JsonArray> diary = new ArrayList<>();
    private final Map<String, Integer> running = new HashMap<>();
    private final Set<Integer> refused = new HashSet<>();
    private int overlaps;

    private SampleHandler(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Prints {@code listening <port>} and serves until standard input ends. */
    public static void main(String[] args) throws IOException {
        Vertx vertx = Vertx.vertx();
        SampleHandler handler = new SampleHandler(vertx);
        vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(handler::handle)
                .listen()
                .onSuccess(server -> System.out.println("listening " + server.actualPort()))
                .onFailure(cause -> {
                    System.err.println("sample handler: " + cause.getMessage());
                    System.exit(1);
                });
        while (System.in.read() >= 0) {
            // Standard input says nothing; its end says that the demo is gone.
        }
        System.exit(0);
    }

    private void handle(HttpServerRequest request) {
        String[] path = request.path().split("/", -1);
        if (request.method().equals(HttpMethod.GET) && request.path().equals("/diary")) {
            answer(request.response(), 200, page(Integer.parseInt(request.getParam("from", "0"))));
        } else if (path.length == 4 && path[1].equals("Airport")) {
            String key = URLDecoder.decode(path[2].replace("+", "%2B"), StandardCharsets.UTF_8);
            request.body().onSuccess(body -> airport(key, body, request.response()));
        } else if (path.length == 3 && path[1].equals("WildlifeLog")) {
            request.body().onSuccess(body -> log(body, request.response()));
        } else {
            answer(request.response(), 404, new JsonObject().put("message", "no handler at " + request.path()));
        }
    }

    private void airport(String key, Buffer body, HttpServerResponse response) {
        int number = body.toJsonObject().getInteger("number", 0);
        if (running.merge(key, 1, Integer::sum) > 1) {
            overlaps++;
        }
        later(() -> {
            running.merge(key, -1, (a, b) -> a + b == 0 ? null : a + b);
            if (number % REFUSE_EVERY == 0 && refused.add(number)) {
                answer(response, 503, new JsonObject().put("message", "busy, try again"));
                return;
            }
            note("Airport", key, number);
            answer(response, 200, new JsonObject().put("airport", key).put("number", number));
        });
    }

    private void log(Buffer body, HttpServerResponse response) {
        JsonObject report = body.toJsonObject();
        later(() -> {
            note("WildlifeLog", report.getString("species", ""), report.getInteger("number", 0));
            answer(response, 200, new JsonObject().put("logged", true));
        });
    }

    private void later(Runnable task) {
        int delay = random.nextInt(4);
        if (delay == 0) {
            task.run();
        } else {
            vertx.setTimer(delay, id -> task.run());
        }
    }

    private void note(String service, String key, int number) {
        if (diary.size() < DIARY_BOUND) {
            diary.add(new JsonArray().add(service).add(key).add(number));
        }
    }

    private JsonObject page(int from) {
        List<JsonArray> entries = diary.subList(Math.min(from, diary.size()), Math.min(from + PAGE, diary.size()));
        return new JsonObject()
                .put("entries", new JsonArray(new ArrayList<>(entries)))
                .put("overlaps", overlaps)
                .put("refused", refused.size());
    }

    private static void answer(HttpServerResponse response, int status, JsonObject body) {
        response.setStatusCode(status)
                .putHeader("content-type", "application/json")
                .end(body.toBuffer());
    }
}
