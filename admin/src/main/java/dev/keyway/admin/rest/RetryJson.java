package dev.keyway.admin.rest;

import dev.keyway.admin.model.DurationText;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.RetryPolicy;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/** Retry policies in requests and answers. */
final class RetryJson {

    private static final List<String> FIELDS =
            List.of("initial_interval", "exponentiation_factor", "max_interval", "max_attempts", "max_age");

    private RetryJson() {}

    /** Reads a policy; what it does not mention comes from {@code otherwise}. {@code null} for no object. */
    static RetryPolicy read(JsonBody object, RetryPolicy otherwise) {
        if (object == null) {
            return null;
        }
        object.onlyKnown(FIELDS);
        Duration initial = object.duration("initial_interval");
        Duration max = object.duration("max_interval");
        Double factor = object.decimal("exponentiation_factor");
        if (factor != null && !(factor >= 1 && factor <= 1000)) {
            throw object.bad("exponentiation_factor", factor + " is not between 1 and 1000");
        }
        RetryPolicy policy = new RetryPolicy(
                initial == null ? otherwise.initialInterval() : initial,
                factor == null ? otherwise.factor() : factor,
                max == null ? otherwise.maxInterval() : max,
                object.has("max_attempts") ? attempts(object) : otherwise.maxAttempts(),
                object.mentions("max_age") ? object.duration("max_age") : otherwise.maxAge(),
                otherwise.onMaxAttempts());
        if (policy.initialInterval().isZero()) {
            throw object.bad("initial_interval", "must be longer than nothing");
        }
        if (policy.maxInterval().compareTo(policy.initialInterval()) < 0) {
            throw object.bad(
                    max == null ? "initial_interval" : "max_interval",
                    "max_interval " + DurationText.format(policy.maxInterval()) + " is shorter than initial_interval "
                            + DurationText.format(policy.initialInterval()));
        }
        return policy;
    }

    private static int attempts(JsonBody object) {
        if (object.isNumber("max_attempts")) {
            return object.integer("max_attempts", 1, Integer.MAX_VALUE).intValue();
        }
        object.word("max_attempts", null, List.of("unlimited"));
        return 0;
    }

    /** As the subscription resource shows it. */
    static JsonObject write(RetryPolicy policy) {
        return Routes.compact(new JsonObject()
                .put("initial_interval", DurationText.format(policy.initialInterval()))
                .put("exponentiation_factor", policy.factor())
                .put("max_interval", DurationText.format(policy.maxInterval()))
                .put("max_attempts", policy.maxAttempts() == 0 ? "unlimited" : policy.maxAttempts())
                .put("max_age", policy.maxAge() == null ? null : DurationText.format(policy.maxAge())));
    }

    /** As Restate shows it for services and handlers. */
    static JsonObject writeRestate(RetryPolicy policy) {
        return Routes.compact(new JsonObject()
                .put("initial_interval", DurationText.format(policy.initialInterval()))
                .put("exponentiation_factor", policy.factor())
                .put("max_attempts", policy.maxAttempts() == 0 ? null : policy.maxAttempts())
                .put("max_interval", DurationText.format(policy.maxInterval()))
                .put("on_max_attempts", policy.onMaxAttempts() == OnFailure.DISCARD ? "Kill" : "Pause"));
    }
}
