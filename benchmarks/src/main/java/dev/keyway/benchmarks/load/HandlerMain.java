package dev.keyway.benchmarks.load;

import io.netty.channel.EventLoop;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The handler of a load run, a process of its own: HTTP/2 without TLS, answers 200 with an empty body some time after
 * the request has arrived completely, also to a batch, with a body where the service is the answering one, and keeps a {@link Tally}. Commands on standard input:
 * {@code reset <records> <keys> <microseconds to answer>} begins a pass, {@code seen} prints the tally,
 * {@code latency} its histogram, {@code names} the header names of the pass's first call.
 */
final class HandlerMain {
    private static final int STREAMS = 4_096;
    private static final int WINDOW = 4 << 20;
    private static final String ANSWERING = "/" + KeywayProcess.ANSWERING + "/";
    private static final Buffer ANSWER = Buffer.buffer("a".repeat(Scenarios.VALUE_BYTES));

    private final int loops;
    private volatile Tally tally;
    private volatile long delayNanos;
    private volatile String names;

    private HandlerMain(int loops) {
        this.loops = loops;
        this.tally = new Tally(1, 1, loops);
    }

    public static void main(String[] args) throws IOException {
        new HandlerMain(Integer.parseInt(args[0])).run();
    }

    private void run() throws IOException {
        int port = Ports.free();
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops));
        AtomicInteger number = new AtomicInteger();
        vertx.deployVerticle(
                        () -> new Server(number.getAndIncrement(), port), new DeploymentOptions().setInstances(loops))
                .onSuccess(id -> System.out.println("READY " + port))
                .onFailure(cause -> {
                    System.err.println("the handler cannot listen on port " + port + ": " + cause);
                    System.exit(1);
                });
        commands(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        System.exit(0);
    }

    private void commands(BufferedReader in) throws IOException {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "reset" -> {
                    names = null;
                    delayNanos = TimeUnit.MICROSECONDS.toNanos(Long.parseLong(words[3]));
                    tally = new Tally(Integer.parseInt(words[1]), Integer.parseInt(words[2]), loops);
                    System.out.println("OK");
                }
                case "seen" -> System.out.println(tally.seen().toLine());
                case "latency" -> System.out.println(Latency.encode(tally.latency()));
                case "names" -> System.out.println(names);
                default -> System.err.println("unknown command: " + line);
            }
        }
    }

    /** A request that waits for its answer, with the begin of its value, or with the values of its batch. */
    private record Waiting(
            HttpServerRequest request, Buffer body, List<Buffer> batch, Tally tally, long arrived, long due) {}

    private final class Server extends AbstractVerticle {
        private final int loop;
        private final int port;
        /** All wait equally long, so the first to come is the first to go, and one timer is enough. */
        private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

        private EventLoop eventLoop;

        Server(int loop, int port) {
            this.loop = loop;
            this.port = port;
        }

        @Override
        public void start(Promise<Void> started) {
            eventLoop = ((ContextInternal) context).nettyEventLoop();
            HttpServerOptions options = new HttpServerOptions()
                    .setHost("127.0.0.1")
                    .setPort(port)
                    .setHttp2ClearTextEnabled(true)
                    .setHttp2ConnectionWindowSize(WINDOW)
                    .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(STREAMS));
            vertx.createHttpServer(options)
                    .requestHandler(request -> new Arriving(request).receive())
                    .listen()
                    .<Void>mapEmpty()
                    .onComplete(started);
        }

        private void arrived(HttpServerRequest request, Buffer body, int bytes) {
            long now = seenAt(request);
            Tally counting = tally;
            counting.arrived(loop, body, bytes, now);
            long delay = delayNanos;
            if (delay == 0) {
                counting.answered(loop, body, 0);
                end(request);
                return;
            }
            await(new Waiting(request, body, null, counting, now, now + delay), delay);
        }

        private void arrivedTogether(HttpServerRequest request, Buffer body) {
            long now = seenAt(request);
            List<Buffer> batch = BatchBody.values(body, request.getHeader(BatchBody.HEADER));
            if (batch == null) {
                arrived(request, null, body.length());
                return;
            }
            Tally counting = tally;
            counting.arrivedTogether(loop, batch, now);
            long delay = delayNanos;
            if (delay == 0) {
                counting.answeredTogether(loop, batch, 0);
                request.response().end();
                return;
            }
            await(new Waiting(request, null, batch, counting, now, now + delay), delay);
        }

        private long seenAt(HttpServerRequest request) {
            if (names == null) {
                names = String.join(",", new TreeSet<>(request.headers().names()));
            }
            return System.nanoTime();
        }

        private void await(Waiting next, long delay) {
            boolean idle = waiting.isEmpty();
            waiting.add(next);
            if (idle) {
                eventLoop.schedule(this::answerDue, delay, TimeUnit.NANOSECONDS);
            }
        }

        private void answerDue() {
            long now = System.nanoTime();
            for (Waiting next = waiting.peek(); next != null; next = waiting.peek()) {
                if (next.due() - now > 0) {
                    eventLoop.schedule(this::answerDue, next.due() - now, TimeUnit.NANOSECONDS);
                    return;
                }
                waiting.remove();
                long nanos = now - next.arrived();
                if (next.batch() == null) {
                    next.tally().answered(loop, next.body(), nanos);
                } else {
                    next.tally().answeredTogether(loop, next.batch(), nanos);
                }
                end(next.request());
            }
        }

        private void end(HttpServerRequest request) {
            if (request.uri().startsWith(ANSWERING)) {
                request.response().end(ANSWER);
            } else {
                request.response().end();
            }
        }

        private final class Arriving {
            private final HttpServerRequest request;
            private Buffer prefix;
            private int bytes;

            Arriving(HttpServerRequest request) {
                this.request = request;
            }

            void receive() {
                if (request.headers().contains(BatchBody.HEADER)) {
                    request.body().onSuccess(body -> arrivedTogether(request, body));
                    return;
                }
                request.handler(this::part);
                request.endHandler(end -> arrived(request, prefix, bytes));
            }

            private void part(Buffer part) {
                bytes += part.length();
                if (prefix == null) {
                    prefix = part;
                } else if (prefix.length() < Body.PREFIX) {
                    prefix = prefix.copy().appendBuffer(part);
                }
            }
        }
    }
}
