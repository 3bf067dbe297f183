package dev.keyway.admin.rest;

import dev.keyway.admin.config.Masking;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.HandlerType;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.Subscription;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Subscriptions in answers: Restate's fields first, then ours. */
final class SubscriptionJson {

    private SubscriptionJson() {}

    static JsonObject write(Subscription subscription, Collection<String> info) {
        JsonObject options = new JsonObject();
        Masking.mask(subscription.options()).forEach(options::put);
        JsonObject codecOptions = new JsonObject();
        subscription.codecOptions().forEach(codecOptions::put);
        return Routes.compact(new JsonObject()
                .put("id", subscription.id())
                .put("source", subscription.source())
                .put("sink", subscription.sink())
                .put("options", options)
                .put("info", info.isEmpty() ? null : Infos.of(info))
                .put("retry", subscription.retry() == null ? null : RetryJson.write(subscription.retry()))
                .put("on_failure", SubscriptionRequest.word(subscription.onFailure()))
                .put("on_terminal", SubscriptionRequest.word(subscription.onTerminal()))
                .put("null_key", SubscriptionRequest.word(subscription.nullKey()))
                .put("dead_letter_topic", subscription.deadLetterTopic())
                .put("codec", subscription.codec())
                .put("codec_options", codecOptions.isEmpty() ? null : codecOptions)
                .put("batch", subscription.batch() == null ? null : BatchJson.write(subscription.batch()))
                .put("reply", reply(subscription.reply()))
                .put("paused", subscription.desired().paused())
                .put("seek", seek(subscription.desired().seek()))
                .put("created_at", subscription.createdAt().toString()));
    }

    private static JsonObject reply(dev.keyway.admin.model.Reply reply) {
        return reply == null
                ? null
                : new JsonObject().put("egress", reply.egress()).put("topic", reply.topic());
    }

    static JsonObject seek(Subscription.Seek seek) {
        if (seek == null) {
            return null;
        }
        JsonObject offsets = new JsonObject();
        seek.offsets().forEach((partition, offset) -> offsets.put(String.valueOf(partition), offset));
        return Routes.compact(new JsonObject()
                .put("epoch", seek.epoch())
                .put("to", SubscriptionRequest.word(seek.position()))
                .put("topic", seek.topic())
                .put("timestamp", seek.timestamp())
                .put("offsets", offsets.isEmpty() ? null : offsets));
    }

    /** What a user should know of a subscription that stands in the registry. */
    static List<String> info(RegistrySnapshot state, Subscription subscription) {
        List<String> info = new ArrayList<>();
        KafkaCluster cluster = state.clusters().get(subscription.cluster());
        if (cluster == null) {
            info.add("cluster '" + subscription.cluster() + "' is not defined; nothing is read");
        } else {
            try {
                info.addAll(SubscriptionCheck.resolve(cluster, subscription).info());
            } catch (ApiError e) {
                info.add(e.getMessage());
            }
        }
        info.addAll(origins(state, subscription));
        info.addAll(alone(state, subscription));
        Deployment deployment = SubscriptionCheck.deployment(state, subscription);
        if (subscription.batch() != null && deployment != null && deployment.protocol() != Protocol.HTTP) {
            info.add("batch has no effect: " + deployment.id() + " serves the handler now, and speaks protocol '"
                    + SubscriptionRequest.word(deployment.protocol()) + "'; every record goes alone");
        }
        Service service = state.services().get(subscription.service());
        if (service == null || service.handler(subscription.handler()) == null) {
            info.add("no deployment serves " + subscription.service() + "/" + subscription.handler()
                    + " any more; its records wait");
        }
        return info;
    }

    /** Other subscriptions that call the same exclusive handlers of the same object. */
    static List<String> origins(RegistrySnapshot state, Subscription subscription) {
        Service service = state.services().get(subscription.service());
        if (service == null
                || !service.ty().keyed()
                || service.exclusivity() != Service.Exclusivity.PROCESS
                || subscription.handlerType() == HandlerType.SHARED) {
            return List.of();
        }
        List<String> others = state.subscriptions().values().stream()
                .filter(other -> other.service().equals(subscription.service())
                        && other.handlerType() != HandlerType.SHARED
                        && !other.id().equals(subscription.id()))
                .map(Subscription::id)
                .toList();
        if (others.isEmpty()) {
            return List.of();
        }
        return List.of(service.name() + " also gets events from " + String.join(", ", others)
                + ": with exclusivity 'process', one call at a time per key holds for events of all of them only while one "
                + "instance reads them; several instances may call one key at the same time");
    }

    /** Why its records go one by one although it asks for batches. */
    static List<String> alone(RegistrySnapshot state, Subscription subscription) {
        Service service = state.services().get(subscription.service());
        if (subscription.batch() == null
                || service == null
                || service.exclusivity() != Service.Exclusivity.CLUSTER
                || subscription.handlerType() != HandlerType.EXCLUSIVE) {
            return List.of();
        }
        return List.of("batch has no effect: exclusivity of '" + service.name()
                + "' is 'cluster', so the owners of the slots call its exclusive handlers; every record goes alone");
    }

    static JsonArray array(List<JsonObject> objects) {
        return new JsonArray(new ArrayList<>(objects));
    }
}
