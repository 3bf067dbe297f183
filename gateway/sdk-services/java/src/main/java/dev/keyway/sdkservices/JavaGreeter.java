package dev.keyway.sdkservices;

import dev.restate.common.Request;
import dev.restate.common.Target;
import dev.restate.sdk.Context;
import dev.restate.sdk.annotation.Handler;
import dev.restate.sdk.annotation.Raw;
import dev.restate.sdk.annotation.Service;
import dev.restate.sdk.common.TerminalException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

@Service
public class JavaGreeter {
    private static final Target GREET = Target.service("JavaGreeter", "greet");

    private final Map<String, Integer> attempts = new ConcurrentHashMap<>();

    public record Greeting(String greeting) {}

    @Handler
    public Greeting greet(Context ctx, String name) {
        Deliveries.print(ctx, "greet", name, null);
        return new Greeting("Hello " + name);
    }

    @Handler
    public Map<String, String> headers(Context ctx) {
        Map<String, String> headers = ctx.request().headers();
        Deliveries.print(ctx, "headers", headers, null);
        return headers;
    }

    @Handler
    @Raw
    public byte[] bytes(Context ctx, @Raw byte[] data) {
        Deliveries.print(ctx, "bytes", HexFormat.of().formatHex(data), null);
        return data;
    }

    @Handler
    public void terminal(Context ctx) {
        Deliveries.print(ctx, "terminal", null, null);
        throw new TerminalException(409, "out of stock");
    }

    @Handler
    public int flaky(Context ctx, String id) {
        int attempt = attempts.merge(id, 1, Integer::sum);
        Deliveries.print(ctx, "flaky", attempt, null);
        if (attempt < 3) {
            throw new IllegalStateException("attempt " + attempt + " fails");
        }
        return attempt;
    }

    @Handler
    public int slow(Context ctx, int millis) throws InterruptedException {
        Deliveries.print(ctx, "slow begins", millis, null);
        TimeUnit.MILLISECONDS.sleep(millis);
        Deliveries.print(ctx, "slow", millis, null);
        return millis;
    }

    @Handler
    public int run(Context ctx) {
        return ctx.run("charge", Integer.class, () -> 42);
    }

    @Handler
    public void sleep(Context ctx) {
        ctx.sleep(Duration.ofMillis(1));
    }

    @Handler
    public void call(Context ctx) {
        ctx.call(Request.of(GREET, new byte[] {'"', 'x', '"'})).await();
    }

    @Handler
    public void send(Context ctx) {
        ctx.send(Request.of(GREET, new byte[] {'"', 'x', '"'}));
    }

    @Handler
    public String awakeable(Context ctx) {
        return ctx.awakeable(String.class).await();
    }
}
