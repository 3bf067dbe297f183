package dev.keyway.admin.rest;

import dev.keyway.admin.module.Module;
import dev.keyway.admin.port.RuntimeView;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Live state as a test sets it. */
final class FakeRuntime implements RuntimeView {

    final Map<String, SubscriptionStatus> statuses = new ConcurrentHashMap<>();
    final Map<String, List<BlockedKey>> blocked = new ConcurrentHashMap<>();
    volatile List<DeploymentHealth> deployments = List.of();
    volatile List<EgressHealth> egresses = List.of();
    volatile Module module = Module.EMPTY;
    volatile Readiness readiness = new Readiness(true, List.of());

    @Override
    public Future<SubscriptionStatus> subscription(String id) {
        return Future.succeededFuture(statuses.get(id));
    }

    @Override
    public Future<List<BlockedKey>> blocked(String subscriptionId, int limit) {
        return Future.succeededFuture(blocked.getOrDefault(subscriptionId, List.of()));
    }

    @Override
    public Future<List<DeploymentHealth>> deployments() {
        return Future.succeededFuture(deployments);
    }

    @Override
    public Future<List<EgressHealth>> egresses() {
        return Future.succeededFuture(egresses);
    }

    @Override
    public Future<Readiness> readiness() {
        return Future.succeededFuture(readiness);
    }

    @Override
    public Module module() {
        return module;
    }

    @Override
    public String scrape() {
        return "keyway_test 1\n";
    }

    void run(String id, int partition, long lag, int blockedKeys) {
        statuses.put(
                id,
                new SubscriptionStatus(
                        id,
                        "running",
                        null,
                        List.of(new PartitionStatus("t", partition, 5, 7, lag, 2, 1, 5, 100, false, blockedKeys))));
    }

    void block(String id, int partition, long offset, String key, String keyBase64) {
        blocked.put(
                id,
                List.of(new BlockedKey(
                        id,
                        "Counter",
                        "add",
                        key,
                        keyBase64,
                        null,
                        "t",
                        partition,
                        offset,
                        70,
                        "paused",
                        "handler answered 500",
                        3,
                        1_760_000_000_000L,
                        null)));
    }
}
