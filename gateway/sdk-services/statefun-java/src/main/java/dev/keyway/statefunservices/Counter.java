package dev.keyway.statefunservices;

import java.util.concurrent.CompletableFuture;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.StatefulFunction;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.ValueSpec;
import org.apache.flink.statefun.sdk.java.message.Message;

/** Counts what comes for an id, whatever its type, and emits {@code id:count}. */
final class Counter implements StatefulFunction {
    private static final ValueSpec<Long> SEEN = ValueSpec.named("seen").withLongType();
    private static final String TOPIC = Example.setting("OUT_TOPIC", "counts");

    static final StatefulFunctionSpec SPEC = StatefulFunctionSpec.builder(Example.type("counter"))
            .withValueSpec(SEEN)
            .withSupplier(Counter::new)
            .build();

    @Override
    public CompletableFuture<Void> apply(Context context, Message message) {
        long seen = context.storage().get(SEEN).orElse(0L) + 1;
        context.storage().set(SEEN, seen);
        Example.emit(context, TOPIC, context.self().id() + ":" + seen);
        Example.delivered(context, seen);
        return context.done();
    }
}
