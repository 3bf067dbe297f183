package dev.keyway.admin.rest;

import dev.keyway.admin.model.Instance;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.registry.Registry;
import dev.keyway.admin.registry.Registry.Edit;
import dev.keyway.admin.registry.Registry.Update;
import dev.keyway.admin.registry.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This instance's place in the registry: entered when the registry has been read, entered again if someone took it off,
 * taken off at a clean stop. Instances that did not answer for long are taken off by the others. Event loop of the
 * server only.
 */
final class Membership {

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final long RETRY_MS = 1_000;

    private final Vertx vertx;
    private final Registry registry;
    private final Peers peers;
    private final Instance self;
    private final Duration expiry;
    private final LongSupplier nanoTime;
    private final Promise<Void> joined = Promise.promise();
    private final Promise<Void> alone = Promise.promise();
    private final Map<Instance, Long> silentSince = new HashMap<>();
    /** The modules of others when they were asked last, as hashes. */
    private final Map<String, String> modules = new TreeMap<>();

    private AutoCloseable watch;
    private long timer;
    private boolean busy;
    private boolean closed;
    /** What another instance with this id is, once it was found. */
    private String conflict;

    Membership(Vertx vertx, Registry registry, Peers peers, Instance self, Duration expiry, LongSupplier nanoTime) {
        this.vertx = vertx;
        this.registry = registry;
        this.peers = peers;
        this.self = self;
        this.expiry = expiry;
        this.nanoTime = nanoTime;
    }

    /** Fails when another live instance has this one's id. */
    Future<Void> joined() {
        return joined.future();
    }

    /** Completes when no other live instance has this one's id, which is before it {@link #joined}. */
    Future<Void> alone() {
        return alone.future();
    }

    /** What keeps this instance out of the registry, {@code null} when nothing does. */
    String conflict() {
        return conflict;
    }

    void start() {
        var here = vertx.getOrCreateContext();
        watch = registry.watch(state -> here.runOnContext(v -> look(state)));
        timer = vertx.setPeriodic(Math.max(100, expiry.toMillis() / 10), id -> {
            look(registry.snapshot());
            prune();
        });
    }

    private void look(RegistrySnapshot state) {
        if (busy || closed || conflict != null || state.version() == 0) {
            return;
        }
        Instance entry = state.instances().get(self.id());
        if (self.equals(entry)) {
            alone.tryComplete();
            joined.tryComplete();
            return;
        }
        busy = true;
        Future<Boolean> alive = entry == null || entry.adminAddress().equals(self.adminAddress())
                ? Future.succeededFuture(false)
                : peers.ask(entry, "/internal/instance").map(answer -> answer.body() != null);
        alive.compose(taken -> taken ? refuse(entry) : enter()).onComplete(done -> {
            busy = false;
            if (done.failed() && conflict == null) {
                LOG.atWarn()
                        .addKeyValue("cause", done.cause().getMessage())
                        .log("This instance could not be entered in the registry; trying again");
                vertx.setTimer(RETRY_MS, id -> look(registry.snapshot()));
            }
        });
    }

    private Future<Void> refuse(Instance other) {
        conflict = "another live instance has the id '" + self.id() + "' (" + other.adminAddress() + ", started "
                + other.startedAt() + "); give this one another instance.id and data directory";
        LOG.atError().addKeyValue("instance", self.id()).log("{}", conflict);
        RegistryException problem = new RegistryException(RegistryException.Kind.UNUSABLE, conflict);
        joined.tryFail(problem);
        return Future.failedFuture(problem);
    }

    private Future<Void> enter() {
        alone.tryComplete();
        return registry.<Void>update(state -> new Update<>(List.of(new Edit.PutInstance(self.id(), self)), null))
                .onSuccess(v -> joined.tryComplete());
    }

    private void prune() {
        if (closed || registry.snapshot().version() == 0) {
            return;
        }
        silentSince.keySet().retainAll(registry.snapshot().instances().values());
        modules.keySet().retainAll(registry.snapshot().instances().keySet());
        for (Instance other : registry.snapshot().instances().values()) {
            if (!other.id().equals(self.id())) {
                peers.ask(other, "/internal/instance").onSuccess(answer -> {
                    if (answer.body() != null) {
                        modules.put(other.id(), answer.body().getString("module", ""));
                    }
                    judge(other, answer.body() != null);
                });
            }
        }
    }

    /** Instances whose module is another one than that of this hash, as far as they have been asked. */
    List<String> otherModules(String hash) {
        return modules.entrySet().stream()
                .filter(each -> !each.getValue().equals(hash))
                .map(Map.Entry::getKey)
                .toList();
    }

    private void judge(Instance other, boolean answered) {
        if (answered) {
            silentSince.remove(other);
            return;
        }
        long since = silentSince.computeIfAbsent(other, key -> nanoTime.getAsLong());
        if (nanoTime.getAsLong() - since < expiry.toNanos() || closed) {
            return;
        }
        silentSince.remove(other);
        LOG.atWarn()
                .addKeyValue("instance", other.id())
                .log(
                        "Instance at {} did not answer for {} and is taken off the registry",
                        other.adminAddress(),
                        expiry);
        registry.<Void>update(state -> new Update<>(
                        other.equals(state.instances().get(other.id()))
                                ? List.of(new Edit.PutInstance(other.id(), null))
                                : List.of(),
                        null))
                .onFailure(
                        e -> LOG.atWarn().addKeyValue("cause", e.getMessage()).log("It could not be taken off"));
    }

    /** Takes this instance off, if the registry can be written; never fails. */
    Future<Void> close() {
        closed = true;
        vertx.cancelTimer(timer);
        joined.tryFail("the admin server was closed");
        try {
            if (watch != null) {
                watch.close();
            }
        } catch (Exception e) {
            LOG.atDebug().addKeyValue("cause", e.toString()).log("Closing the watch failed");
        }
        if (conflict != null || registry.snapshot().version() == 0) {
            return Future.succeededFuture();
        }
        return registry.<Void>update(state -> new Update<>(
                        self.equals(state.instances().get(self.id()))
                                ? List.of(new Edit.PutInstance(self.id(), null))
                                : List.of(),
                        null))
                .otherwise(e -> {
                    LOG.atWarn()
                            .addKeyValue("cause", e.getMessage())
                            .log("This instance stays in the registry until the others find it gone");
                    return null;
                });
    }
}
