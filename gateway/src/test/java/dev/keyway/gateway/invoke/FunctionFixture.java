package dev.keyway.gateway.invoke;

import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.module.load.Modules;
import dev.keyway.codecs.statefun.Address;
import dev.keyway.codecs.statefun.Invocation;
import dev.keyway.codecs.statefun.TypedValue;
import dev.keyway.gateway.invoke.statefun.FunctionAnswer;
import dev.keyway.gateway.invoke.statefun.FunctionCall;
import dev.keyway.gateway.invoke.statefun.FunctionRequest;
import dev.keyway.gateway.invoke.statefun.FunctionTargets;
import dev.keyway.gateway.invoke.statefun.StatefunDriver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Functions of a module file, called through an invoker and a driver of one loop. */
final class FunctionFixture implements AutoCloseable {
    private final InvokerFixture invokers;
    final FunctionTargets functions;

    /** @param module the text of a module file */
    FunctionFixture(String module) {
        functions = targets(module);
        invokers = new InvokerFixture(InvokerFixture.SETTINGS, List.of(new StatefunDriver(() -> functions)));
    }

    static FunctionTargets targets(String module) {
        try {
            Path file = Files.createTempFile("module", ".yaml");
            try {
                Files.writeString(file, module);
                return new FunctionTargets(Modules.load(List.of(file), System.getenv()::get, RetryPolicy.DEFAULT), 1);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** An endpoint of all functions of {@code example}. */
    static String endpoint(String url, String transport) {
        return """
                kind: io.statefun.endpoints.v2/http
                spec: {functions: 'example/*', urlPathTemplate: '%s', transport: {%s}}
                ---
                kind: io.statefun.kafka.v1/egress
                spec: {id: example/out, address: 'localhost:1'}
                """.formatted(url, transport);
    }

    InvokerFixture invokers() {
        return invokers;
    }

    int connections(String function) {
        String deployment = functions.of("example", function).deployment().id();
        return invokers.onLoop(() -> invokers.invoker.connections(deployment));
    }

    Batch batch(String function, String id, Invocation... messages) {
        return new Batch(functions.of("example", function), new Address("example", function, id), List.of(messages));
    }

    /** As the slots do: what was not processed is submitted again at once. */
    Batch run(Batch batch) {
        submit(batch);
        batch.await();
        return batch;
    }

    Batch submit(Batch batch) {
        batch.again = () -> invokers.invoker.submit(batch);
        invokers.loop.runOnContext(v -> batch.again.run());
        return batch;
    }

    static Invocation message(String typename, String text) {
        return new Invocation(null, TypedValue.of(typename, text.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        invokers.close();
    }

    /** A call and what came of it. */
    static final class Batch implements FunctionCall {
        final Map<String, TypedValue> states = new HashMap<>();
        final List<Outcome> unprocessed = new ArrayList<>();
        final List<Integer> sent = new ArrayList<>();
        volatile FunctionAnswer.Effects effects;
        volatile FunctionRequest.Ready request;
        private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        private final Target target;
        private final Address address;
        private final List<Invocation> waiting;
        private Object attempt;
        private Runnable again;

        Batch(Target target, Address address, List<Invocation> waiting) {
            this.target = target;
            this.address = address;
            this.waiting = waiting;
        }

        Batch state(String name, TypedValue value) {
            states.put(name, value);
            return this;
        }

        Outcome await() {
            try {
                return outcome.get(60, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError("no outcome of " + address, e);
            }
        }

        /** The values of the records for an egress. */
        List<String> emitted() {
            return effects.egresses().stream()
                    .map(egress -> egress.kafkaRecord().value().toStringUtf8())
                    .toList();
        }

        @Override
        public Address address() {
            return address;
        }

        @Override
        public TypedValue state(String name) {
            return states.get(name);
        }

        @Override
        public List<Invocation> waiting() {
            return waiting;
        }

        @Override
        public void sent(int invocations) {
            sent.add(invocations);
        }

        @Override
        public void effects(FunctionRequest.Ready ready, FunctionAnswer.Effects found) {
            request = ready;
            effects = found;
        }

        @Override
        public Object attemptState() {
            return attempt;
        }

        @Override
        public void attemptState(Object state) {
            attempt = state;
        }

        @Override
        public Target target() {
            return target;
        }

        @Override
        public String key() {
            return address.id();
        }

        @Override
        public byte[] body() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CharSequence contentType() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void headers(HeaderSink sink) {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] invocationId() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int retryCount() {
            return 0;
        }

        @Override
        public long timeoutMillis() {
            return 30_000;
        }

        @Override
        public boolean begin() {
            return true;
        }

        @Override
        public void done(Outcome end) {
            if (end.isUnprocessed()) {
                unprocessed.add(end);
                again.run();
            } else if (!outcome.complete(end)) {
                throw new AssertionError("done was called twice");
            }
        }
    }
}
