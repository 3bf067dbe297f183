package dev.keyway.admin.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keyway.admin.config.Secrets;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecurityOptionsTest {

    private static ClientProperties resolve(Map<String, String> cluster) throws OptionException {
        return ConsumerOptions.resolve(ConsumerOptionsTest.cluster(cluster), Map.of(), "sub_1");
    }

    private static OptionException refused(Map<String, String> cluster) {
        return catchThrowableOfType(OptionException.class, () -> resolve(cluster));
    }

    private static Map<String, String> sasl(String... more) {
        Map<String, String> all = new HashMap<>(Map.of("metadata.broker.list", "SASL_SSL://broker:9093"));
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    private static Map<String, ?> login(ClientProperties properties, Secrets secrets) {
        Map<String, Object> resolved = secrets.resolve(properties.common());
        return JaasContext.loadClientContext(
                        Map.of("sasl.jaas.config", new Password((String) resolved.get("sasl.jaas.config"))))
                .configurationEntries()
                .get(0)
                .getOptions();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PLAINTEXT://a:1 | a:1 | PLAINTEXT",
                "sasl_ssl://a:1,SASL_SSL://b | a:1,b:9092 | SASL_SSL",
                "a, b:2 ,a | a:9092,b:2 | ",
                "[::1]:9 | [::1]:9 | ",
            })
    void derivesTheProtocolFromTheBrokers(String brokers, String servers, String protocol) throws Exception {
        Map<String, String> cluster = sasl("sasl.mechanisms", "PLAIN", "sasl.username", "u", "sasl.password", "p");
        cluster.put("metadata.broker.list", brokers);

        Map<String, Object> common = resolve(cluster).common();

        assertThat(common.get("bootstrap.servers")).isEqualTo(servers);
        assertThat(common.get("security.protocol")).isEqualTo(protocol);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PLAINTEXT://a:1 | ssl | but the brokers in metadata.broker.list say PLAINTEXT",
                "PLAINTEXT://a:1,SSL://b:2 | | mixes the protocols",
                "TLS://a:1 | | unknown protocol",
                "a:99999 | | wanted host:port",
                "http:/a | | wanted host:port",
                "'' | | is missing",
            })
    void refusesBrokersThatContradict(String brokers, String protocol, String message) {
        Map<String, String> cluster = new HashMap<>(Map.of("metadata.broker.list", brokers));
        if (protocol != null) {
            cluster.put("security.protocol", protocol);
        }
        assertThat(refused(cluster)).hasMessageContaining(message);
    }

    @Property(tries = 300)
    void keepsEveryUserNameAndPasswordThroughTheJaasParser(
            @ForAll @NotEmpty @Size(max = 40) String user, @ForAll @NotEmpty @Size(max = 40) String password)
            throws Exception {
        Secrets secrets = new Secrets(Map.of("PW", password)::get);
        ClientProperties direct =
                resolve(sasl("sasl.mechanism", "PLAIN", "sasl.username", user, "sasl.password", password));
        ClientProperties referred =
                resolve(sasl("sasl.mechanism", "PLAIN", "sasl.username", user, "sasl.password", "${env:PW}"));

        assertThat(login(direct, secrets)).isEqualTo(Map.of("username", user, "password", password));
        assertThat(login(referred, secrets)).isEqualTo(Map.of("username", user, "password", password));
        assertThat(referred.common().get("sasl.jaas.config").toString()).contains("${env:PW|quoted}");
    }

    @Test
    void usesTheScramModuleForScram() throws Exception {
        assertThat(resolve(sasl("sasl.mechanisms", "scram-sha-512", "sasl.username", "u", "sasl.password", "p"))
                        .common())
                .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
                .hasEntrySatisfying("sasl.jaas.config", jaas -> assertThat(jaas.toString())
                        .isEqualTo("org.apache.kafka.common.security.scram.ScramLoginModule required"
                                + " password=\"p\" username=\"u\";"));
    }

    @Test
    void letsASubscriptionsCredentialsReplaceTheClustersLoginConfiguration() throws Exception {
        ClientProperties properties = ConsumerOptions.resolve(
                ConsumerOptionsTest.cluster(sasl("sasl.mechanism", "PLAIN", "sasl.jaas.config", "x.Y required;")),
                Map.of("sasl.username", "me", "sasl.password", "pw"),
                "sub_1");

        assertThat(properties.common().get("sasl.jaas.config").toString()).contains("username=\"me\"");
    }

    @ParameterizedTest
    @CsvSource({
        "sasl.mechanism,PLAIN,sasl.username",
        "sasl.username,me,sasl.mechanism",
        "sasl.mechanism,OAUTHBEARER,sasl.oauthbearer.method"
    })
    void namesTheMissingPartOfALogin(String option, String value, String missing) {
        assertThat(refused(sasl(option, value)).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.option()).isEqualTo(missing));
    }

    @Test
    void logsInByOidc() throws Exception {
        ClientProperties properties = resolve(sasl(
                "sasl.mechanisms", "OAUTHBEARER",
                "sasl.oauthbearer.method", "oidc",
                "sasl.oauthbearer.client.id", "id",
                "sasl.oauthbearer.client.secret", "${file:/run/secret}",
                "sasl.oauthbearer.token.endpoint.url", "https://idp/token",
                "sasl.oauthbearer.extensions", "logicalCluster=l1"));

        assertThat(properties.common())
                .containsEntry("sasl.oauthbearer.client.credentials.client.id", "id")
                .containsEntry("sasl.oauthbearer.client.credentials.client.secret", "${file:/run/secret}")
                .hasEntrySatisfying("sasl.jaas.config", jaas -> assertThat(jaas.toString())
                        .endsWith("OAuthBearerLoginModule required extension_logicalCluster=\"l1\";"));
        Class.forName((String) properties.common().get("sasl.login.callback.handler.class"));
        Class.forName((String) properties.common().get("sasl.oauthbearer.jwt.retriever.class"));
    }

    @Test
    void logsInByKeytab() throws Exception {
        assertThat(resolve(sasl("sasl.kerberos.keytab", "/k.tab", "sasl.kerberos.principal", "me@R"))
                        .common())
                .containsEntry("sasl.kerberos.service.name", "kafka")
                .hasEntrySatisfying("sasl.jaas.config", jaas -> assertThat(jaas.toString())
                        .contains("keyTab=\"/k.tab\"", "principal=\"me@R\"", "useKeyTab=\"true\""));
    }

    @Test
    void readsPemFilesWhenTheClientIsBuilt() throws Exception {
        assertThat(resolve(Map.of(
                                "metadata.broker.list", "SSL://b:1",
                                "ssl.ca.location", "/certs",
                                "ssl.key.location", "/k.pem",
                                "ssl.certificate.location", "/c.pem",
                                "ssl.key.password", "pw"))
                        .common())
                .containsEntry("ssl.truststore.type", "PEM")
                .containsEntry("ssl.truststore.certificates", "${certificates:/certs}")
                .containsEntry("ssl.keystore.type", "PEM")
                .containsEntry("ssl.keystore.key", "${file:/k.pem}")
                .containsEntry("ssl.keystore.certificate.chain", "${file:/c.pem}")
                .containsEntry("ssl.key.password", "pw");
    }

    @Test
    void refusesAKeyWithoutItsCertificate() {
        assertThat(refused(Map.of("ssl.key.location", "/k")))
                .hasMessageContaining("ssl.certificate.location: is missing");
        assertThat(refused(Map.of("ssl.certificate.pem", "c"))).hasMessageContaining("ssl.key.location: is missing");
    }

    @Test
    void trustsTheJvmsCertificatesWhenTheLocationIsProbe() throws Exception {
        assertThat(resolve(Map.of("ssl.ca.location", "probe")).common()).doesNotContainKey("ssl.truststore.type");
    }

    @Test
    void switchesVerificationOff() throws Exception {
        assertThat(resolve(Map.of("enable.ssl.certificate.verification", "false"))
                        .common())
                .containsEntry("ssl.engine.factory.class", UnverifiedSslEngineFactory.class.getName())
                .containsEntry("ssl.endpoint.identification.algorithm", "");
        assertThat(resolve(Map.of("ssl.endpoint.identification.algorithm", "none"))
                        .common())
                .containsEntry("ssl.endpoint.identification.algorithm", "");
    }

    @Test
    void translatesOpensslCipherNames() throws Exception {
        assertThat(resolve(Map.of("ssl.cipher.suites", "ECDHE-RSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256"))
                        .common())
                .containsEntry("ssl.cipher.suites", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_AES_128_GCM_SHA256");
    }

    @Test
    void saysThatSaslHasNoEffectOnAPlaintextConnection() throws Exception {
        assertThat(resolve(Map.of("sasl.mechanism", "PLAIN", "sasl.username", "u", "sasl.password", "p"))
                        .info())
                .singleElement()
                .isEqualTo("sasl.mechanism: no effect: security.protocol is PLAINTEXT");
    }
}
