package dev.keyway.admin.registry;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which properties and headers hold a value that grants access by itself, and therefore leaves the process only as a
 * reference or encrypted. Narrower than what answers mask ({@code Masking}): a user name or a path is hidden there, but
 * no secret.
 */
final class SecretNames {

    private static final List<String> PARTS = List.of("password", "secret", "passphrase");
    private static final Set<String> STRUCTURED = Set.of("sasl.jaas.config", "sasl.oauthbearer.config");
    private static final Set<String> KEYS =
            Set.of("ssl.key.pem", "ssl.keystore.key", "sasl.oauthbearer.assertion.private.key.pem");
    private static final List<String> HEADER_PARTS =
            List.of("authorization", "cookie", "token", "api-key", "apikey", "password", "secret", "credential");
    private static final Pattern REFERENCE = Pattern.compile("(?<!\\$)\\$\\{(?:env|file):[^}]+}");

    private SecretNames() {}

    /** Whether the value of this Kafka property is a secret. */
    static boolean secret(String property) {
        String name = lower(property);
        return STRUCTURED.contains(name)
                || KEYS.contains(name)
                || PARTS.stream().anyMatch(name::contains);
    }

    /** Whether the value of this request header usually is a secret. */
    static boolean secretHeader(String header) {
        String name = lower(header);
        return HEADER_PARTS.stream().anyMatch(name::contains);
    }

    /**
     * Whether the value names its secret instead of holding it: it ends with an {@code ${env:…}} or {@code ${file:…}}
     * that at most a scheme such as {@code Bearer} precedes, or, for properties with several fields
     * ({@code sasl.jaas.config}), holds one.
     */
    static boolean reference(String name, String value) {
        if (STRUCTURED.contains(lower(name))) {
            return REFERENCE.matcher(value).find();
        }
        String rest = REFERENCE.matcher(value).replaceAll("");
        return rest.length() < value.length() && rest.matches("([A-Za-z]{1,16} )?");
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
