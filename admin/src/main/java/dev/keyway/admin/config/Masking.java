package dev.keyway.admin.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Which client properties hold secrets. Same rule as Restate's admin API, plus the Java client's PEM properties. */
public final class Masking {

    /** What stands in place of a secret. */
    public static final String MASK = "***";

    private static final Set<String> SECRET = Set.of(
            "sasl.username",
            "sasl.jaas.config",
            "sasl.oauthbearer.config",
            "sasl.oauthbearer.token.endpoint.url",
            "sasl.oauthbearer.assertion.private.key.pem",
            "ssl.key.location",
            "ssl.key.pem",
            "ssl.keystore.key",
            "ssl.keystore.location",
            "ssl.truststore.location");

    private Masking() {}

    /** Whether the property's value must not be shown. */
    public static boolean isSecret(String property) {
        String name = property.toLowerCase(Locale.ROOT);
        return name.contains("password")
                || name.contains("secret")
                || name.contains("passphrase")
                || SECRET.contains(name);
    }

    /** The value, or {@link #MASK} when the property is secret. */
    public static String show(String property, String value) {
        return isSecret(property) ? MASK : value;
    }

    /** The properties in their order, secrets masked. */
    public static Map<String, String> mask(Map<String, String> properties) {
        Map<String, String> masked = new LinkedHashMap<>(properties);
        masked.replaceAll(Masking::show);
        return masked;
    }
}
