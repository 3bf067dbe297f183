package dev.keyway.admin.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    @TempDir
    Path directory;

    private final Secrets secrets = new Secrets(Map.of("PW", "s3\"c$1", "USER", "me")::get);

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            quoteCharacter = '`',
            value = {
                "plain $PW ${PW} ${other:PW} > plain $PW ${PW} ${other:PW}",
                "${env:USER}:${env:PW}! > me:s3\"c$1!",
                "a=\"${env:PW|quoted}\" > a=\"s3\\\"c$1\"",
                "$${env:PW} > ${env:PW}",
            })
    void replacesReferencesOnly(String text, String resolved) {
        assertThat(secrets.resolve(text)).isEqualTo(resolved);
        assertThat(Secrets.isReference(text)).isEqualTo(text.contains("{env") && !text.startsWith("$$"));
    }

    @Test
    void readsFilesWithoutTrailingLineEnds() throws Exception {
        Path file = Files.writeString(directory.resolve("pw"), "line 1\nline 2\r\n\n");

        assertThat(secrets.resolve("${file:" + file + "}")).isEqualTo("line 1\nline 2");
    }

    @Test
    void joinsTheCertificatesOfADirectory() throws Exception {
        Files.writeString(directory.resolve("b.crt"), "B\n");
        Files.writeString(directory.resolve("a.pem"), "A\n");
        Files.writeString(directory.resolve("README"), "no");

        assertThat(secrets.resolve("${certificates:" + directory + "}")).isEqualTo("A\nB");
        assertThat(secrets.resolve("${certificates:" + directory.resolve("b.crt") + "}"))
                .isEqualTo("B");
    }

    @Test
    void namesWhatIsMissing() throws Exception {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertThatThrownBy(() -> secrets.resolve("${env:NOPE}")).hasMessage("the environment variable NOPE is not set");
        assertThatThrownBy(() -> secrets.resolve("${file:/no/such}"))
                .hasMessage("the file /no/such cannot be read: there is no such file");
        assertThatThrownBy(() -> secrets.resolve("${certificates:" + empty + "}"))
                .hasMessageContaining("holds no *.pem");
        assertThatThrownBy(() -> secrets.resolve("${env:PW|quotd}")).hasMessageContaining("only '|quoted'");
    }

    @Test
    void namesThePropertyWhoseSecretIsMissing() {
        Map<String, Object> properties = new LinkedHashMap<>(Map.of("sasl.password", "${env:NOPE}"));
        assertThatThrownBy(() -> secrets.resolve(properties)).hasMessageStartingWith("sasl.password: the environment");
        assertThat(secrets.resolve(Map.<String, Object>of("a", "${env:USER}", "b", 1)))
                .isEqualTo(Map.of("a", "me", "b", 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sasl.password",
                "ssl.truststore.PASSWORD",
                "sasl.oauthbearer.client.secret",
                "sasl.oauthbearer.assertion.private.key.passphrase",
                "sasl.username",
                "sasl.jaas.config",
                "sasl.oauthbearer.config",
                "sasl.oauthbearer.token.endpoint.url",
                "ssl.key.location",
                "ssl.key.pem",
                "ssl.keystore.key",
                "ssl.keystore.location",
                "ssl.truststore.location"
            })
    void masksSecretProperties(String property) {
        assertThat(Masking.mask(Map.of(property, "x", "group.id", "g")))
                .isEqualTo(Map.of(property, "***", "group.id", "g"));
    }
}
