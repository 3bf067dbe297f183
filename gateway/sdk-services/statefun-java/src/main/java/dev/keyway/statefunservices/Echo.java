package dev.keyway.statefunservices;

import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.StatefulFunction;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.message.Message;
import org.apache.flink.statefun.sdk.java.message.MessageBuilder;

/** Emits {@code type=value} of a built-in type, {@code type=hex} of any other, and sends the message back to a caller. */
final class Echo implements StatefulFunction {
    private static final String TOPIC = Example.setting("ECHO_TOPIC", "echo");

    static final StatefulFunctionSpec SPEC = StatefulFunctionSpec.builder(Example.type("echo"))
            .withSupplier(Echo::new)
            .build();

    @Override
    public CompletableFuture<Void> apply(Context context, Message message) {
        String value = value(message);
        Example.emit(context, TOPIC, message.valueTypeName().asTypeNameString() + "=" + value);
        context.caller()
                .ifPresent(caller -> context.send(MessageBuilder.fromMessage(message)
                        .withTargetAddress(caller)
                        .build()));
        Example.delivered(context, value);
        return context.done();
    }

    private static String value(Message message) {
        if (message.isUtf8String()) {
            return message.asUtf8String();
        } else if (message.isBoolean()) {
            return String.valueOf(message.asBoolean());
        } else if (message.isInt()) {
            return String.valueOf(message.asInt());
        } else if (message.isLong()) {
            return String.valueOf(message.asLong());
        } else if (message.isFloat()) {
            return String.valueOf(message.asFloat());
        } else if (message.isDouble()) {
            return String.valueOf(message.asDouble());
        }
        return HexFormat.of().formatHex(message.rawValue().toByteArray());
    }
}
