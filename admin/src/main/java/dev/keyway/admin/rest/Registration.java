package dev.keyway.admin.rest;

import dev.keyway.admin.discovery.Manifest;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Deployment.ServiceRevision;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.registry.Registry.Edit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What registering a deployment makes of the registry's state. Pure. */
final class Registration {

    private Registration() {}

    /** A deployment as it will stand, the full text of its services, and the records to write. */
    record Plan(Deployment deployment, List<Service> services, List<Edit> edits, List<String> info) {}

    /** The deployment at this address, or {@code null}. */
    static Deployment at(RegistrySnapshot state, String uri) {
        for (Deployment deployment : state.deployments().values()) {
            if (deployment.uri().equals(uri)) {
                return deployment;
            }
        }
        return null;
    }

    /** @param existing what is replaced, {@code null} for a new address */
    static Plan plan(
            RegistrySnapshot state,
            DeploymentRequest request,
            Manifest manifest,
            Deployment existing,
            String newId,
            Instant now) {
        String id = existing == null ? newId : existing.id();
        List<Service> services = new ArrayList<>();
        List<Edit> edits = new ArrayList<>();
        List<String> info = new ArrayList<>();
        Map<String, Service> offered = new LinkedHashMap<>();
        manifest.services().forEach(service -> offered.put(service.name(), service));
        for (Service service : manifest.services()) {
            Service last = state.services().get(service.name());
            if (last != null && last.ty() != service.ty() && !request.breaking() && !request.force()) {
                throw ApiError.meta(
                        409,
                        "META0006",
                        "service '" + service.name() + "' changes its type from "
                                + last.ty().wireName() + " to "
                                + service.ty().wireName()
                                + "; if that is meant, register it with \"breaking\": true");
            }
            Service revised =
                    revise(service, id, revision(state, service.name()) + 1, Exclusivities.kept(service, last));
            services.add(revised);
            edits.add(new Edit.PutService(revised.name(), revised));
            warnOfSubscriptions(state, revised, last, info);
        }
        if (existing != null) {
            for (ServiceRevision old : existing.services()) {
                Service last = state.services().get(old.name());
                if (!offered.containsKey(old.name())
                        && last != null
                        && last.deploymentId().equals(id)) {
                    edits.add(new Edit.PutService(old.name(), null));
                    warnOfLoss(state, old.name(), info);
                }
            }
        }
        Deployment deployment = new Deployment(
                id,
                request.uri().toString(),
                request.protocol(),
                request.headers(),
                request.metadata(),
                request.http11(),
                manifest.requestResponse(),
                manifest.minProtocolVersion(),
                manifest.maxProtocolVersion(),
                manifest.sdkVersion(),
                request.maxConcurrency(),
                request.callTimeout(),
                existing == null ? now : existing.createdAt(),
                services.stream()
                        .map(service -> new ServiceRevision(service.name(), service.revision()))
                        .toList(),
                request.pacing());
        edits.add(0, new Edit.PutDeployment(id, deployment));
        return new Plan(deployment, services, edits, info);
    }

    private static int revision(RegistrySnapshot state, String name) {
        int newest = 0;
        for (Deployment deployment : state.deployments().values()) {
            for (ServiceRevision each : deployment.services()) {
                newest = each.name().equals(name) ? Math.max(newest, each.revision()) : newest;
            }
        }
        Service service = state.services().get(name);
        return service == null ? newest : Math.max(newest, service.revision());
    }

    private static void warnOfSubscriptions(RegistrySnapshot state, Service service, Service last, List<String> info) {
        if (last == null) {
            return;
        }
        for (Handler handler : last.handlers()) {
            List<String> users = users(state, service.name(), handler.name());
            Handler now = service.handler(handler.name());
            if (!users.isEmpty() && now == null) {
                info.add(service.name() + "/" + handler.name() + " is gone and " + String.join(", ", users)
                        + " sends events to it; they wait");
            } else if (!users.isEmpty() && now.ty() != handler.ty()) {
                info.add(service.name() + "/" + handler.name() + " changes its kind; " + String.join(", ", users)
                        + " keeps the one it was created with until it is created anew");
            }
        }
    }

    static void warnOfLoss(RegistrySnapshot state, String service, List<String> info) {
        List<String> users = users(state, service, null);
        info.add(service + " is not served any more"
                + (users.isEmpty() ? "" : "; events of " + String.join(", ", users) + " wait"));
    }

    private static List<String> users(RegistrySnapshot state, String service, String handler) {
        return state.subscriptions().values().stream()
                .filter(each -> each.service().equals(service)
                        && (handler == null || each.handler().equals(handler)))
                .map(Subscription::id)
                .toList();
    }

    /** The same service at another deployment and revision. */
    static Service revise(Service s, String deploymentId, int revision) {
        return revise(s, deploymentId, revision, s.exclusivity());
    }

    private static Service revise(Service s, String deploymentId, int revision, Service.Exclusivity exclusivity) {
        return new Service(
                s.name(),
                s.ty(),
                deploymentId,
                revision,
                s.isPublic(),
                s.handlers(),
                s.retryPolicy(),
                exclusivity,
                s.inactivityTimeout(),
                s.abortTimeout(),
                s.journalRetention(),
                s.idempotencyRetention(),
                s.workflowCompletionRetention(),
                s.enableLazyState(),
                s.documentation(),
                s.metadata());
    }
}
