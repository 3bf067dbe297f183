package dev.keyway.admin.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The broker list. librdkafka lets a broker carry its protocol ({@code SASL_SSL://host:9093}) and lacks a port 9092
 * then; the Java client ignores the prefix, so it becomes {@code security.protocol}.
 */
final class Brokers {

    private static final String LIST = "bootstrap.servers";
    private static final String PROTOCOL = "security.protocol";
    private static final int DEFAULT_PORT = 9092;
    private static final Set<String> PROTOCOLS = Set.of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL");
    private static final Pattern BROKER =
            Pattern.compile("(?:([A-Za-z_]+)://)?(\\[[0-9A-Fa-f:.%]+]|[A-Za-z0-9._-]+)(?::(\\d{1,5}))?");

    private Brokers() {}

    static void convert(Draft draft) {
        Draft.Given list = draft.given().get(LIST);
        draft.drop(LIST);
        String name = list == null ? LIST : list.option();
        Set<String> prefixes = new TreeSet<>();
        if (list == null || list.value().isBlank()) {
            draft.problem(name, "is missing; wanted host:port, several separated by commas");
        } else if (Draft.plain(list.value())) {
            draft.set(LIST, String.join(",", servers(draft, name, list.value(), prefixes)));
        } else {
            draft.set(LIST, list.value());
        }
        protocol(draft, name, prefixes);
    }

    private static List<String> servers(Draft draft, String name, String list, Set<String> prefixes) {
        List<String> servers = new ArrayList<>();
        for (String entry : list.split(",")) {
            if (entry.isBlank()) {
                continue;
            }
            Matcher broker = BROKER.matcher(entry.strip());
            if (!broker.matches() || port(broker.group(3)) < 1 || port(broker.group(3)) > 65_535) {
                draft.problem(name, "has '" + entry.strip() + "'; wanted host:port, for example broker:9092");
                continue;
            }
            if (broker.group(1) != null) {
                String prefix = broker.group(1).toUpperCase(Locale.ROOT);
                if (!PROTOCOLS.contains(prefix)) {
                    draft.problem(
                            name, "has '" + entry.strip() + "' with an unknown protocol; wanted one of " + allowed());
                }
                prefixes.add(prefix);
            }
            String server = broker.group(2) + ":" + port(broker.group(3));
            if (!servers.contains(server)) {
                servers.add(server);
            }
        }
        return servers;
    }

    private static int port(String text) {
        return text == null ? DEFAULT_PORT : Integer.parseInt(text);
    }

    private static void protocol(Draft draft, String name, Set<String> prefixes) {
        String explicit = draft.take(PROTOCOL);
        if (prefixes.size() > 1) {
            draft.problem(name, "mixes the protocols " + String.join(", ", prefixes) + "; one cluster has one");
            return;
        }
        if (explicit != null) {
            String upper = Draft.plain(explicit) ? explicit.toUpperCase(Locale.ROOT) : explicit;
            if (!prefixes.isEmpty() && !prefixes.contains(upper)) {
                draft.problem(
                        PROTOCOL,
                        "is " + explicit + ", but the brokers in " + name + " say "
                                + prefixes.iterator().next());
            }
            draft.set(PROTOCOL, upper);
        } else if (!prefixes.isEmpty()) {
            draft.set(PROTOCOL, prefixes.iterator().next());
        }
    }

    private static String allowed() {
        return String.join(", ", new TreeSet<>(PROTOCOLS));
    }
}
