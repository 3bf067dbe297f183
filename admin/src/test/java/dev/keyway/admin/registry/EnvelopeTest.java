package dev.keyway.admin.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyway.admin.TestConfigs;
import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.Instance;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.KafkaCluster.Origin;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.registry.Envelope.Content;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvelopeTest {

    private static final SecretRule PLAIN = new SecretRule(null);

    private final SecretRule sealing = new SecretRule(Seal.of(TestConfigs.SECRET_KEY));

    @Test
    void everyKindOfRecordReadsBackAsItWasWritten() {
        for (Map.Entry<RecordKind, Record> each : Map.of(
                        RecordKind.DEPLOYMENT,
                        Records.deployment("dp_1", Map.of("x-tenant", "a")),
                        RecordKind.SERVICE,
                        Records.service("Greeter", 4),
                        RecordKind.SUBSCRIPTION,
                        Records.subscription("sub_1", Map.of("group.id", "g")),
                        RecordKind.CLUSTER,
                        new KafkaCluster("c", Map.of("a.b", "c"), Origin.DYNAMIC, Instant.EPOCH.plusNanos(5)),
                        RecordKind.INSTANCE,
                        new Instance("i", "http://h:1", Instant.EPOCH),
                        RecordKind.EGRESS,
                        new Egress(
                                "ex.shop/outbox",
                                "my-cluster",
                                null,
                                DeliverySemantic.EXACTLY_ONCE,
                                Duration.ofSeconds(30),
                                Map.of("linger.ms", "5")),
                        RecordKind.INGRESS,
                        Records.ingress())
                .entrySet()) {
            byte[] bytes = Envelope.write(each.getKey(), each.getValue());

            Content content = Envelope.read(bytes(each.getKey().key("n")), bytes, PLAIN);

            assertThat(content).isEqualTo(new Content.Known(each.getKey(), "n", each.getValue()));
        }
    }

    @Test
    void fieldsAreSnakeCaseInAVersionedEnvelope() {
        String text =
                new String(Envelope.write(RecordKind.SERVICE, Records.service("Greeter", 4)), StandardCharsets.UTF_8);

        assertThat(text)
                .startsWith("{\"v\":1,\"kind\":\"service\",\"value\":{")
                .contains("\"is_public\":true", "\"deployment_id\":\"dp_1\"", "\"inactivity_timeout\":\"PT1M\"");
    }

    @Test
    void fieldsThatThisVersionDoesNotKnowAreIgnored() {
        byte[] value = bytes("{\"v\":1,\"kind\":\"instance\",\"value\":{\"id\":\"i\",\"newer\":[1]}}");

        assertThat(Envelope.read(bytes("instance/i"), value, PLAIN))
                .isEqualTo(new Content.Known(RecordKind.INSTANCE, "i", new Instance("i", null, null)));
    }

    @Test
    void aSubscriptionFromBeforeBatchesReadsAsOneWithout() {
        String written = new String(
                Envelope.write(RecordKind.SUBSCRIPTION, Records.subscription("sub_1", Map.of("group.id", "g"))),
                StandardCharsets.UTF_8);
        String before = written.replaceFirst("\"batch\":\\{[^}]*},", "");

        Content content = Envelope.read(bytes("subscription/sub_1"), bytes(before), PLAIN);

        assertThat(before).isNotEqualTo(written);
        assertThat(content)
                .isInstanceOfSatisfying(Content.Known.class, known -> assertThat(((Subscription) known.value()).batch())
                        .isNull());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "quota/x; {\"v\":1,\"kind\":\"quota\",\"value\":7}",
                "service/x; {\"v\":2,\"kind\":\"service\",\"value\":{}}"
            })
    void kindsAndVersionsOfANewerKeywayAreUnknownAndNoError(String key, String value) {
        assertThat(Envelope.read(bytes(key), bytes(value), PLAIN)).isInstanceOf(Content.Unknown.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "order-17; {\"v\":1}; the key 'order-17'",
                "service/x; hello; not JSON",
                "service/x; [1]; without \"v\" and \"kind\"",
                "service/x; {\"v\":1,\"kind\":\"cluster\",\"value\":{}}; of kind 'cluster'",
                "service/x; {\"v\":1,\"kind\":\"service\"}; no value",
                "service/x; {\"v\":1,\"kind\":\"service\",\"value\":{\"ty\":\"Banana\"}}; does not fit"
            })
    void whatIsNoRecordOfKeywayIsCorruptAndSaysWhatWasFound(String key, String value, String found) {
        assertThat(Envelope.read(bytes(key), bytes(value), PLAIN))
                .isInstanceOfSatisfying(Content.Corrupt.class, corrupt -> assertThat(corrupt.found())
                        .contains(found));
    }

    @Test
    void plainSecretsAreRefusedWithoutAKeyAndTheMessageDoesNotShowThem() {
        for (Record record : new Record[] {
            Records.subscription("sub_1", Map.of("sasl.password", "hunter2")),
            new KafkaCluster("c", Map.of("ssl.key.pem", "hunter2"), Origin.DYNAMIC, Instant.EPOCH),
            Records.deployment("dp_1", Map.of("Authorization", "Bearer hunter2"))
        }) {
            assertThatThrownBy(() -> PLAIN.outgoing("x/y", record))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("${env:NAME}")
                    .hasMessageContaining("registry.secret-key")
                    .hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void referencesPassWithoutAKeyAsTheyAre() {
        Record record = Records.subscription(
                "sub_1",
                Map.of(
                        "sasl.password", "${env:KAFKA_PASSWORD}",
                        "ssl.key.password", "${file:/run/secrets/key}",
                        "sasl.jaas.config", "x.PlainLoginModule required password=\"${env:P}\";"));

        assertThat(PLAIN.outgoing("x/y", record)).isEqualTo(record);
    }

    @Test
    void plainSecretsLeaveEncryptedWithAKeyAndComeBack() {
        Record record = Records.subscription("sub_1", Map.of("sasl.password", "hunter2", "group.id", "g"));

        Record outgoing = sealing.outgoing("subscription/sub_1", record);

        assertThat(outgoing.toString()).doesNotContain("hunter2").contains("keyway-sealed:1:");
        assertThat(sealing.incoming("subscription/sub_1", outgoing)).isEqualTo(record);
    }

    @Test
    void aSealedValueOpensNeitherElsewhereNorWithAnotherKeyNorWithoutOne() {
        Record outgoing = sealing.outgoing(
                "subscription/sub_1", Records.subscription("sub_1", Map.of("sasl.password", "hunter2")));
        SecretRule other = new SecretRule(Seal.of("YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="));

        assertThatThrownBy(() -> sealing.incoming("subscription/sub_2", outgoing))
                .hasMessageContaining("was changed");
        assertThatThrownBy(() -> other.incoming("subscription/sub_1", outgoing))
                .hasMessageContaining("sealed with key");
        assertThatThrownBy(() -> PLAIN.incoming("subscription/sub_1", outgoing))
                .hasMessageContaining("registry.secret-key is not set");
    }

    @Test
    void aSecretKeyOfTheWrongLengthIsRefusedWithTheCommandThatMakesOne() {
        assertThatThrownBy(() -> Seal.of("c2hvcnQ="))
                .hasMessageContaining("5 bytes")
                .hasMessageContaining("openssl rand");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
