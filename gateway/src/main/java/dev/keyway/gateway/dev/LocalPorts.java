package dev.keyway.gateway.dev;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports on loopback. A port found free may be taken the moment after; who binds it reports that. */
final class LocalPorts {
    private LocalPorts() {}

    /** The wanted port if it is free, else any free one. */
    static int preferably(int wanted) {
        return isFree(wanted) ? wanted : any();
    }

    /** Whether the failure comes from a port that somebody else has. */
    static boolean isTaken(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof BindException)) {
            cause = cause.getCause();
        }
        return cause != null;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int any() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new LocalFailure("no free port on loopback: " + e.getMessage(), e);
        }
    }
}
