package dev.keyway.benchmarks.soak;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls handlers by RPC at a fixed rate, through all instances in turn, objects and Services, and checks the echo.
 * Objects are named anew all the time; each instance has its own, since two instances do not share a mailbox. Own
 * thread.
 */
final class RpcLoad extends Pace {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final int CALLS_PER_OBJECT = 10;

    private final List<Node> nodes;
    private final double perSecond;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicLong well = new AtomicLong();
    private final AtomicLong away = new AtomicLong();
    private final AtomicLong badly = new AtomicLong();
    private final AtomicLong open = new AtomicLong();
    private final AtomicReference<String> firstBad = new AtomicReference<>();

    RpcLoad(List<Node> nodes, double perSecond) {
        super("soak-rpc");
        this.nodes = nodes;
        this.perSecond = perSecond;
    }

    @Override
    void run() {
        long begin = System.nanoTime();
        long sent = 0;
        while (!stopping()) {
            long due = (long) ((System.nanoTime() - begin) / 1e9 * perSecond);
            // What a busy machine did not let through in time is left out.
            for (sent = Math.max(sent, due - (long) perSecond); sent < due; sent++) {
                call(sent);
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    private void call(long number) {
        int index = (int) (number % nodes.size());
        Node node = nodes.get(index);
        Node.Address address = node.address();
        if (address == null) {
            return;
        }
        long turn = number / nodes.size();
        String target = turn % 2 == 0
                ? Registrations.RPC_OBJECT + "/n" + index + "-" + turn / CALLS_PER_OBJECT
                : Registrations.RPC_SERVICE;
        String body = "{\"call\":" + number + "}";
        HttpRequest request = HttpRequest.newBuilder(URI.create(address.ingress() + "/" + target + "/handle"))
                .header("content-type", "application/json")
                .timeout(TIMEOUT)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        open.incrementAndGet();
        client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).whenComplete((response, failure) -> {
            boolean stayed = address.equals(node.address());
            if (failure == null
                    && response.statusCode() == 200
                    && response.body().equals(body)) {
                well.incrementAndGet();
            } else if (!stayed && (failure != null || response.statusCode() == 503)) {
                away.incrementAndGet();
            } else {
                badly.incrementAndGet();
                String answer = failure != null ? failure.toString() : response.statusCode() + " " + response.body();
                firstBad.compareAndSet(null, "RPC " + request.uri() + " with " + body + " got " + answer);
            }
            open.decrementAndGet();
        });
    }

    /** Calls with the right answer. */
    long well() {
        return well.get();
    }

    /** Calls that met an instance on its way out. */
    long away() {
        return away.get();
    }

    /** Calls with any other end. */
    long badly() {
        return badly.get();
    }

    long open() {
        return open.get();
    }

    /** The first bad end, or null. */
    String firstBad() {
        return firstBad.get();
    }
}
