package dev.keyway.gateway.source;

import dev.keyway.gateway.invoke.Call;
import dev.keyway.gateway.invoke.Invoker;
import dev.keyway.gateway.invoke.Outcome;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Calls that begin and land when the model says so. */
final class ModelInvoker implements Invoker {
    private final List<RecordInvocation> waiting = new ArrayList<>();
    final List<RecordInvocation> flying = new ArrayList<>();
    private final Consumer<RecordInvocation> begun;
    private final BiConsumer<RecordInvocation, Outcome> landed;

    ModelInvoker(Consumer<RecordInvocation> begun, BiConsumer<RecordInvocation, Outcome> landed) {
        this.begun = begun;
        this.landed = landed;
    }

    @Override
    public void submit(Call call) {
        waiting.add((RecordInvocation) call);
    }

    /** A stream is free: true when something waited for it. */
    boolean begin(int which) {
        if (waiting.isEmpty()) {
            return false;
        }
        RecordInvocation call = waiting.remove(Math.floorMod(which, waiting.size()));
        if (call.begin()) {
            flying.add(call);
            begun.accept(call);
        }
        return true;
    }

    /** A call ends; false when none flies. */
    boolean land(int which, Outcome outcome) {
        if (flying.isEmpty()) {
            return false;
        }
        end(flying.remove(Math.floorMod(which, flying.size())), outcome);
        return true;
    }

    private void end(RecordInvocation call, Outcome outcome) {
        landed.accept(call, outcome);
        call.done(outcome);
    }

    @Override
    public void abort(Call call) {
        RecordInvocation invocation = (RecordInvocation) call;
        if (!waiting.remove(invocation) && flying.remove(invocation)) {
            end(invocation, Outcome.retry(Outcome.Fault.RECORD, "aborted"));
        }
    }

    @Override
    public int inFlight(String deploymentId) {
        return flying.size();
    }

    @Override
    public int waiting(String deploymentId) {
        return waiting.size();
    }

    @Override
    public int connections(String deploymentId) {
        return 1;
    }

    @Override
    public void forget(String deploymentId) {}

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
