package dev.keyway.gateway.source;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/** What a source adds to the properties of its consumer. */
final class ConsumerSettings {
    private static final long DEFAULT_MAX_POLL_INTERVAL_MS = 300_000;
    private static final long DEFAULT_FETCH_MAX_WAIT_MS = 500;
    private static final int MAX_POLL_RECORDS = 1_000;
    private static final long DEFAULT_HEARTBEAT_MS = 3_000;
    /** Of a session at least: so many heartbeats and looks at them keep the lease of an idle source young. */
    private static final int BEATS_PER_SESSION = 12;

    private ConsumerSettings() {}

    /** Keyway commits itself, and an offset that is out of range must never jump to the end by itself. */
    static Map<String, Object> consumer(Map<String, Object> resolved) {
        Map<String, Object> properties = new HashMap<>(resolved);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        long beat = beat(properties);
        if (number(properties, ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, DEFAULT_HEARTBEAT_MS) > beat
                && isClassic(properties)) {
            properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int) beat);
        }
        return properties;
    }

    static boolean isClassic(Map<String, Object> consumer) {
        return !"consumer".equalsIgnoreCase(String.valueOf(consumer.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG)));
    }

    /** How often at least membership should be proved, in milliseconds. */
    static long beat(Map<String, Object> consumer) {
        return Math.max(
                1,
                number(consumer, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, Membership.DEFAULT_MS) / BEATS_PER_SESSION);
    }

    static long maxPollInterval(Map<String, Object> resolved) {
        return number(resolved, ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, DEFAULT_MAX_POLL_INTERVAL_MS);
    }

    /** How long the broker may keep a fetch that finds no records. */
    static long fetchWaitNanos(Map<String, Object> resolved) {
        return number(resolved, ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, DEFAULT_FETCH_MAX_WAIT_MS) * 1_000_000;
    }

    static long number(Map<String, Object> properties, String name, long standard) {
        Object value = properties.get(name);
        return value == null ? standard : Long.parseLong(value.toString().trim());
    }
}
