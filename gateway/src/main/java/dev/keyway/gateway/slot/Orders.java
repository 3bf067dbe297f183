package dev.keyway.gateway.slot;

import dev.keyway.admin.model.IngressState;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.model.Subscription.Desired;
import dev.keyway.admin.registry.Registry;
import dev.keyway.gateway.dispatch.FailureChoice;

/**
 * What operators ask of messages in trouble. It is in the registry (design section 5), so whoever has the slot obeys, if
 * the one who had it then did not live to. Any thread.
 */
public interface Orders {

    /** Whether the last word on a message was to discard it. */
    boolean discards(Place place);

    /** Those of the registry. */
    static Orders of(Registry registry) {
        return place -> {
            Desired desired = desired(registry.snapshot(), place.source());
            return desired != null
                    && place.offset() >= 0
                    && FailureChoice.discarded(desired, place.topic(), place.partition(), place.offset());
        };
    }

    private static Desired desired(RegistrySnapshot snapshot, String source) {
        IngressState ingress = snapshot.ingresses().get(source);
        if (ingress != null) {
            return ingress.desired();
        }
        Subscription subscription = snapshot.subscriptions().get(source);
        return subscription == null ? null : subscription.desired();
    }
}
