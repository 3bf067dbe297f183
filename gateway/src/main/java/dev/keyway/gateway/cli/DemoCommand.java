package dev.keyway.gateway.cli;

import dev.keyway.gateway.dev.CartDemo;
import dev.keyway.gateway.dev.Demo;
import dev.keyway.gateway.dev.LocalSettings;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "demo",
        description =
                "Feeds sample records through Kafka, the gateway and handlers, and proves order and completeness.",
        sortOptions = false)
final class DemoCommand implements Callable<Integer> {
    private static final int USERS = 50;
    private static final int ROUNDS = 20;

    @ParentCommand
    private KeywayCommand keyway;

    /** What can be shown. */
    enum Example {
        birds,
        cart
    }

    @Option(
            names = "--example",
            paramLabel = "NAME",
            description =
                    "birds: plain HTTP/2 handlers. cart: Stateful Functions in JavaScript, needs Node.js with npm."
                            + " Default: ${DEFAULT-VALUE}.")
    private Example example = Example.birds;

    @Option(names = "--keep", description = "Leaves everything running at the end, with the URLs to try.")
    private boolean keep;

    @Option(names = "--admin-port", paramLabel = "PORT", description = "REST port; default: 9070 or a free one.")
    private int adminPort;

    @Option(names = "--ingress-port", paramLabel = "PORT", description = "RPC port; default: 8080 or a free one.")
    private int ingressPort;

    @Mixin
    private LocalOptions options;

    /** @return {@link ExitCode#FAILED} if order or completeness was not proven */
    @Override
    public Integer call() {
        options.prepare(keyway.environment());
        Ports.requireFree("admin", "127.0.0.1", adminPort);
        Ports.requireFree("ingress", "127.0.0.1", ingressPort);
        LocalSettings.Configure configure = options.configure(keyway.environment());
        boolean proven =
                switch (example) {
                    case birds -> new Demo(new Demo.Options(keep, adminPort, ingressPort, configure), System.out).run();
                    case cart ->
                        new CartDemo(
                                        new CartDemo.Options(
                                                keep, adminPort, ingressPort, cart(), USERS, ROUNDS, configure),
                                        System.out)
                                .run();
                };
        return proven ? ExitCode.OK : ExitCode.FAILED;
    }

    /** Beside the program: {@code bin/keyway} says where that is. */
    private static Path cart() {
        return Path.of(System.getProperty("keyway.home", "."), "examples", "statefun-cart");
    }
}
