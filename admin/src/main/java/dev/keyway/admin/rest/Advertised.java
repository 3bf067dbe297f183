package dev.keyway.admin.rest;

import dev.keyway.admin.config.KeywayConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;

/** Where the other instances reach this one's REST port. */
final class Advertised {
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "[::]");

    private Advertised() {}

    /**
     * The configured address, else host and port as bound. Nobody can call {@code 0.0.0.0}, which containers bind: then
     * the address of this machine's own name, as Kafka's brokers do it. Blocks on name resolution.
     *
     * @param port as bound
     */
    static String address(KeywayConfig.Admin admin, int port) {
        if (admin.advertisedAddress() != null) {
            return admin.advertisedAddress().replaceAll("/+$", "");
        }
        return "http://" + hostText(WILDCARDS.contains(admin.host()) ? ownAddress() : admin.host()) + ":" + port;
    }

    /** A host as URLs have it: IPv6 addresses in brackets. */
    static String hostText(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    private static String ownAddress() {
        try {
            return InetAddress.getLocalHost().getHostAddress();
        } catch (UnknownHostException e) {
            return InetAddress.getLoopbackAddress().getHostAddress();
        }
    }
}
