package dev.keyway.gateway.dispatch;

import dev.keyway.gateway.invoke.LoopTimers;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** An event loop without a thread, in virtual time: tasks and timers run when the test says so. */
final class VirtualLoop {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Map<Long, Due> timers = new HashMap<>();
    private long nextTimer = 1;
    private long nanos = 1;

    private record Due(long atNanos, Handler<Long> handler) {}

    @SuppressWarnings("unchecked")
    final Context context = (Context) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {Context.class}, (proxy, method, arguments) -> {
                if (!method.getName().equals("runOnContext")) {
                    throw new UnsupportedOperationException(method.toString());
                }
                tasks.add(() -> ((Handler<Void>) arguments[0]).handle(null));
                return null;
            });

    @SuppressWarnings("unchecked")
    private final Vertx vertx = (Vertx) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {Vertx.class}, (proxy, method, arguments) -> {
                switch (method.getName()) {
                    case "setTimer" -> {
                        long id = nextTimer++;
                        timers.put(id, new Due(nanos + (long) arguments[0] * 1_000_000, (Handler<Long>) arguments[1]));
                        return id;
                    }
                    case "cancelTimer" -> {
                        return timers.remove(arguments[0]) != null;
                    }
                    default -> throw new UnsupportedOperationException(method.toString());
                }
            });

    final LoopTimers loopTimers = new LoopTimers(vertx, () -> nanos);

    /** Runs the tasks that are there and those that they add. */
    void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Lets time pass; timers fire in their order, tasks between them. */
    void pass(long millis) {
        long until = nanos + millis * 1_000_000;
        run();
        while (true) {
            Map.Entry<Long, Due> first = timers.entrySet().stream()
                    .filter(entry -> entry.getValue().atNanos() <= until)
                    .min(Comparator.comparingLong((Map.Entry<Long, Due> entry) ->
                                    entry.getValue().atNanos())
                            .thenComparing(Map.Entry::getKey))
                    .orElse(null);
            if (first == null) {
                break;
            }
            nanos = Math.max(nanos, first.getValue().atNanos());
            timers.remove(first.getKey());
            first.getValue().handler().handle(first.getKey());
            run();
        }
        nanos = until;
    }
}
