package dev.keyway.admin.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.KafkaCluster;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProducerOptionsTest {

    @Test
    void defaultsMakeAProducerThatLosesAndRepeatsNothing() throws Exception {
        Map<String, Object> found =
                resolve(DeliverySemantic.AT_LEAST_ONCE, Map.of()).producer();

        assertThat(found)
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", "true")
                .containsEntry("client.id", "keyway-egress-shop/out")
                .containsEntry("bootstrap.servers", "b:1")
                .doesNotContainKey("transactional.id");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "queue.buffering.max.ms | 0.5 | linger.ms | 1",
                "linger.ms | 20 | linger.ms | 20",
                "message.timeout.ms | 0 | delivery.timeout.ms | 2147483647",
                "message.max.bytes | 5000 | max.request.size | 5000",
                "compression.codec | lz4 | compression.type | lz4",
                "message.send.max.retries | 7 | retries | 7",
                "max.in.flight | 3 | max.in.flight.requests.per.connection | 3",
                "socket.timeout.ms | 60000 | request.timeout.ms | 60000",
                "socket.timeout.ms | 60000 | delivery.timeout.ms | 60005",
                "partitioner.ignore.keys | true | partitioner.ignore.keys | true"
            })
    void librdkafkaAndJavaNamesBecomeThoseOfTheJavaProducer(String name, String value, String java, String expected)
            throws Exception {
        assertThat(resolve(DeliverySemantic.AT_LEAST_ONCE, Map.of(name, value)).producer())
                .containsEntry(java, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "acks | 1 | acks: not used: always all with at-least-once",
                "request.required.acks | 0 | request.required.acks: not used: always all",
                "enable.idempotence | false | not used: always true with at-least-once",
                "transactional.id | x | Keyway names its transactions",
                "transaction.timeout.ms | 5000 | give transaction_timeout of the egress",
                "key.serializer | x.Y | not used; serializers are Keyway's",
                "max.poll.records | 5 | max.poll.records: no effect: an option of consumers",
                "fetch.min.bytes | 5 | fetch.min.bytes: no effect: an option of consumers",
                "partitioner | murmur2 | no effect: the Java client's default"
            })
    void whatIsNotUsedIsSaid(String name, String value, String info) throws Exception {
        assertThat(resolve(DeliverySemantic.AT_LEAST_ONCE, Map.of(name, value)).info())
                .singleElement()
                .asString()
                .contains(info);
    }

    @Test
    void withoutGuaranteesTheAcknowledgementsAreTheUsers() throws Exception {
        Map<String, Object> found = resolve(DeliverySemantic.NONE, Map.of("acks", "1", "enable.idempotence", "false"))
                .producer();

        assertThat(found).containsEntry("acks", "1").containsEntry("enable.idempotence", "false");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lingr.ms | 5 | did you mean 'linger.ms'",
                "linger.ms | x | linger.ms: is 'x'; wanted",
                "compression.type | brotli | compression.type: is 'brotli'; wanted",
                "max.in.flight | 6 | wanted at most 5 with enable.idempotence=true",
                "retries | 0 | retries: is 0; wanted at least 1",
                "delivery.timeout.ms | 5000 | wanted at least linger.ms + request.timeout.ms",
                "transaction.two.phase.commit.enable | true | is not offered"
            })
    void whatCannotBeUsedIsRefused(String name, String value, String problem) {
        assertThatThrownBy(() -> resolve(DeliverySemantic.AT_LEAST_ONCE, Map.of(name, value)))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void theClustersConnectionIsTakenAndItsConsumersOptionsAreNot() throws Exception {
        KafkaCluster cluster = new KafkaCluster(
                "c",
                Map.of(
                        "bootstrap.servers",
                        "SASL_SSL://b:1",
                        "sasl.mechanism",
                        "PLAIN",
                        "sasl.username",
                        "u",
                        "sasl.password",
                        "p",
                        "max.poll.records",
                        "7",
                        "fetch.min.bytes",
                        "3",
                        "linger.ms",
                        "9"),
                KafkaCluster.Origin.DYNAMIC,
                Instant.EPOCH);

        ProducerProperties found = ProducerOptions.resolve(
                cluster, new Egress("e", "c", null, DeliverySemantic.AT_LEAST_ONCE, null, Map.of()));

        assertThat(found.info()).isEmpty();
        assertThat(found.producer())
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("linger.ms", "9")
                .containsKey("sasl.jaas.config")
                .doesNotContainKeys("max.poll.records", "fetch.min.bytes");
        assertThat(found.common()).containsKey("sasl.jaas.config").doesNotContainKey("linger.ms");
    }

    private static ProducerProperties resolve(DeliverySemantic semantic, Map<String, String> properties)
            throws OptionException {
        return ProducerOptions.resolve(null, new Egress("shop/out", null, "b:1", semantic, null, properties));
    }
}
