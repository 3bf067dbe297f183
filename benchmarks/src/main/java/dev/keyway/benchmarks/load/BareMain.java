package dev.keyway.benchmarks.load;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.internal.VertxInternal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * What Keyway is compared with, a process of its own: a loop over Vert.x's HTTP/2 client that sends the records of a
 * {@link Workload}. No Kafka, no order, no retries, no bookkeeping. {@code pooled} asks the client for a connection at
 * every call; {@code held} keeps its connections and calls on them in turn; {@code rpc} is {@code held} with what a
 * caller of Keyway's ingress sends. Commands on standard input: {@code workload <word>}, {@code backlog <in flight>}
 * sends all records as fast as it can, {@code live <burst> <lead-in> <counted> <rate>} on a {@link Schedule}.
 */
final class BareMain {
    private static final String HOST = "127.0.0.1";
    /** As many as the handler's connections allow. */
    private static final int STREAMS = 4_096;

    private final List<BareLoop> loops = new ArrayList<>();
    private BareEvents events;
    private int heldConnections;

    private BareMain() {}

    /** Arguments: {@code pooled | held | rpc}, port, event loops, connections of each. */
    public static void main(String[] args) throws IOException {
        new BareMain().run(args[0], Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
    }

    private void run(String kind, int port, int loopCount, int connections) throws IOException {
        for (int i = 0; i < loopCount; i++) {
            Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
            HttpClientAgent client = vertx.createHttpClient(
                    new HttpClientOptions()
                            .setProtocolVersion(HttpVersion.HTTP_2)
                            .setHttp2ClearTextUpgrade(false)
                            .setHttp2MultiplexingLimit(STREAMS)
                            .setHttp2ConnectionWindowSize(4 << 20)
                            .setDefaultHost(HOST)
                            .setDefaultPort(port),
                    new PoolOptions().setHttp2MaxSize(connections));
            loops.add(new BareLoop(((VertxInternal) vertx).createEventLoopContext(), client, kind.equals("rpc")));
        }
        heldConnections = kind.equals("pooled") ? 0 : connections;
        System.out.println("READY");
        commands(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        System.exit(0);
    }

    private void commands(BufferedReader in) throws IOException {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "workload" -> {
                    events = new BareEvents(Workload.parse(words[1]));
                    if (heldConnections > 0) {
                        // Anew for each pass: servers close connections that are idle for long.
                        loops.forEach(loop -> loop.hold(heldConnections));
                    }
                    System.out.println("OK");
                }
                case "backlog" -> backlog(Integer.parseInt(words[1]));
                case "live" ->
                    live(new Schedule(
                            Integer.parseInt(words[1]),
                            Integer.parseInt(words[2]),
                            Integer.parseInt(words[3]),
                            Integer.parseInt(words[4])));
                default -> System.err.println("unknown command: " + line);
            }
        }
    }

    private void backlog(int inFlight) {
        events.restart();
        for (BareLoop loop : loops) {
            loop.context().runOnContext(run -> loop.sendAll(events, inFlight));
        }
    }

    /** The schedule begins when the burst is over, as it does for callers that read Kafka. */
    private void live(Schedule schedule) {
        BareEvents sending = events;
        CountDownLatch burst = new CountDownLatch(schedule.burst());
        for (int i = 0; i < schedule.burst(); i++) {
            send(sending, i, 0, burst::countDown);
        }
        try {
            burst.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        long start = System.nanoTime() + 100_000_000L;
        schedule.pace(start, i -> send(sending, i, schedule.sent(i, start), () -> {}));
    }

    private void send(BareEvents sending, int i, long sent, Runnable answered) {
        BareLoop loop = loops.get(i % loops.size());
        loop.context().runOnContext(run -> loop.send(sending, i, sent, answered));
    }
}
