package dev.keyway.gateway.dispatch;

import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.List;

/**
 * Where runners report what is done: batches, one hop per batch. Each runner fills its own buffer; the owner gets whole
 * lists on its context.
 */
public abstract class CompletionSink {
    private final Context context;
    private final List<List<Invocation>> buffers;

    protected CompletionSink(Context context, int runners) {
        this.context = context;
        this.buffers = new ArrayList<>(runners);
        for (int i = 0; i < runners; i++) {
            buffers.add(new ArrayList<>());
        }
    }

    /** Done invocations of one runner, on the owner's context. */
    protected abstract void onDone(List<Invocation> done);

    /** Adds to the runner's buffer; true when the buffer was empty. */
    final boolean add(int runner, Invocation invocation) {
        List<Invocation> buffer = buffers.get(runner);
        buffer.add(invocation);
        return buffer.size() == 1;
    }

    final void flush(int runner) {
        List<Invocation> full = buffers.get(runner);
        buffers.set(runner, new ArrayList<>(full.size()));
        context.runOnContext(v -> onDone(full));
    }
}
