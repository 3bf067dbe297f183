package dev.keyway.statefunservices;

import java.util.concurrent.CompletableFuture;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.StatefulFunction;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.ValueSpec;
import org.apache.flink.statefun.sdk.java.message.Message;
import org.apache.flink.statefun.sdk.java.types.Type;

/** Greets by name; message and state are types of its own, JSON both. The user named "nobody" is forgotten. */
final class Greeter implements StatefulFunction {
    /** Who comes. */
    record User(String name) {}

    /** What is known of an id. */
    record Profile(String name, int visits) {}

    private static final Type<User> USER = Example.json("user", User.class);
    private static final ValueSpec<Profile> PROFILE =
            ValueSpec.named("profile").withCustomType(Example.json("profile", Profile.class));
    private static final String TOPIC = Example.setting("GREETINGS_TOPIC", "greetings");

    static final StatefulFunctionSpec SPEC = StatefulFunctionSpec.builder(Example.type("greeter"))
            .withValueSpec(PROFILE)
            .withSupplier(Greeter::new)
            .build();

    @Override
    public CompletableFuture<Void> apply(Context context, Message message) {
        String name = message.as(USER).name();
        if (name.equals("nobody")) {
            context.storage().remove(PROFILE);
            return context.done();
        }
        int visits = context.storage().get(PROFILE).map(Profile::visits).orElse(0) + 1;
        context.storage().set(PROFILE, new Profile(name, visits));
        Example.emit(context, TOPIC, "Hello " + name + ", visit " + visits);
        Example.delivered(context, name);
        return context.done();
    }
}
