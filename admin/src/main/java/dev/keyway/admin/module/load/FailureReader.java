package dev.keyway.admin.module.load;

import dev.keyway.admin.kafka.TopicName;
import dev.keyway.admin.model.DurationText;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.module.InvalidRecords;
import dev.keyway.admin.module.yaml.Fields;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.event.Level;

/**
 * Reads what an ingress does with records that fail: {@code keyway} and {@code invalidRecordHandling}. Immutable.
 *
 * @param retry {@code null} takes the configured default
 * @param deadLetterTopic {@code null} means {@code <topic>.dlq}
 * @param invalid of the ingress
 */
record FailureReader(OnFailure onFailure, RetryPolicy retry, String deadLetterTopic, InvalidRecords invalid) {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(3650);
    private static final List<String> ON_FAILURE = List.of("pause", "dead-letter", "discard");
    private static final List<String> LEVELS = List.of("debug", "info", "warn", "error");
    private static final Map<String, OnFailure> ACTIONS =
            Map.of("skip", OnFailure.DISCARD, "fail", OnFailure.PAUSE, "dead-letter", OnFailure.DEAD_LETTER);

    static FailureReader read(Fields ingress, RetryPolicy defaults) {
        Fields keyway = ingress.fields("keyway", Shapes.KEYWAY);
        OnFailure onFailure =
                keyway == null ? OnFailure.PAUSE : OnFailure.valueOf(constant(keyway.word("on_failure", ON_FAILURE)));
        return new FailureReader(
                onFailure,
                keyway == null ? null : retry(keyway.fields("retry", Shapes.RETRY), defaults),
                keyway == null ? null : keyway.read("dead_letter_topic", TopicName::checked),
                invalidRecords(ingress, new InvalidRecords(onFailure, Level.WARN)));
    }

    /** What a topic does: what it does not say comes from the ingress. */
    InvalidRecords invalidRecords(Fields topic) {
        return invalidRecords(topic, invalid);
    }

    private static InvalidRecords invalidRecords(Fields owner, InvalidRecords otherwise) {
        Fields handling = owner.fields("invalidRecordHandling", Shapes.INVALID_RECORDS);
        String type = handling == null ? null : handling.word("type", List.of("skip", "fail", "dead-letter"));
        if (type == null) {
            return otherwise;
        }
        return new InvalidRecords(
                ACTIONS.get(type),
                Level.valueOf(handling.word("logLevel", LEVELS).toUpperCase(Locale.ROOT)));
    }

    private static RetryPolicy retry(Fields retry, RetryPolicy defaults) {
        if (retry == null) {
            return null;
        }
        Duration initial = retry.keywayDuration("initial_interval", SHORTEST, LONGEST);
        Duration max = retry.keywayDuration("max_interval", SHORTEST, LONGEST);
        Double factor = retry.decimal("exponentiation_factor", 1, 1000);
        Integer attempts = retry.has("max_attempts")
                        && "unlimited".equals(retry.get("max_attempts").tree().text())
                ? Integer.valueOf(0)
                : retry.integer("max_attempts", 1, Integer.MAX_VALUE);
        Duration age = retry.keywayDuration("max_age", SHORTEST, LONGEST);
        RetryPolicy policy = new RetryPolicy(
                initial == null ? defaults.initialInterval() : initial,
                factor == null ? defaults.factor() : factor,
                max == null ? defaults.maxInterval() : max,
                attempts == null ? defaults.maxAttempts() : attempts,
                age == null ? defaults.maxAge() : age,
                defaults.onMaxAttempts());
        if (policy.maxInterval().compareTo(policy.initialInterval()) < 0) {
            retry.item()
                    .problem("has max_interval " + DurationText.format(policy.maxInterval())
                            + ", shorter than initial_interval " + DurationText.format(policy.initialInterval()));
        }
        return policy;
    }

    private static String constant(String word) {
        return word.replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
