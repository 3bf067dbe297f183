package dev.keyway.admin.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.TestConfigs;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.registry.Registry;
import dev.keyway.codecs.Codecs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OpenApiTest {

    private final JsonObject document = OpenApi.load();

    @Test
    void theDocumentAndTheRoutesNameTheSameOperations() throws Exception {
        Set<String> documented = new TreeSet<>();
        JsonObject paths = document.getJsonObject("paths");
        for (String path : paths.fieldNames()) {
            for (String method : paths.getJsonObject(path).fieldNames()) {
                if (!method.equals("parameters")) {
                    documented.add(method.toUpperCase() + " " + path);
                }
            }
        }
        AdminVerticle verticle = new AdminVerticle(
                TestConfigs.config("i", "p.", "127.0.0.1:1"),
                new EmptyRegistry(),
                new FakeRuntime(),
                Codecs.load(getClass().getClassLoader()),
                Secrets.ofProcess());
        Vertx vertx = Vertx.vertx();
        try {
            Instance.await(vertx.deployVerticle(verticle));
            Set<String> routed = verticle.endpoints().stream()
                    .filter(endpoint -> !endpoint.internal())
                    .map(endpoint -> endpoint.method() + " " + endpoint.path())
                    .collect(Collectors.toCollection(TreeSet::new));

            assertThat(documented).isEqualTo(routed);
        } finally {
            Instance.await(vertx.close());
        }
    }

    @Test
    void everyReferenceInTheDocumentResolves() {
        Set<String> references = new TreeSet<>();
        collect(document, references);

        assertThat(references).isNotEmpty().allSatisfy(reference -> {
            Object found = document;
            for (String part : reference.substring(2).split("/")) {
                found = ((JsonObject) found).getValue(part);
                assertThat(found).as(reference).isNotNull();
            }
        });
    }

    @Test
    void everyPathParameterIsDeclared() {
        JsonObject paths = document.getJsonObject("paths");
        for (String path : paths.fieldNames()) {
            long inPath = path.chars().filter(c -> c == '{').count();
            assertThat(paths.getJsonObject(path).getJsonArray("parameters", new JsonArray()))
                    .as(path)
                    .hasSize((int) inPath);
        }
    }

    @Test
    void theDocumentCarriesTheVersionOfTheBuild() {
        assertThat(document.getJsonObject("info").getString("version")).matches("\\d+\\.\\d+\\.\\d+.*");
    }

    private static void collect(Object node, Set<String> references) {
        if (node instanceof JsonObject object) {
            object.forEach(entry -> {
                if (entry.getKey().equals("$ref")) {
                    references.add((String) entry.getValue());
                } else {
                    collect(entry.getValue(), references);
                }
            });
        } else if (node instanceof JsonArray array) {
            array.forEach(each -> collect(each, references));
        }
    }

    private static final class EmptyRegistry implements Registry {
        @Override
        public RegistrySnapshot snapshot() {
            return RegistrySnapshot.EMPTY;
        }

        @Override
        public <T> Future<T> update(Function<RegistrySnapshot, Update<T>> change) {
            return Future.failedFuture("never");
        }

        @Override
        public AutoCloseable watch(Consumer<RegistrySnapshot> listener) {
            return () -> {};
        }
    }
}
