package dev.keyway.benchmarks.load;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The handler of a load run, a process of its own: HTTP/2 without TLS, answers 200 with an empty body once the request
 * has arrived completely, and keeps a {@link Tally}. Commands on standard input: {@code reset <partitions> <offsets>
 * <keys>} begins a pass, {@code await <records>} prints the tally once so many distinct records have come or nothing has
 * come for a while, {@code stats} at once, {@code names} the header names of the pass's first call.
 */
final class HandlerMain {
    private static final int STREAMS = 4_096;
    private static final int WINDOW = 4 << 20;

    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final int loops;
    private volatile Tally tally = new Tally(1, 1, 1, 1);
    private volatile String names;

    private HandlerMain(int loops) {
        this.loops = loops;
    }

    public static void main(String[] args) throws IOException {
        new HandlerMain(Integer.parseInt(args[0])).run();
    }

    private void run() throws IOException {
        int port = freePort();
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops));
        AtomicInteger number = new AtomicInteger();
        tally = new Tally(1, 1, 1, loops);
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
                    tally = new Tally(
                            Integer.parseInt(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]), loops);
                    System.out.println("OK");
                }
                case "await" -> {
                    await(Long.parseLong(words[1]));
                    System.out.println(tally.toLine());
                }
                case "stats" -> System.out.println(tally.toLine());
                case "names" -> System.out.println(names);
                default -> System.err.println("unknown command: " + line);
            }
        }
    }

    private void await(long records) {
        long progress = -1;
        long deadline = 0;
        while (tally.distinct() < records) {
            long now = System.nanoTime();
            if (tally.distinct() != progress) {
                progress = tally.distinct();
                deadline = now + PATIENCE_NANOS;
            } else if (now - deadline > 0) {
                return;
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private final class Server extends AbstractVerticle {
        private final int loop;
        private final int port;

        Server(int loop, int port) {
            this.loop = loop;
            this.port = port;
        }

        @Override
        public void start(Promise<Void> started) {
            HttpServerOptions options = new HttpServerOptions()
                    .setHost("127.0.0.1")
                    .setPort(port)
                    .setHttp2ClearTextEnabled(true)
                    .setHttp2ConnectionWindowSize(WINDOW)
                    .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(STREAMS));
            vertx.createHttpServer(options)
                    .requestHandler(this::answer)
                    .listen()
                    .<Void>mapEmpty()
                    .onComplete(started);
        }

        private void answer(HttpServerRequest request) {
            int[] bytes = new int[1];
            request.handler(buffer -> bytes[0] += buffer.length());
            request.endHandler(end -> {
                var headers = request.headers();
                if (names == null) {
                    names = String.join(",", new TreeSet<>(headers.names()));
                }
                tally.count(
                        loop,
                        headers.get(HeaderNames.KEYWAY_KEY),
                        headers.get(HeaderNames.KAFKA_PARTITION),
                        headers.get(HeaderNames.KAFKA_OFFSET),
                        bytes[0]);
                request.response().end();
            });
        }
    }
}
