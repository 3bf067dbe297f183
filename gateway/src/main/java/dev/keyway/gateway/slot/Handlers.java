package dev.keyway.gateway.slot;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.registry.Registry;
import dev.keyway.gateway.dispatch.Targets;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.state.InternalTopics;

/**
 * Handlers of services as slots call them, and the subscriptions that their records came by. Any thread.
 *
 * @param replies where answers to callers go
 */
public record Handlers(Registry registry, Targets targets, KeywayConfig config, InternalTopics.Replies replies) {

    /** Whether what this instance does not know of is not there, rather than not read yet. */
    boolean complete() {
        return registry.snapshot().version() > 0 && registry.problems().isEmpty();
    }

    /** The subscription that a record came by, {@code null} if it is not known, or if it came by none. */
    Subscription subscription(Envelope message) {
        return message.mark() == null
                ? null
                : registry.snapshot().subscriptions().get(message.mark().source());
    }

    /** The newest target, {@code null} while no deployment serves the handler. */
    Target target(Envelope message, Subscription subscription) {
        RegistrySnapshot snapshot = registry.snapshot();
        return subscription == null
                ? targets.of(
                        snapshot, message.target().owner(), message.target().name())
                : targets.of(snapshot, subscription);
    }

    /** The policy in force: the subscription's, the handler's, the service's, the configured one. */
    RetryPolicy retryPolicy(Subscription subscription, Target target) {
        if (subscription != null && subscription.retry() != null) {
            return subscription.retry();
        }
        if (target != null && target.handler() != null && target.handler().retryPolicy() != null) {
            return target.handler().retryPolicy();
        }
        if (target != null && target.service() != null && target.service().retryPolicy() != null) {
            return target.service().retryPolicy();
        }
        return config.defaultRetryPolicy();
    }
}
