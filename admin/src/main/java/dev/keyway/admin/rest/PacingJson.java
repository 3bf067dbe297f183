package dev.keyway.admin.rest;

import dev.keyway.admin.model.DurationText;
import dev.keyway.admin.model.Pacing;
import dev.keyway.admin.model.Pacing.CircuitBreaker;
import dev.keyway.admin.model.Pacing.RateLimit;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/** How a deployment's calls are held back, in requests and answers. */
final class PacingJson {

    static final String ADAPTIVE = "adaptive_concurrency";
    static final String RATE = "rate_limit";
    static final String CIRCUIT = "circuit_breaker";
    private static final int MOST = 1_000_000;
    private static final double LEAST_RATE = 0.001;
    private static final int MOST_FAILURES = 1_000;
    private static final Duration LEAST_PROBE = Duration.ofMillis(10);
    private static final Duration MOST_PROBE = Duration.ofHours(1);

    private PacingJson() {}

    /** Reads what the body mentions; {@code null} brings back the default, the rest comes from {@code otherwise}. */
    static Pacing read(JsonBody body, Pacing otherwise) {
        return new Pacing(
                body.mentions(ADAPTIVE) ? body.flag(ADAPTIVE, Pacing.DEFAULT.adaptive()) : otherwise.adaptive(),
                body.mentions(RATE) ? readRate(body.object(RATE)) : otherwise.rateLimit(),
                body.mentions(CIRCUIT) ? readCircuit(body.object(CIRCUIT)) : otherwise.circuitBreaker());
    }

    private static RateLimit readRate(JsonBody object) {
        if (object == null) {
            return null;
        }
        object.onlyKnown(List.of("events_per_second", "burst"));
        Double rate = object.decimal("events_per_second");
        if (rate == null) {
            throw object.bad("events_per_second", "is missing; to lift the limit write \"rate_limit\": null");
        }
        if (!(rate >= LEAST_RATE && rate <= MOST)) {
            throw object.bad("events_per_second", rate + " is not between " + LEAST_RATE + " and " + MOST);
        }
        Long burst = object.integer("burst", 1, MOST);
        return new RateLimit(rate, burst == null ? Math.max(1, (int) Math.ceil(rate)) : burst.intValue());
    }

    private static CircuitBreaker readCircuit(JsonBody object) {
        if (object == null) {
            return CircuitBreaker.DEFAULT;
        }
        object.onlyKnown(List.of("enabled", "failures", "max_probe_interval"));
        Long failures = object.integer("failures", 1, MOST_FAILURES);
        Duration probe = object.duration("max_probe_interval");
        if (probe != null && (probe.compareTo(LEAST_PROBE) < 0 || probe.compareTo(MOST_PROBE) > 0)) {
            throw object.bad(
                    "max_probe_interval",
                    DurationText.format(probe) + " is not between " + DurationText.format(LEAST_PROBE) + " and "
                            + DurationText.format(MOST_PROBE));
        }
        CircuitBreaker usual = CircuitBreaker.DEFAULT;
        return new CircuitBreaker(
                object.flag("enabled", usual.enabled()),
                failures == null ? usual.failures() : failures.intValue(),
                probe == null ? usual.maxProbeInterval() : probe);
    }

    /** {@code null} for no limit. */
    static JsonObject rate(RateLimit limit) {
        return limit == null
                ? null
                : new JsonObject()
                        .put("events_per_second", limit.eventsPerSecond())
                        .put("burst", limit.burst());
    }

    /** {@code null} for the default, which is left out as in Restate's own answers. */
    static JsonObject circuit(CircuitBreaker breaker) {
        return breaker.equals(CircuitBreaker.DEFAULT)
                ? null
                : new JsonObject()
                        .put("enabled", breaker.enabled())
                        .put("failures", breaker.failures())
                        .put("max_probe_interval", DurationText.format(breaker.maxProbeInterval()));
    }
}
