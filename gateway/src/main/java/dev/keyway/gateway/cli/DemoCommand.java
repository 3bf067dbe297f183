package dev.keyway.gateway.cli;

import dev.keyway.gateway.dev.Demo;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "demo",
        description =
                "Feeds sample records through Kafka, the gateway and a handler, and proves order and completeness.",
        sortOptions = false)
final class DemoCommand implements Callable<Integer> {
    @ParentCommand
    private KeywayCommand keyway;

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
        boolean proven = new Demo(
                        new Demo.Options(keep, adminPort, ingressPort, options.configure(keyway.environment())),
                        System.out)
                .run();
        return proven ? ExitCode.OK : ExitCode.FAILED;
    }
}
