package dev.keyway.admin.rest;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.registry.Registry;
import dev.keyway.admin.registry.Registry.Edit;
import dev.keyway.admin.registry.Registry.Update;
import dev.keyway.admin.rest.SubscriptionUris.Sink;
import dev.keyway.admin.rest.SubscriptionUris.Source;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** {@code /subscriptions}: create, list, get, change, delete. */
final class SubscriptionResource {

    private final Registry registry;
    private final KafkaCalls kafka;
    private final SubscriptionCheck check;
    private final LiveState live;
    private final ModuleIngresses ingresses;
    private final RetryPolicy defaults;
    private final Ids ids;
    private final Clock clock;

    SubscriptionResource(
            Registry registry,
            KafkaCalls kafka,
            SubscriptionCheck check,
            LiveState live,
            ModuleIngresses ingresses,
            RetryPolicy defaults,
            Ids ids,
            Clock clock) {
        this.registry = registry;
        this.kafka = kafka;
        this.check = check;
        this.live = live;
        this.ingresses = ingresses;
        this.defaults = defaults;
        this.ids = ids;
        this.clock = clock;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.post("/subscriptions", this::create),
                Endpoint.get("/subscriptions", this::list),
                Endpoint.get("/subscriptions/{subscription}", this::get),
                Endpoint.patch("/subscriptions/{subscription}", this::patch),
                Endpoint.delete("/subscriptions/{subscription}", this::delete));
    }

    private Future<Reply> create(ApiRequest request) {
        JsonBody body = request.json();
        String sourceText = body.required("source");
        String sinkText = body.required("sink");
        SubscriptionRequest wanted = SubscriptionRequest.create(body, defaults);
        Source source = SubscriptionUris.source(sourceText);
        Sink sink = SubscriptionUris.sink(sinkText);
        String id = ids.next("sub");
        RegistrySnapshot state = Loaded.state(registry);
        Subscription draft = draft(state, id, source, sink, sinkText, wanted);
        String problem = Topics.problem(draft.topic());
        if (problem != null) {
            throw ApiError.badRequest("invalid source URI '" + sourceText + "': " + problem);
        }
        return kafka.blocking(() -> check.run(state, draft))
                .compose(found -> registry.update(newest -> {
                    Subscription again = draft(newest, id, source, sink, sinkText, wanted);
                    Subscription created = again.with(found.options(), found.start());
                    SubscriptionCheck.refuseOverlap(newest, created, found.clusterIds());
                    EgressCheck.refuseStale(state, newest, created);
                    List<String> info = new ArrayList<>(found.info());
                    info.addAll(SubscriptionJson.origins(newest, created));
                    info.addAll(SubscriptionJson.alone(newest, created));
                    return new Update<>(
                            List.of(new Edit.PutSubscription(id, created)),
                            SubscriptionJson.write(created, info).put("state", "starting"));
                }))
                .map(answer -> Reply.created("subscriptions/" + id, answer));
    }

    private Subscription draft(
            RegistrySnapshot state, String id, Source source, Sink sink, String sinkText, SubscriptionRequest wanted) {
        KafkaCluster cluster = state.clusters().get(source.cluster());
        if (cluster == null) {
            throw ApiError.badRequest("the Kafka cluster '" + source.cluster() + "' in the source URI is not known; "
                    + "available clusters: " + Routes.list(state.clusters().keySet()));
        }
        Service service = state.services().get(sink.service());
        Handler handler = service == null ? null : service.handler(sink.handler());
        if (handler == null) {
            throw SubscriptionUris.meta(
                    "invalid sink URI '" + sinkText + "': cannot find service/handler specified in the sink URI.");
        }
        if (service.ty() == ServiceType.WORKFLOW) {
            throw ApiError.badRequest(
                    "'" + sinkText + "' is a handler of a Workflow; events cannot start workflows yet, "
                            + "because that needs durable steps. Subscribe a Service or a VirtualObject");
        }
        Deployment deployment = state.deployments().get(service.deploymentId());
        Protocol protocol = deployment == null ? Protocol.HTTP : deployment.protocol();
        return new Subscription(
                id,
                source.toString(),
                sink.toString(),
                source.cluster(),
                source.topic(),
                sink.service(),
                sink.handler(),
                handler.ty(),
                wanted.options(),
                wanted.retry(),
                wanted.onFailure(),
                wanted.onTerminalFor(protocol),
                wanted.nullKey(),
                wanted.deadLetterTopic(),
                wanted.codec(),
                wanted.codecOptions(),
                wanted.batch(),
                wanted.reply(),
                null,
                Subscription.Desired.RUNNING,
                clock.instant());
    }

    private Future<Reply> list(ApiRequest request) {
        String sink = request.query("sink");
        String source = request.query("source");
        Loaded.state(registry);
        return live.states().map(states -> {
            RegistrySnapshot state = registry.snapshot();
            List<JsonObject> shown = state.subscriptions().values().stream()
                    .filter(each -> sink == null || sink.equals(each.sink()))
                    .filter(each -> source == null || source.equals(each.source()))
                    .sorted(Comparator.comparing(Subscription::createdAt))
                    .map(each -> SubscriptionJson.write(each, List.of())
                            .mergeIn(states.apply(each.id(), each.desired().paused())))
                    .toList();
            List<JsonObject> all = new ArrayList<>(shown);
            ingresses.list(states).stream()
                    .filter(each -> sink == null || sink.equals(each.getString("sink")))
                    .filter(each -> source == null || source.equals(each.getString("source")))
                    .forEach(all::add);
            return Reply.ok(new JsonObject().put("subscriptions", SubscriptionJson.array(all)));
        });
    }

    private Future<Reply> get(ApiRequest request) {
        if (ModuleIngresses.names(request)) {
            return ingresses.get(request);
        }
        Subscription found = find(Loaded.state(registry), request);
        return live.status(found.id(), found.desired().paused())
                .map(status -> Reply.ok(write(found).mergeIn(status)));
    }

    private JsonObject write(Subscription subscription) {
        return SubscriptionJson.write(subscription, SubscriptionJson.info(registry.snapshot(), subscription));
    }

    private Future<Reply> patch(ApiRequest request) {
        if (ModuleIngresses.names(request)) {
            throw ingresses.refusal(request);
        }
        JsonBody body = request.json();
        RegistrySnapshot state = Loaded.state(registry);
        Subscription changed = changed(state, request, body);
        return kafka.blocking(() -> check.change(state, changed))
                .compose(found -> registry.update(newest -> {
                    Subscription again = changed(newest, request, body);
                    EgressCheck.refuseStale(state, newest, again);
                    Collection<String> info = new ArrayList<>(found);
                    info.addAll(SubscriptionJson.origins(newest, again));
                    info.addAll(SubscriptionJson.alone(newest, again));
                    return new Update<>(
                            List.of(new Edit.PutSubscription(again.id(), again)),
                            Reply.ok(SubscriptionJson.write(again, info)));
                }));
    }

    private Subscription changed(RegistrySnapshot state, ApiRequest request, JsonBody body) {
        Subscription present = find(state, request);
        SubscriptionRequest wanted = SubscriptionRequest.patch(body, present, defaults);
        Service service = state.services().get(present.service());
        Deployment deployment = service == null ? null : state.deployments().get(service.deploymentId());
        return new Subscription(
                present.id(),
                present.source(),
                present.sink(),
                present.cluster(),
                present.topic(),
                present.service(),
                present.handler(),
                present.handlerType(),
                wanted.options(),
                wanted.retry(),
                wanted.onFailure(),
                wanted.onTerminalFor(deployment == null ? Protocol.HTTP : deployment.protocol()),
                wanted.nullKey(),
                wanted.deadLetterTopic(),
                wanted.codec(),
                wanted.codecOptions(),
                wanted.batch(),
                wanted.reply(),
                present.start(),
                present.desired(),
                present.createdAt());
    }

    private Future<Reply> delete(ApiRequest request) {
        if (ModuleIngresses.names(request)) {
            throw ingresses.refusal(request);
        }
        String id = request.id("subscription", "sub");
        Loaded.state(registry);
        return registry.update(state -> {
            if (!state.subscriptions().containsKey(id)) {
                throw missing(id);
            }
            return new Update<>(List.of(new Edit.PutSubscription(id, null)), Reply.empty(202));
        });
    }

    static Subscription find(RegistrySnapshot state, ApiRequest request) {
        String id = request.id("subscription", "sub");
        Subscription found = state.subscriptions().get(id);
        if (found == null) {
            throw missing(id);
        }
        return found;
    }

    private static ApiError missing(String id) {
        return ApiError.notFound("not found in the schema registry: subscription with id '" + id + "'");
    }
}
