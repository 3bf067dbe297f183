package dev.keyway.admin.rest;

import dev.keyway.admin.config.Masking;
import dev.keyway.admin.kafka.ProducerOptions;
import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.DurationText;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Subscription;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** Egresses in answers. */
final class EgressJson {

    private EgressJson() {}

    static JsonObject write(RegistrySnapshot state, Egress egress, Collection<String> info) {
        JsonObject properties = new JsonObject();
        Masking.mask(egress.properties()).forEach(properties::put);
        return Routes.compact(new JsonObject()
                .put("id", egress.id())
                .put("cluster", egress.cluster())
                .put("address", egress.address())
                .put("delivery_semantic", egress.semantic().wireName())
                .put("transaction_timeout", timeoutText(egress))
                .put("properties", properties)
                .put("subscriptions", new JsonArray(users(state, egress.id())))
                .put("info", Infos.orNull(info)));
    }

    private static String timeoutText(Egress egress) {
        return egress.semantic() == DeliverySemantic.EXACTLY_ONCE || egress.transactionTimeout() != null
                ? DurationText.format(transactionTimeout(egress))
                : null;
    }

    /** The timeout in force. */
    static Duration transactionTimeout(Egress egress) {
        return egress.transactionTimeout() == null ? ProducerOptions.TRANSACTION_TIMEOUT : egress.transactionTimeout();
    }

    /** Subscriptions whose replies go there. */
    static List<String> users(RegistrySnapshot state, String egress) {
        return state.subscriptions().values().stream()
                .filter(each -> each.reply() != null && each.reply().egress().equals(egress))
                .map(Subscription::id)
                .toList();
    }
}
