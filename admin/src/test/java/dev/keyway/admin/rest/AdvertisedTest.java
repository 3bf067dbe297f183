package dev.keyway.admin.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.config.KeywayConfig;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdvertisedTest {
    @Test
    void configured_isTakenAsItIs() {
        assertThat(address("0.0.0.0", "http://keyway-1:9070/")).isEqualTo("http://keyway-1:9070");
    }

    @Test
    void notConfigured_isHostAndBoundPort() {
        assertThat(address("127.0.0.1", null)).isEqualTo("http://127.0.0.1:4711");
        assertThat(address("::1", null)).isEqualTo("http://[::1]:4711");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "[::]"})
    void boundToAllAddresses_isOneThatOthersCanCall(String host) {
        URI advertised = URI.create(address(host, null));

        assertThat(advertised.getPort()).isEqualTo(4711);
        assertThat(advertised.getHost()).isNotIn("0.0.0.0", "[::]");
    }

    private static String address(String host, String advertised) {
        return Advertised.address(new KeywayConfig.Admin(host, 0, advertised, 1, 1), 4711);
    }
}
