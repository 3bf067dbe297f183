package dev.keyway.statefunservices;

import java.util.concurrent.CompletableFuture;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.StatefulFunction;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.message.Message;
import org.apache.flink.statefun.sdk.java.message.MessageBuilder;

/** Fails at the text "poison", and with it the batch; passes "pass:id:text" on to that id; emits any other text. */
final class Poison implements StatefulFunction {
    private static final String TOPIC = Example.setting("SURVIVORS_TOPIC", "survivors");

    static final StatefulFunctionSpec SPEC = StatefulFunctionSpec.builder(Example.type("poison"))
            .withSupplier(Poison::new)
            .build();

    @Override
    public CompletableFuture<Void> apply(Context context, Message message) {
        String text = Example.text(message);
        Example.delivered(context, text);
        if (text.equals("poison")) {
            throw new IllegalArgumentException("poisoned");
        }
        String[] words = text.split(":", 3);
        if (words[0].equals("pass")) {
            context.send(MessageBuilder.forAddress(context.self().type(), words[1])
                    .withValue(words[2])
                    .build());
        } else {
            Example.emit(context, TOPIC, text);
        }
        return context.done();
    }
}
