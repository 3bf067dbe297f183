package dev.keyway.gateway.rpc;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.registry.Registry;
import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.dispatch.Route;
import dev.keyway.gateway.dispatch.Runner;
import dev.keyway.gateway.dispatch.ServiceIds;
import dev.keyway.gateway.dispatch.Targets;
import dev.keyway.gateway.egress.Egresses;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.metrics.Meters;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** RPC calls on the direct path: the same mailboxes and workers as the records of this process. Any event loop. */
public final class DirectRpcRoute implements RpcRoute {
    private final Vertx vertx;
    private final KeywayConfig config;
    private final Registry registry;
    private final Targets targets;
    private final ServiceIds ids;
    private final Route route;
    private final Egresses egresses;
    private final RpcMeters counted;

    public DirectRpcRoute(
            Vertx vertx,
            KeywayConfig config,
            Registry registry,
            Targets targets,
            ServiceIds ids,
            Route route,
            Egresses egresses,
            Meters meters) {
        this.egresses = egresses;
        this.vertx = vertx;
        this.config = config;
        this.registry = registry;
        this.targets = targets;
        this.ids = ids;
        this.route = route;
        this.counted = new RpcMeters(meters);
    }

    @Override
    public Pending dispatch(RpcCall call) {
        Target target = targets.of(registry.snapshot(), call.service(), call.handler());
        if (target == null) {
            RpcCall.Reply nowhere = new RpcCall.Reply.Unknown(unknown(call));
            counted.count(nowhere);
            return answered(nowhere);
        }
        int owner = ids.of(call.service());
        RpcInvocation invocation = new RpcInvocation(
                call, owner, config, egresses, () -> targets.of(registry.snapshot(), call.service(), call.handler()));
        byte[] key = call.key() == null ? new byte[0] : call.key().getBytes(StandardCharsets.UTF_8);
        Runner runner = route.runner(target.exclusive(), owner, key);
        Context caller = vertx.getOrCreateContext();
        Promise<RpcCall.Reply> reply = Promise.promise();
        invocation.reply().future().onSuccess(answer -> {
            counted.count(answer);
            caller.runOnContext(v -> reply.tryComplete(answer));
        });
        runner.context().runOnContext(v -> enter(runner, invocation, call));
        return new UnderWay(reply.future(), runner, invocation);
    }

    private void enter(Runner runner, RpcInvocation invocation, RpcCall call) {
        long left = call.deadlineNanos() - System.nanoTime();
        if (left <= 0) {
            invocation
                    .reply()
                    .tryComplete(new RpcCall.Reply.TimedOut("the deadline passed before the call began", null));
            return;
        }
        if (runner.waitingCalls(invocation) >= config.limits().mailboxRpc()) {
            invocation
                    .reply()
                    .tryComplete(new RpcCall.Reply.Overloaded(
                            config.limits().mailboxRpc() + " calls wait for this key already (limits.mailbox-rpc)", 1));
            return;
        }
        invocation.deadline(runner.timers().after(Duration.ofNanos(left), invocation::expire));
        runner.accept(List.<Invocation>of(invocation));
    }

    private String unknown(RpcCall call) {
        Service service = registry.snapshot().services().get(call.service());
        return service == null
                ? "service '" + call.service() + "' not found, make sure to register the service before calling it."
                : "handler '" + call.handler() + "' not found on service '" + call.service() + "'.";
    }

    private static Pending answered(RpcCall.Reply reply) {
        return new Pending() {
            @Override
            public Future<RpcCall.Reply> reply() {
                return Future.succeededFuture(reply);
            }

            @Override
            public void abandon() {
                // Nothing is under way.
            }
        };
    }

    private record UnderWay(Future<RpcCall.Reply> reply, Runner runner, RpcInvocation invocation) implements Pending {
        @Override
        public void abandon() {
            runner.context().runOnContext(v -> invocation.abandon());
        }
    }
}
