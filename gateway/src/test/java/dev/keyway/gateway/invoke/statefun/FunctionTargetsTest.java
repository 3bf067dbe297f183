package dev.keyway.gateway.invoke.statefun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyway.admin.config.ConfigException;
import dev.keyway.admin.model.HandlerType;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.module.load.Modules;
import dev.keyway.gateway.invoke.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionTargetsTest {

    @TempDir
    private Path directory;

    @Test
    void functionIsAKeyedServiceWithOneExclusiveHandler() {
        Target target =
                targets(endpoint("ns/*", "http://h:1/f?a=b", "call: 7s")).of("ns", "f");

        assertThat(target.service().name()).isEqualTo("ns/f");
        assertThat(target.exclusive()).isTrue();
        assertThat(target.handler().ty()).isEqualTo(HandlerType.EXCLUSIVE);
        assertThat(target.handler().path()).isEqualTo("/f?a=b");
        assertThat(target.deployment().protocol()).isEqualTo(Protocol.STATEFUN);
        assertThat(target.deployment().uri()).isEqualTo("http://h:1/");
        assertThat(target.deployment().useHttp11()).isTrue();
        assertThat(target.deployment().callTimeout()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void functionIsTheSameTargetEveryTimeAndSharesItsDeploymentWithOthersOfTheAuthority() {
        FunctionTargets targets = targets(endpoint("ns/*", "http://h:1/{function.name}", ""));

        assertThat(targets.of("ns", "f")).isSameAs(targets.of("ns", "f"));
        assertThat(targets.of("ns", "g").deployment())
                .isSameAs(targets.of("ns", "f").deployment());
        assertThat(targets.of("ns", "g").handler().path()).isEqualTo("/g");
    }

    @Test
    void nameInTheHostMakesADeploymentForEachFunction() {
        FunctionTargets targets = targets(endpoint("ns/*", "http://{function.name}.functions:8080", "http_version: 2"));

        assertThat(targets.of("ns", "a").deployment().uri()).isEqualTo("http://a.functions:8080/");
        assertThat(targets.of("ns", "a").handler().path()).isEqualTo("/");
        assertThat(targets.of("ns", "b").deployment().id())
                .isNotEqualTo(targets.of("ns", "a").deployment().id());
        assertThat(targets.of("ns", "b").deployment().useHttp11()).isFalse();
    }

    @Test
    void deploymentsAreServedThatTargetsMayHave() {
        FunctionTargets targets = targets(endpoint("ns/*", "http://{function.name}.functions:8080", "") + "---\n"
                + endpoint("ns/f", "http://one:1/", ""));

        assertThat(targets.serves(targets.of("ns", "a").deployment().id())).isTrue();
        assertThat(targets.serves(targets.of("ns", "f").deployment().id())).isTrue();
        assertThat(targets.serves("ns/f@http://other:1")).isFalse();
        assertThat(targets.serves("none/*@http://one:1")).isFalse();
    }

    @Test
    void exactEndpointComesBeforeThatOfTheNamespace() {
        FunctionTargets targets =
                targets(endpoint("ns/*", "http://all:1/", "") + "---\n" + endpoint("ns/f", "http://one:1/", ""));

        assertThat(targets.of("ns", "f").deployment().uri()).isEqualTo("http://one:1/");
        assertThat(targets.of("ns", "g").deployment().uri()).isEqualTo("http://all:1/");
    }

    @Test
    void functionThatNoEndpointServesOrWhoseNameFitsInNoUrlHasNoTarget() {
        FunctionTargets targets = targets(endpoint("ns/*", "http://{function.name}.functions/", ""));

        assertThat(targets.of("other", "f")).isNull();
        assertThat(targets.endpoint("other", "f")).isNull();
        assertThat(targets.of("ns", "..")).isNull();
        assertThat(targets.of("ns", "a_b ü")).isNull();
    }

    @Test
    void connectionsAreDividedAmongLoops() throws IOException {
        Module module = module(endpoint("ns/*", "http://h:1/", "pool_size: 7, pool_ttl: 0, connect: 3s"));

        assertThat(new FunctionTargets(module, 2).of("ns", "f").transport().connections())
                .isEqualTo(3);
        assertThat(new FunctionTargets(module, 20).of("ns", "f").transport().connections())
                .isEqualTo(1);
        assertThat(new FunctionTargets(module, 2).of("ns", "f").transport().maxAge())
                .isEqualTo(Duration.ZERO);
        assertThat(new FunctionTargets(module, 2).of("ns", "f").transport().connectTimeout())
                .isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void manyNamesAreForgottenAndStillServed() {
        FunctionTargets targets = targets(endpoint("ns/*", "http://h:1/{function.name}", ""));
        for (int i = 0; i <= FunctionTargets.MAX_KEPT; i++) {
            targets.of("ns", "f" + i);
        }

        assertThat(targets.of("ns", "f0").handler().path()).isEqualTo("/f0");
    }

    @Test
    void egressesOfTheModuleAreKnown() {
        FunctionTargets targets =
                targets("kind: io.statefun.kafka.v1/egress\nspec: {id: ns/out, address: 'localhost:1'}\n");

        assertThat(targets.hasEgress("ns/out")).isTrue();
        assertThat(targets.hasEgress("ns/other")).isFalse();
    }

    @Test
    void keyThatCannotBeDecryptedIsNamedWithItsEndpoint() throws IOException {
        Path key = Files.writeString(
                directory.resolve("key"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n");
        Path word = Files.writeString(directory.resolve("word"), "secret");
        String certificates = "client_cert: " + word + ", client_key: " + key;

        assertThatThrownBy(() -> targets(endpoint("ns/*", "https://h:1/", certificates)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("endpoint ns/*: client_key: is encrypted; wanted client_key_password too");
        assertThatThrownBy(() ->
                        targets(endpoint("ns/*", "https://h:1/", certificates + ", client_key_password: " + word)))
                .hasMessage("endpoint ns/*: client_key: cannot be decrypted with client_key_password");
    }

    @Test
    void httpVersionIsOneOfTwo() {
        assertThatThrownBy(() -> targets(endpoint("ns/*", "http://h:1/", "http_version: 3")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("spec.transport.http_version is '3'; wanted 1.1 or 2");
    }

    private FunctionTargets targets(String text) {
        try {
            return new FunctionTargets(module(text), 1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Module module(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("module.yaml"), text);
        return Modules.load(List.of(file), System.getenv()::get, RetryPolicy.DEFAULT);
    }

    private static String endpoint(String functions, String url, String transport) {
        return """
                kind: io.statefun.endpoints.v2/http
                spec: {functions: '%s', urlPathTemplate: '%s', transport: {%s}}
                """.formatted(functions, url, transport);
    }
}
