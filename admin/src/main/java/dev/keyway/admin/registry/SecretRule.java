package dev.keyway.admin.registry;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.Subscription;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What becomes of secrets on their way to and from the registry topic: references pass, other secret values are
 * encrypted with the configured key, or refused when there is none (design section 5). Applies to options of
 * subscriptions, properties of clusters and egresses and additional headers of deployments. Immutable; any thread.
 */
final class SecretRule {

    private final Seal seal;

    /** @param seal {@code null} when no key is configured */
    SecretRule(Seal seal) {
        this.seal = seal;
    }

    /** The record as it may leave the process. */
    Record outgoing(String key, Record value) {
        return map(key, value, this::close);
    }

    /** The record as it is used here. */
    Record incoming(String key, Record value) {
        return map(key, value, this::open);
    }

    private interface Step {
        String apply(String place, String name, String value, boolean secret);
    }

    private static Record map(String key, Record value, Step step) {
        if (value instanceof Subscription s) {
            Map<String, String> options = each(key, s.options(), SecretNames::secret, step);
            return s.with(options, s.start());
        } else if (value instanceof KafkaCluster c) {
            return new KafkaCluster(
                    c.name(), each(key, c.properties(), SecretNames::secret, step), c.origin(), c.createdAt());
        } else if (value instanceof Egress e) {
            return new Egress(
                    e.id(),
                    e.cluster(),
                    e.address(),
                    e.semantic(),
                    e.transactionTimeout(),
                    each(key, e.properties(), SecretNames::secret, step));
        } else if (value instanceof Deployment d) {
            Map<String, String> headers = each(key, d.additionalHeaders(), SecretNames::secretHeader, step);
            return d.withHeaders(headers);
        }
        return value;
    }

    private static Map<String, String> each(
            String key, Map<String, String> values, Predicate<String> secret, Step step) {
        Map<String, String> result = new LinkedHashMap<>();
        values.forEach((name, value) -> result.put(name, step.apply(key + "#" + name, name, value, secret.test(name))));
        return result;
    }

    private String close(String place, String name, String value, boolean secret) {
        if (!secret || value.isEmpty() || SecretNames.reference(name, value)) {
            if (value.startsWith(Seal.MARK)) {
                throw new RegistryException(
                        RegistryException.Kind.REFUSED,
                        "the value of '" + name + "' starts with '" + Seal.MARK + "', which is reserved");
            }
            return value;
        }
        if (seal == null) {
            throw new RegistryException(
                    RegistryException.Kind.REFUSED,
                    "'" + name + "' holds a secret in plain text, and the registry keeps no plain secrets: write "
                            + "${env:NAME} or ${file:/path} instead, or set registry.secret-key on every instance, so "
                            + "that it is encrypted");
        }
        return seal.seal(place, value);
    }

    private String open(String place, String name, String value, boolean secret) {
        if (!value.startsWith(Seal.MARK)) {
            return value;
        }
        if (seal == null) {
            throw Seal.cannotOpen(
                    place,
                    "it was sealed with key " + Seal.keyIdOf(value) + ", and registry.secret-key is not set here");
        }
        return seal.open(place, value);
    }
}
