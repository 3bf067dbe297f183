package dev.keyway.gateway.source;

import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.gateway.dispatch.Runner;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects blocked records over the runners. */
final class Blocked {
    private Blocked() {}

    static Future<List<BlockedKey>> collect(List<Runner> runners, String subscription, int limit) {
        List<Future<List<BlockedKey>>> parts = new ArrayList<>();
        for (Runner runner : runners) {
            Promise<List<BlockedKey>> promise = Promise.promise();
            parts.add(promise.future());
            runner.context().runOnContext(v -> promise.complete(KeyActions.blocked(runner, subscription)));
        }
        return Future.all(parts).map(done -> parts.stream()
                .flatMap(part -> part.result().stream())
                .sorted(Comparator.comparingLong(BlockedKey::sinceMillis))
                .limit(limit)
                .toList());
    }
}
