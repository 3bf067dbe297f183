package dev.keyway.statefunservices;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.StatefulFunction;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.ValueSpec;
import org.apache.flink.statefun.sdk.java.message.Message;

/**
 * Two states that go away by themselves. The text "write" adds one to both, any other text only looks. Emits
 * {@code id:written:called}, with "-" for a state that is not there.
 */
final class Expiring implements StatefulFunction {
    private static final Duration TTL = Duration.ofMillis(Long.parseLong(Example.setting("EXPIRE_MILLIS", "1000")));
    private static final ValueSpec<Integer> WRITTEN =
            ValueSpec.named("written").thatExpireAfterWrite(TTL).withIntType();
    private static final ValueSpec<Integer> CALLED =
            ValueSpec.named("called").thatExpiresAfterCall(TTL).withIntType();
    private static final String TOPIC = Example.setting("EXPIRING_TOPIC", "expiring");

    static final StatefulFunctionSpec SPEC = StatefulFunctionSpec.builder(Example.type("expiring"))
            .withValueSpecs(WRITTEN, CALLED)
            .withSupplier(Expiring::new)
            .build();

    @Override
    public CompletableFuture<Void> apply(Context context, Message message) {
        String text = Example.text(message);
        if (text.equals("write")) {
            add(context, WRITTEN);
            add(context, CALLED);
        }
        Example.emit(
                context, TOPIC, context.self().id() + ":" + shown(context, WRITTEN) + ":" + shown(context, CALLED));
        Example.delivered(context, text);
        return context.done();
    }

    private static void add(Context context, ValueSpec<Integer> state) {
        context.storage().set(state, context.storage().get(state).orElse(0) + 1);
    }

    private static String shown(Context context, ValueSpec<Integer> state) {
        return context.storage().get(state).map(String::valueOf).orElse("-");
    }
}
