package dev.keyway.admin.registry;

import dev.keyway.admin.model.Batch;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.HandlerType;
import dev.keyway.admin.model.IngressState;
import dev.keyway.admin.model.NullKey;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.OnTerminal;
import dev.keyway.admin.model.Pacing;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.Reply;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Registry records with every field set. */
final class Records {

    private Records() {}

    static Deployment deployment(String id, Map<String, String> headers) {
        return new Deployment(
                id,
                "http://127.0.0.1:9080/",
                Protocol.RESTATE,
                headers,
                Map.of("team", "a"),
                false,
                true,
                5,
                6,
                "restate-sdk-java/2.4.0",
                7,
                Duration.ofMillis(1500),
                Instant.parse("2026-01-02T03:04:05.678Z"),
                List.of(new Deployment.ServiceRevision("Greeter", 3)),
                Pacing.DEFAULT);
    }

    static IngressState ingress() {
        return new IngressState(
                "cluster id",
                "group",
                Map.of("orders", new IngressState.Topic(Map.of(0, 17L, 1, 0L), 3, Set.of(1))),
                new Subscription.Desired(
                        false,
                        new Subscription.Seek(
                                4,
                                Subscription.Seek.Position.OFFSETS,
                                "orders",
                                null,
                                Map.of(0, 5L),
                                new Subscription.Seek(
                                        3, Subscription.Seek.Position.TIMESTAMP, null, 6L, Map.of(), null)),
                        List.of(new Subscription.KeyAction(
                                "orders",
                                0,
                                18,
                                Subscription.KeyAction.Action.RESUME,
                                Instant.parse("2026-01-02T03:04:05Z")))));
    }

    static Service service(String name, int revision) {
        Handler handler = new Handler(
                "greet",
                HandlerType.SHARED,
                true,
                "json",
                Map.of("strict", "true"),
                "/x/{key}",
                new Handler.Payload(false, true, "application/json", "{}", false),
                null,
                RetryPolicy.DEFAULT,
                "doc",
                Map.of("a", "b"));
        return new Service(
                name,
                ServiceType.VIRTUAL_OBJECT,
                "dp_1",
                revision,
                true,
                List.of(handler),
                new RetryPolicy(
                        Duration.ofMillis(5), 1.5, Duration.ofSeconds(1), 0, Duration.ofDays(1), OnFailure.PAUSE),
                Service.Exclusivity.PROCESS,
                Duration.ofMinutes(1),
                Duration.ofMinutes(10),
                Duration.ofDays(1),
                Duration.ofDays(1),
                null,
                true,
                null,
                Map.of());
    }

    static Subscription subscription(String id, Map<String, String> options) {
        return new Subscription(
                id,
                "kafka://my-cluster/orders",
                "service://Greeter/greet",
                "my-cluster",
                "orders",
                "Greeter",
                "greet",
                HandlerType.SHARED,
                options,
                RetryPolicy.DEFAULT,
                OnFailure.DEAD_LETTER,
                OnTerminal.COMPLETE,
                NullKey.REJECT,
                "orders.dead",
                "binary",
                Map.of(),
                new Batch(50, 4_096, Duration.ofMillis(3)),
                new Reply("ex.shop/outbox", "answers"),
                Map.of(0, 17L, 1, 0L),
                new Subscription.Desired(
                        true,
                        new Subscription.Seek(2, Subscription.Seek.Position.OFFSETS, null, null, Map.of(1, 5L), null),
                        List.of(new Subscription.KeyAction(
                                null,
                                0,
                                18,
                                Subscription.KeyAction.Action.DISCARD,
                                Instant.parse("2026-01-02T03:04:05Z")))),
                Instant.parse("2026-01-02T03:04:05.678901234Z"));
    }
}
