package dev.keyway.gateway.dispatch;

import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.List;

/** Collects what is done and hands it to its owners once per task of the loop. The runner's context only. */
final class DoneBatches {
    private final int runner;
    private final Context context;
    private final List<CompletionSink> dirty = new ArrayList<>();
    private boolean scheduled;

    DoneBatches(int runner, Context context) {
        this.runner = runner;
        this.context = context;
    }

    void add(Invocation invocation, CompletionSink sink) {
        if (sink.add(runner, invocation)) {
            dirty.add(sink);
            if (!scheduled) {
                scheduled = true;
                context.runOnContext(v -> {
                    scheduled = false;
                    flush();
                });
            }
        }
    }

    void flush() {
        for (CompletionSink sink : dirty) {
            sink.flush(runner);
        }
        dirty.clear();
    }
}
