package dev.keyway.gateway.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The flags of an instance that stand for keys of {@code docs/configuration.md} and win over file and environment. */
final class ServerOptions {
    @Option(names = "--ingress-host", paramLabel = "HOST", description = "Address of the RPC port (ingress.host).")
    private String ingressHost;

    @Option(names = "--ingress-port", paramLabel = "PORT", description = "RPC port, 0 takes a free one (ingress.port).")
    private Integer ingressPort;

    @Option(names = "--admin-host", paramLabel = "HOST", description = "Address of the REST port (admin.host).")
    private String adminHost;

    @Option(names = "--admin-port", paramLabel = "PORT", description = "REST port, 0 takes a free one (admin.port).")
    private Integer adminPort;

    @Option(
            names = "--module",
            paramLabel = "FILE",
            description =
                    "A module.yaml of Stateful Functions; may be repeated, and replaces those of the key modules.")
    private List<String> modules = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets any other key of the configuration; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    /** @return configuration keys in dotted form with their values, the named flags after those of {@code --set} */
    Map<String, String> asSettings() {
        Map<String, String> flags = new LinkedHashMap<>(settings);
        put(flags, "ingress.host", ingressHost);
        put(flags, "ingress.port", ingressPort);
        put(flags, "admin.host", adminHost);
        put(flags, "admin.port", adminPort);
        put(flags, "modules", modules.isEmpty() ? null : lines(modules));
        return flags;
    }

    /** A line each: a path may hold a comma. */
    static String lines(List<String> files) {
        return String.join("\n", files) + "\n";
    }

    private static void put(Map<String, String> flags, String key, Object value) {
        if (value != null) {
            flags.put(key, value.toString());
        }
    }
}
