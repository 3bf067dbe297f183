package dev.keyway.gateway.invoke;

import io.vertx.core.Future;

/** Opens connections of one kind. Loop only; the future completes there. */
interface Connector {
    Future<Connection> open(Endpoint endpoint);

    void close();
}
