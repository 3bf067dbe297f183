package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyway.admin.kafka.ClientProperties;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.model.KafkaCluster;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResolvedOptionsTest {
    private static final Map<String, String> OPTIONS = Map.of("session.timeout.ms", "6000");

    private final ResolvedOptions resolved = new ResolvedOptions();

    @Test
    void unchanged_options_are_not_checked_again() throws OptionException {
        ClientProperties first = resolved.of(cluster("a:1"), "sub", OPTIONS);

        assertThat(resolved.of(cluster("a:1"), "sub", Map.copyOf(OPTIONS))).isSameAs(first);
    }

    @Test
    void a_changed_option_is_seen() throws OptionException {
        resolved.of(cluster("a:1"), "sub", OPTIONS);

        ClientProperties second = resolved.of(cluster("a:1"), "sub", Map.of("session.timeout.ms", "7000"));

        assertThat(second.consumer().get("session.timeout.ms")).hasToString("7000");
    }

    @Test
    void a_changed_cluster_is_seen() throws OptionException {
        resolved.of(cluster("a:1"), "sub", OPTIONS);

        ClientProperties second = resolved.of(cluster("b:2"), "sub", OPTIONS);

        assertThat(second.consumer().get("bootstrap.servers").toString()).contains("b:2");
    }

    @Test
    void subscriptions_with_the_same_options_keep_their_own_group() throws OptionException {
        resolved.of(cluster("a:1"), "one", OPTIONS);

        assertThat(resolved.of(cluster("a:1"), "two", OPTIONS).consumer()).containsEntry("group.id", "two");
    }

    @Test
    void bad_options_are_refused_every_time() {
        Map<String, String> bad = Map.of("session.timeout.ms", "soon");

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> resolved.of(cluster("a:1"), "sub", bad)).isInstanceOf(OptionException.class);
        }
    }

    @Test
    void what_is_gone_is_forgotten() throws OptionException {
        ClientProperties first = resolved.of(cluster("a:1"), "sub", OPTIONS);

        resolved.keep(Set.of("other"));

        assertThat(resolved.of(cluster("a:1"), "sub", OPTIONS)).isNotSameAs(first);
    }

    private static KafkaCluster cluster(String brokers) {
        return new KafkaCluster("a", Map.of("bootstrap.servers", brokers), KafkaCluster.Origin.DYNAMIC, Instant.EPOCH);
    }
}
