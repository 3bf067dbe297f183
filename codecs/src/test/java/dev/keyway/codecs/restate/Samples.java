package dev.keyway.codecs.restate;

import com.google.protobuf.ByteString;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Messages of every kind with random contents, empty and absent ones among them. */
final class Samples {

    /** Which results a message may carry: e(mpty), v(alue), f(ailure). */
    private static final Map<Class<?>, String> RESULTS = Map.of(
            Control.ProposeRunCompletion.class, "vf",
            Command.Output.class, "vf",
            Command.SendSignal.class, "evf",
            Command.CompleteAwakeable.class, "vf",
            StateCommand.GetEagerState.class, "ev",
            PromiseCommand.CompletePromise.class, "vf");

    private static final Map<MessageType, String> NOTIFICATION_RESULTS = Map.ofEntries(
            Map.entry(MessageType.GET_LAZY_STATE_COMPLETION, "ev"),
            Map.entry(MessageType.GET_LAZY_STATE_KEYS_COMPLETION, "k"),
            Map.entry(MessageType.GET_PROMISE_COMPLETION, "vf"),
            Map.entry(MessageType.PEEK_PROMISE_COMPLETION, "evf"),
            Map.entry(MessageType.COMPLETE_PROMISE_COMPLETION, "ef"),
            Map.entry(MessageType.SLEEP_COMPLETION, "e"),
            Map.entry(MessageType.CALL_COMPLETION, "vf"),
            Map.entry(MessageType.CALL_INVOCATION_ID_COMPLETION, "i"),
            Map.entry(MessageType.RUN_COMPLETION, "vf"),
            Map.entry(MessageType.ATTACH_INVOCATION_COMPLETION, "vf"),
            Map.entry(MessageType.GET_INVOCATION_OUTPUT_COMPLETION, "evf"),
            Map.entry(MessageType.SIGNAL, "evf"));

    private static final List<Class<?>> RECORDS = Stream.of(
                    Control.class, Command.class, StateCommand.class, PromiseCommand.class, CallCommand.class)
            .flatMap(kind -> Stream.of(kind.getPermittedSubclasses()))
            .filter(Class::isRecord)
            .toList();

    private final Random random;
    private final boolean failureMetadata;

    Samples(Random random, boolean failureMetadata) {
        this.random = random;
        this.failureMetadata = failureMetadata;
    }

    List<Message> oneOfEach() {
        List<Message> all = new ArrayList<>();
        for (Class<?> type : RECORDS) {
            all.add((Message) record(type));
        }
        for (Map.Entry<MessageType, String> kind : NOTIFICATION_RESULTS.entrySet()) {
            Notification.Id id =
                    kind.getKey() == MessageType.SIGNAL ? signal() : new Notification.Id.Completion(number());
            all.add(new Notification(kind.getKey(), id, result(kind.getValue())));
        }
        return all;
    }

    private Object record(Class<?> type) {
        try {
            RecordComponent[] components = type.getRecordComponents();
            Class<?>[] types = new Class<?>[components.length];
            Object[] values = new Object[components.length];
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                values[i] = value(type, components[i].getGenericType());
            }
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no sample of " + type, e);
        }
    }

    private Object value(Class<?> owner, Type type) {
        if (type instanceof ParameterizedType list) {
            List<Object> values = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                values.add(value(owner, list.getActualTypeArguments()[0]));
            }
            return values;
        }
        if (type == String.class) {

            return text();
        }
        if (type == ByteString.class) {
            return bytes();
        }
        if (type == int.class) {
            return number();
        }
        if (type == long.class) {
            return random.nextInt(3) == 0 ? 0 : random.nextLong();
        }
        if (type == boolean.class) {
            return random.nextBoolean();
        }
        if (type == Integer.class) {
            return owner == Control.Suspension.class ? (Integer) number() : random.nextBoolean() ? number() : null;
        }
        if (type == Long.class) {
            return random.nextBoolean() ? (Long) (long) number() : null;
        }
        if (type == Header.class) {
            return new Header(text(), text());
        }
        if (type == Control.StateEntry.class) {
            return new Control.StateEntry(bytes(), bytes());
        }
        if (type == Result.class) {
            return result(RESULTS.get(owner));
        }
        if (type == Result.StateKeys.class) {
            return keys();
        }
        if (type == Notification.Id.class) {
            return signal();
        }
        if (type == InvocationTarget.class) {
            return switch (random.nextInt(3)) {
                case 0 -> new InvocationTarget.ById(text());
                case 1 ->
                    new InvocationTarget.ByIdempotencyKey(text(), random.nextBoolean() ? text() : null, text(), text());
                default -> new InvocationTarget.ByWorkflow(text(), text());
            };
        }
        throw new IllegalStateException("no sample of " + type);
    }

    private Notification.Id signal() {
        return random.nextBoolean() ? new Notification.Id.Signal(number()) : new Notification.Id.NamedSignal(text());
    }

    private Result result(String allowed) {
        return switch (allowed.charAt(random.nextInt(allowed.length()))) {
            case 'e' -> new Result.Empty();
            case 'v' -> new Result.Value(bytes());
            case 'f' ->
                new Failure(number(), text(), failureMetadata ? List.of(new Header(text(), text())) : List.of());
            case 'i' -> new Result.InvocationId("inv_" + text());
            default -> keys();
        };
    }

    private Result.StateKeys keys() {
        return new Result.StateKeys(List.of(bytes(), bytes()));
    }

    private int number() {
        return random.nextInt(3) == 0 ? 0 : random.nextInt() >>> random.nextInt(32);
    }

    private String text() {
        return random.nextInt(4) == 0 ? "" : "naïve-€-😀".substring(0, random.nextInt(9)) + random.nextInt(100);
    }

    private ByteString bytes() {
        byte[] out = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(300)];
        random.nextBytes(out);
        return ByteString.copyFrom(out);
    }
}
