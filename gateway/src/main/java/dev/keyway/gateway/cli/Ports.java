package dev.keyway.gateway.cli;

import dev.keyway.admin.config.KeywayConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/**
 * Says which port of an instance cannot be bound and why. Asked before the start, so that the answer comes at once
 * and not after Kafka was asked; a port taken between this and the start is found by the start itself.
 */
final class Ports {
    private Ports() {}

    /** @throws CliException with {@link ExitCode#FAILED} for the first port that cannot be bound */
    static void requireFree(KeywayConfig config) {
        requireFree("admin", config.admin().host(), config.admin().port());
        requireFree("ingress", config.ingress().host(), config.ingress().port());
    }

    /** @param name of the port, as its flag has it: {@code --<name>-port} */
    static void requireFree(String name, String host, int port) {
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new CliException(
                    ExitCode.FAILED,
                    "the host " + host + " of the " + name + " port cannot be resolved; choose another with --" + name
                            + "-host",
                    e);
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
        } catch (IOException e) {
            throw new CliException(
                    ExitCode.FAILED,
                    "the " + name + " port " + port + " on " + host + " cannot be bound: " + e.getMessage()
                            + "; choose another with --" + name + "-port",
                    e);
        }
    }
}
