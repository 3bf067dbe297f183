package dev.keyway.admin.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyway.admin.config.Secrets;
import dev.keyway.broker.EmbeddedBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The options in librdkafka's words open real connections: TLS with client certificates, PLAIN and SCRAM. */
class SecurityIT {

    private static final String STORE_PASSWORD = "changeit";
    private static final String USER = "me";
    private static final String PASSWORD = "p\"a\\s's;$1";

    @TempDir
    static Path directory;

    private static EmbeddedBroker broker;
    private static String secure;

    private final Secrets secrets = new Secrets(Map.of("KAFKA_PASSWORD", PASSWORD)::get);

    @BeforeAll
    static void startBrokerWithTlsAndSasl() throws Exception {
        keyPair("server", "CN=localhost", "-ext", "SAN=IP:127.0.0.1");
        keyPair("client", "CN=client");
        keyPair("stranger", "CN=stranger");
        Files.createDirectory(directory.resolve("certificates"));
        Files.copy(directory.resolve("server.pem"), directory.resolve("certificates/server.pem"));
        int[] ports = freePorts(3);
        secure = "SASL_SSL://127.0.0.1:" + ports[1];
        String listener = "listener.name.sasl_ssl.";
        broker = EmbeddedBroker.builder()
                .port(ports[0])
                .property(
                        "listeners",
                        "PLAINTEXT://127.0.0.1:" + ports[0] + "," + secure + ",CONTROLLER://127.0.0.1:" + ports[2])
                .property("advertised.listeners", "PLAINTEXT://127.0.0.1:" + ports[0] + "," + secure)
                .property("controller.quorum.voters", "1@127.0.0.1:" + ports[2])
                .property(
                        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT")
                .property("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512")
                .property(
                        listener + "plain.sasl.jaas.config",
                        "org.apache.kafka.common.security.plain.PlainLoginModule required user_" + USER + "=\""
                                + Secrets.quoted(PASSWORD) + "\";")
                .property(
                        listener + "scram-sha-512.sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required;")
                .property(listener + "ssl.client.auth", "required")
                .property(listener + "ssl.keystore.location", store("server").toString())
                .property(listener + "ssl.keystore.password", STORE_PASSWORD)
                .property(listener + "ssl.truststore.type", "PEM")
                .property(
                        listener + "ssl.truststore.location",
                        directory.resolve("client.pem").toString())
                .build()
                .start();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            USER,
                            new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096),
                            PASSWORD.getBytes(StandardCharsets.UTF_8))))
                    .all()
                    .get(60, TimeUnit.SECONDS);
        }
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-512"})
    void logsInOverTlsWithPemFilesAndASecretByReference(String mechanism) throws Exception {
        ClientProperties properties = resolve(Map.of("sasl.mechanisms", mechanism));

        assertThat(clusterId(properties)).isNotBlank();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                secrets.resolve(properties.consumer()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            assertThat(consumer.listTopics(Duration.ofSeconds(20))).isNotNull();
        }
        assertThat(properties.toString()).doesNotContain(PASSWORD).contains("${env:KAFKA_PASSWORD|quoted}");
    }

    @Test
    void trustsTheCertificatesOfADirectory() throws Exception {
        assertThat(clusterId(resolve(Map.of(
                        "ssl.ca.location", directory.resolve("certificates").toString()))))
                .isNotBlank();
    }

    @Test
    void checksTheBrokersCertificateUnlessVerificationIsOff() throws Exception {
        Map<String, String> stranger =
                Map.of("ssl.ca.location", directory.resolve("stranger.pem").toString());

        assertThatThrownBy(() -> clusterId(resolve(stranger)))
                .hasRootCauseInstanceOf(Exception.class)
                .hasStackTraceContaining(SslAuthenticationException.class.getName());

        Map<String, String> unverified = new HashMap<>(stranger);
        unverified.put("enable.ssl.certificate.verification", "false");
        assertThat(clusterId(resolve(unverified))).isNotBlank();
    }

    @Test
    void presentsTheClientCertificateAlsoWithoutVerification() {
        Map<String, String> stranger = Map.of(
                "enable.ssl.certificate.verification", "false",
                "ssl.key.location", directory.resolve("stranger.key").toString(),
                "ssl.certificate.location", directory.resolve("stranger.pem").toString());

        assertThatThrownBy(() -> clusterId(resolve(stranger)))
                .hasStackTraceContaining(SslAuthenticationException.class.getName());
    }

    @Test
    void isRefusedWithAWrongPassword() {
        assertThatThrownBy(() -> clusterId(resolve(Map.of("sasl.password", "wrong"))))
                .hasStackTraceContaining(SaslAuthenticationException.class.getName());
    }

    private static ClientProperties resolve(Map<String, String> more) throws OptionException {
        Map<String, String> properties = new HashMap<>(Map.of(
                "metadata.broker.list",
                secure,
                "sasl.mechanisms",
                "PLAIN",
                "sasl.username",
                USER,
                "sasl.password",
                "${env:KAFKA_PASSWORD}",
                "ssl.ca.location",
                directory.resolve("server.pem").toString(),
                "ssl.key.location",
                directory.resolve("client.key").toString(),
                "ssl.certificate.location",
                directory.resolve("client.pem").toString(),
                "socket.timeout.ms",
                "15000"));
        properties.putAll(more);
        return ConsumerOptions.resolve(ConsumerOptionsTest.cluster(properties), Map.of(), "sub_1");
    }

    private String clusterId(ClientProperties properties) throws Exception {
        try (Admin admin = Admin.create(secrets.resolve(properties.common()))) {
            return admin.describeCluster().clusterId().get(60, TimeUnit.SECONDS);
        }
    }

    /** Makes a self-signed key pair: a store, its certificate and its key as PEM files. */
    private static void keyPair(String name, String subject, String... more) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                subject,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store(name).toString(),
                "-storepass",
                STORE_PASSWORD));
        command.addAll(List.of(more));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
        KeyStore store = KeyStore.getInstance(store(name).toFile(), STORE_PASSWORD.toCharArray());
        Certificate certificate = store.getCertificate(name);
        pem(directory.resolve(name + ".pem"), "CERTIFICATE", certificate.getEncoded());
        pem(
                directory.resolve(name + ".key"),
                "PRIVATE KEY",
                store.getKey(name, STORE_PASSWORD.toCharArray()).getEncoded());
    }

    private static Path store(String name) {
        return directory.resolve(name + ".p12");
    }

    private static void pem(Path file, String type, byte[] content) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
    }

    private static int[] freePorts(int count) throws IOException {
        ServerSocket[] sockets = new ServerSocket[count];
        int[] ports = new int[count];
        for (int i = 0; i < count; i++) {
            sockets[i] = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
            ports[i] = sockets[i].getLocalPort();
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }
}
