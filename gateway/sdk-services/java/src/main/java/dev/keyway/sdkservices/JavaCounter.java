package dev.keyway.sdkservices;

import dev.restate.sdk.ObjectContext;
import dev.restate.sdk.SharedObjectContext;
import dev.restate.sdk.annotation.Exclusive;
import dev.restate.sdk.annotation.Shared;
import dev.restate.sdk.annotation.VirtualObject;
import dev.restate.sdk.common.StateKey;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

@VirtualObject
public class JavaCounter {
    private static final StateKey<Integer> COUNT = StateKey.of("count", Integer.class);

    public record Event(int n) {}

    public record Seen(String key, int n) {}

    @Exclusive
    public Seen record(ObjectContext ctx, Event event) throws InterruptedException {
        Deliveries.print(ctx, "begins", event.n(), ctx.key());
        TimeUnit.MILLISECONDS.sleep(1);
        Deliveries.print(ctx, "record", event.n(), ctx.key());
        return new Seen(ctx.key(), event.n());
    }

    @Shared
    public Seen look(SharedObjectContext ctx, Event event) {
        Deliveries.print(ctx, "look", event.n(), ctx.key());
        return new Seen(ctx.key(), event.n());
    }

    @Exclusive
    public String get(ObjectContext ctx) {
        return ctx.get(COUNT).map(String::valueOf).orElse("empty");
    }

    @Shared
    public String lookState(SharedObjectContext ctx) {
        return ctx.get(COUNT).map(String::valueOf).orElse("empty");
    }

    @Exclusive
    public Collection<String> keys(ObjectContext ctx) {
        return ctx.stateKeys();
    }

    @Exclusive
    public int set(ObjectContext ctx, int value) {
        ctx.set(COUNT, value);
        return value;
    }

    @Exclusive
    public void clear(ObjectContext ctx) {
        ctx.clearAll();
    }
}
