package dev.keyway.admin.rest;

import dev.keyway.admin.model.HandlerType;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription;
import java.util.List;

/** The field {@code exclusivity} of services, and which changes of it keep the order of keys. Pure. */
final class Exclusivities {
    private static final String FIELD = "exclusivity";

    private Exclusivities() {}

    /** What the body says, {@code otherwise} if it says nothing. */
    static Service.Exclusivity read(JsonBody body, ServiceType type, Service.Exclusivity otherwise) {
        if (!body.has(FIELD)) {
            return otherwise;
        }
        boolean cluster =
                body.word(FIELD, "process", List.of("process", "cluster")).equals("cluster");
        if (cluster && type != ServiceType.VIRTUAL_OBJECT) {
            throw body.bad(FIELD, "'cluster' is for a VirtualObject; a " + type.wireName() + " has it not");
        }
        return cluster ? Service.Exclusivity.CLUSTER : Service.Exclusivity.PROCESS;
    }

    /**
     * Refuses what could break the order of a key: records that were forwarded may still wait in the inbox, and those that
     * are read next would overtake them.
     */
    static void check(RegistrySnapshot state, Service service, Service.Exclusivity next) {
        if (service.exclusivity() != Service.Exclusivity.CLUSTER || next != Service.Exclusivity.PROCESS) {
            return;
        }
        List<String> users = state.subscriptions().values().stream()
                .filter(each -> each.service().equals(service.name()) && each.handlerType() != HandlerType.SHARED)
                .map(Subscription::id)
                .sorted()
                .toList();
        if (!users.isEmpty()) {
            throw ApiError.of(
                    409,
                    "exclusivity of '" + service.name() + "' cannot become 'process' while " + String.join(", ", users)
                            + " sends it events: those that wait in the inbox would be overtaken; delete the"
                            + " subscriptions first and create them anew");
        }
    }

    /** What a service keeps when it is registered anew: 'cluster', which only a PATCH takes back. */
    static Service.Exclusivity kept(Service service, Service last) {
        return last != null && last.ty() == service.ty() && last.exclusivity() == Service.Exclusivity.CLUSTER
                ? Service.Exclusivity.CLUSTER
                : service.exclusivity();
    }
}
