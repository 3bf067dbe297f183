package dev.keyway.gateway.guarantees.stage;

import dev.keyway.gateway.guarantees.journal.Call;
import dev.keyway.gateway.guarantees.journal.Call.Ending;
import dev.keyway.gateway.guarantees.journal.History.Stall;
import dev.keyway.gateway.guarantees.journal.Journal;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * The handler of a run: an h2c server on one event loop, so that what it writes down has one order. Each topic has its
 * journal and its {@link Answers}. It also writes down when it stood still itself.
 */
public final class ObservedHandler implements AutoCloseable {
    /** The header that tells the instance; the deployment adds it, each instance from its environment. */
    public static final String INSTANCE_HEADER = "x-guarantees-instance";

    private static final long TICK_MS = 50;
    private static final long STALL_NANOS = 400_000_000;

    private final Vertx vertx;
    private final Map<String, Part> parts = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Stall> stalls = new ConcurrentLinkedQueue<>();
    private HttpServer server;
    private long lastTick;

    /** What belongs to one topic. */
    private static final class Part {
        final Journal journal;
        final Map<Long, Integer> attempts = new HashMap<>();
        final List<Runnable> held = new ArrayList<>();
        final Map<String, String> words = new HashMap<>();
        volatile Answers answers;

        Part(Journal journal, Answers answers) {
            this.journal = journal;
            this.answers = answers;
        }

        /** One object for each word, however often it comes. */
        String word(String text) {
            return words.computeIfAbsent(text, same -> same);
        }
    }

    private ObservedHandler(Vertx vertx) {
        this.vertx = vertx;
    }

    public static ObservedHandler start(Vertx vertx) {
        ObservedHandler handler = new ObservedHandler(vertx);
        Promise<HttpServer> listening = Promise.promise();
        vertx.getOrCreateContext().runOnContext(v -> {
            HttpServerOptions options =
                    new HttpServerOptions().setHost("127.0.0.1").setPort(0);
            options.getInitialSettings().setMaxConcurrentStreams(1_000);
            handler.server = vertx.createHttpServer(options).requestHandler(handler::onRequest);
            handler.server.listen().onComplete(listening);
            handler.lastTick = System.nanoTime();
            vertx.setPeriodic(TICK_MS, id -> handler.tick());
        });
        await(listening.future());
        return handler;
    }

    public int port() {
        return server.actualPort();
    }

    public void observe(String topic, Journal journal, Answers answers) {
        parts.put(topic, new Part(journal, answers));
    }

    public void answering(String topic, Answers answers) {
        parts.get(topic).answers = answers;
    }

    public void forget(String topic) {
        parts.remove(topic);
    }

    /** Answers what is held. */
    public void release(String topic) {
        Part part = parts.get(topic);
        List<Runnable> held;
        synchronized (part.held) {
            held = List.copyOf(part.held);
            part.held.clear();
        }
        held.forEach(Runnable::run);
    }

    public List<Stall> stalls() {
        return List.copyOf(stalls);
    }

    private void tick() {
        long now = System.nanoTime();
        if (now - lastTick > STALL_NANOS) {
            stalls.add(new Stall(lastTick, now));
        }
        lastTick = now;
    }

    private void onRequest(HttpServerRequest request) {
        request.body().onSuccess(body -> onCall(request, body));
    }

    private void onCall(HttpServerRequest request, Buffer body) {
        MultiMap headers = request.headers();
        Part part = parts.get(headers.get("kafka.topic"));
        if (part == null) {
            request.response().setStatusCode(503).end();
            return;
        }
        Call call = new Call(
                part.word(headers.get(INSTANCE_HEADER)),
                part.word(request.remoteAddress().toString()),
                Long.parseLong(headers.get("keyway-assignment")),
                Integer.parseInt(headers.get("kafka.partition")),
                Long.parseLong(headers.get("kafka.offset")),
                part.word(URLDecoder.decode(headers.get("keyway-key"), StandardCharsets.UTF_8)),
                Integer.parseInt(body.toString(StandardCharsets.UTF_8)),
                System.nanoTime());
        part.journal.call(call);
        HttpServerResponse response = request.response();
        response.exceptionHandler(
                e -> call.end(e instanceof HttpClosedException ? Ending.CLOSED : Ending.RESET, System.nanoTime()));
        int attempt = part.attempts.merge(((long) call.partition() << 48) | call.offset(), 1, Integer::sum) - 1;
        Answer answer = part.answers.to(call, attempt);
        if (answer.delayMillis() == 0) {
            answer(part, call, request, answer.kind());
        } else {
            vertx.setTimer(answer.delayMillis(), id -> answer(part, call, request, answer.kind()));
        }
    }

    private void answer(Part part, Call call, HttpServerRequest request, Answer.Kind kind) {
        HttpServerResponse response = request.response();
        if (call.ending() != Ending.OPEN || response.closed()) {
            return;
        }
        switch (kind) {
            case OK -> {
                call.end(Ending.COMPLETED, System.nanoTime());
                part.journal.completed(call);
                response.end();
            }
            case HANG -> {}
            case HOLD -> hold(part, call, request);
            default -> {
                call.end(Ending.REFUSED, System.nanoTime());
                refuse(request, response, kind);
            }
        }
    }

    private static void refuse(HttpServerRequest request, HttpServerResponse response, Answer.Kind kind) {
        switch (kind) {
            case ERROR -> response.setStatusCode(500).end("no luck");
            case UNAVAILABLE -> response.setStatusCode(503).end();
            case TOO_MANY ->
                response.setStatusCode(429).putHeader("retry-after", "0").end();
            case RESET -> response.reset(2);
            case HALF -> {
                response.putHeader("content-length", "1000").write(Buffer.buffer("half"));
                response.reset(2);
            }
            case CLOSE -> request.connection().close();
            case GARBAGE ->
                response.putHeader("keyway-outcome", "no such outcome").end("\u0000\u0001garbage");
            case REFUSE -> response.setStatusCode(400).end("not today");
            default -> throw new IllegalStateException("no refusal: " + kind);
        }
    }

    private void hold(Part part, Call call, HttpServerRequest request) {
        var context = vertx.getOrCreateContext();
        synchronized (part.held) {
            part.held.add(() -> context.runOnContext(v -> answer(part, call, request, Answer.Kind.OK)));
        }
    }

    private static void await(Future<?> future) {
        future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void close() {
        await(server.close());
    }
}
