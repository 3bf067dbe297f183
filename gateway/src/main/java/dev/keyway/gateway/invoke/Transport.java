package dev.keyway.gateway.invoke;

import io.vertx.core.net.ClientSSLOptions;
import java.time.Duration;

/**
 * How one deployment is connected to, where that is not as the instance is configured. Immutable in use; any thread.
 * Deployments that are connected to in the same way may share one.
 *
 * @param connectTimeout of the socket, of the TLS handshake, and of the peer's first HTTP/2 frame, each
 * @param connections most open ones to the deployment, of one event loop
 * @param maxAge at which a connection is replaced, give or take a fifth; zero means never
 * @param maxResponseBytes of the body of an answer
 * @param responseBound the name of the setting that {@code maxResponseBytes} comes from, for errors
 * @param tls of {@code https} deployments; host names are always verified unless these options say otherwise
 */
public record Transport(
        Duration connectTimeout,
        int connections,
        Duration maxAge,
        long maxResponseBytes,
        String responseBound,
        ClientSSLOptions tls) {}
