package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.config.Secrets;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeaderSecretsTest {
    private final Vertx vertx = Vertx.vertx();
    private final Map<String, String> environment = new ConcurrentHashMap<>();
    private final Set<String> threads = ConcurrentHashMap.newKeySet();
    private final HeaderSecrets headers = new HeaderSecrets(vertx, new Secrets(name -> {
        threads.add(Thread.currentThread().getName());
        return environment.get(name);
    }));

    @AfterEach
    void close() {
        TestPlane.await(vertx.close());
    }

    @Test
    void plainTextPassesThrough() {
        assertThat(headers.apply("Bearer x")).isEqualTo("Bearer x");
        assertThat(headers.apply("$${env:X}")).isEqualTo("${env:X}");
    }

    @Test
    void referenceIsReadOnAWorker() {
        environment.put("TOKEN", "s3cret");

        await().until(() -> read("Bearer ${env:TOKEN}") != null);

        assertThat(read("Bearer ${env:TOKEN}")).isEqualTo("Bearer s3cret");
        assertThat(threads).isNotEmpty().allMatch(name -> name.contains("worker"));
    }

    @Test
    void referenceThatCannotBeReadSaysWhyAndIsTriedAgain() {
        await().untilAsserted(() ->
                assertThatThrownBy(() -> headers.apply("${env:TOKEN}")).hasMessageContaining("TOKEN"));

        environment.put("TOKEN", "s3cret");

        await().until(() -> "s3cret".equals(read("${env:TOKEN}")));
    }

    private String read(String text) {
        try {
            return headers.apply(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
