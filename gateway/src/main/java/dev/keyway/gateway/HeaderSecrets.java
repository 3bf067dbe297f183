package dev.keyway.gateway;

import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.RegistrySnapshot;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * The values of secret references in deployments' additional headers, read on workers before event loops need them. A
 * value that was read stays until no deployment names it any more; one that could not be read is tried again whenever it
 * is asked for. Any thread; never blocks.
 */
final class HeaderSecrets implements UnaryOperator<String> {
    private static final String UNREAD = "a secret reference of an additional header is still being read";

    private final Vertx vertx;
    private final Secrets secrets;
    private final Map<String, String> values = new ConcurrentHashMap<>();
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    private final Set<String> reading = ConcurrentHashMap.newKeySet();

    HeaderSecrets(Vertx vertx, Secrets secrets) {
        this.vertx = vertx;
        this.secrets = secrets;
    }

    /** Reads what the deployments name, and forgets the rest. */
    void follow(RegistrySnapshot snapshot) {
        Set<String> named = new HashSet<>();
        for (Deployment deployment : snapshot.deployments().values()) {
            for (String text : deployment.additionalHeaders().values()) {
                if (Secrets.isReference(text)) {
                    named.add(text);
                }
            }
        }
        values.keySet().retainAll(named);
        failures.keySet().retainAll(named);
        named.forEach(this::read);
    }

    /** @throws IllegalArgumentException while the value is not there; the message is fit for users */
    @Override
    public String apply(String text) {
        if (!Secrets.isReference(text)) {
            // Only undoes the escaping of texts that look like references.
            return secrets.resolve(text);
        }
        String value = values.get(text);
        if (value == null) {
            read(text);
            throw new IllegalArgumentException(failures.getOrDefault(text, UNREAD));
        }
        return value;
    }

    private void read(String text) {
        if (values.containsKey(text) || !reading.add(text)) {
            return;
        }
        vertx.executeBlocking(() -> secrets.resolve(text), false).onComplete((value, failure) -> {
            if (failure == null) {
                values.put(text, value);
                failures.remove(text);
            } else {
                failures.put(text, failure.getMessage());
            }
            reading.remove(text);
        });
    }
}
