package dev.keyway.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.codecs.statefun.BuiltInType;
import dev.keyway.codecs.statefun.TypedValue;
import org.junit.jupiter.api.Test;

class StatefunJavaIT extends StatefunSdkIT {
    StatefunJavaIT() {
        super(StatefunSdk.JAVA);
    }

    @Test
    void longsAndDoublesAreRead() throws Exception {
        assertThat(echoed(
                        TypedValue.of("io.statefun.types/long", BuiltInType.wrap(Long.MIN_VALUE)),
                        TypedValue.of("io.statefun.types/double", BuiltInType.wrap(-0.25))))
                .containsExactly("io.statefun.types/long=-9223372036854775808", "io.statefun.types/double=-0.25");
    }
}
