package dev.keyway.gateway.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DemoIT {

    @Test
    void theDemoProvesOrderAndCompletenessAndShowsItsRestCalls() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Demo demo = new Demo(
                new Demo.Options(false, LocalPorts.preferably(0), LocalPorts.preferably(0), LocalConfig::of),
                new PrintStream(printed, true, StandardCharsets.UTF_8));

        boolean proven = demo.run();

        String text = printed.toString(StandardCharsets.UTF_8);
        assertThat(proven).as(text).isTrue();
        assertThat(text)
                .contains("/deployments", "/subscriptions", "-> 201 dp_", "-> 201 sub_")
                .contains("4,635 of 4,635 reports, 50 keys")
                .contains("the handler answered 503 to 47 first attempts")
                .contains("PROVEN");
    }
}
