package dev.keyway.gateway.dev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.sdk.NodeModules;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CartDemoIT {

    @Test
    void theShopOfTheDocumentationSellsEveryUnitOnceAlthoughItsFunctionsAreKilled() throws Exception {
        Path example =
                Path.of("../docs/examples/statefun-cart").toAbsolutePath().normalize();
        NodeModules.install(example, "node_modules/.package-lock.json");
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        CartDemo demo = new CartDemo(
                new CartDemo.Options(
                        false, LocalPorts.preferably(0), LocalPorts.preferably(0), example, 20, 5, LocalConfig::of),
                new PrintStream(printed, true, StandardCharsets.UTF_8));

        boolean proven = demo.run();

        String text = printed.toString(StandardCharsets.UTF_8);
        assertThat(proven).as(text).isTrue();
        assertThat(text)
                .contains("receipts  100 for 100 checkouts of 20 users")
                .contains("killed the functions' process and started it again")
                .contains("PROVEN");
    }
}
