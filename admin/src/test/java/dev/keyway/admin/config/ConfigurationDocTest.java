package dev.keyway.admin.config;

import dev.keyway.admin.GeneratedDoc;
import org.junit.jupiter.api.Test;

/** The tables in {@code docs/configuration.md} say what the code does. */
class ConfigurationDocTest {

    @Test
    void theTableOfKeysIsUpToDate() throws Exception {
        StringBuilder table = new StringBuilder("| key | type | default | |\n|---|---|---|---|\n");
        for (ConfigKey<?> key : ConfigKeys.all()) {
            table.append("| `%s` | %s | %s | %s Wanted: %s. |\n"
                    .formatted(
                            key.path(),
                            key.type().name(),
                            key.fallback() == null ? key.fallbackNote() : "`" + key.fallback() + "`",
                            key.description(),
                            key.type().wanted()));
        }
        GeneratedDoc.check("configuration.md", "keys", table.toString());
    }

    @Test
    void theTableOfRestatesNamesIsUpToDate() throws Exception {
        StringBuilder table = new StringBuilder("| `restate.toml` | key |\n|---|---|\n");
        table.append("| `[[ingress.kafka-clusters]]` | `kafka.clusters` |\n");
        table.append("| `ingress.bind-address` | `ingress.host`, `ingress.port` |\n");
        table.append("| `admin.bind-address` | `admin.host`, `admin.port` |\n");
        table.append("| `bind-address` (its host) | `ingress.host`, `admin.host` |\n");
        for (ConfigKey<?> key : ConfigKeys.all()) {
            key.restate().forEach(path -> table.append("| `%s` | `%s` |\n".formatted(path, key.path())));
        }
        GeneratedDoc.check("configuration.md", "restate", table.toString());
    }
}
