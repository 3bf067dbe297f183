package dev.keyway.gateway.rpc;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Closes connections that have had no request for some time, counted from their opening or the end of their last request.
 * A request counts from the moment its head is complete, so dripping a head byte by byte does not keep a connection,
 * while a call may wait for its answer as long as its deadline allows, without any traffic. Event loop only.
 *
 * <p>Vert.x shows a connection only with its first complete head. Until then the server's write-idle timeout watches
 * over it, which nothing that the client sends can put off; from then on it is watched here.
 */
final class IdleConnections {
    private static final int MAX_CONNECTIONS = 10_000;

    private final Map<HttpConnection, State> states = new IdentityHashMap<>();
    private final Vertx vertx;
    private final long limitNanos;
    private final long timer;

    IdleConnections(Vertx vertx, long limitMillis) {
        this.vertx = vertx;
        this.limitNanos = TimeUnit.MILLISECONDS.toNanos(limitMillis);
        this.timer = vertx.setPeriodic(Math.max(10, limitMillis / 10), id -> sweep(System.nanoTime()));
    }

    void opened(HttpConnection connection) {
        if (states.size() >= MAX_CONNECTIONS) {
            connection.close();
            return;
        }
        ChannelPipeline pipeline =
                ((HttpServerConnection) connection).channelHandlerContext().pipeline();
        if (pipeline.get(IdleStateHandler.class) != null) {
            pipeline.remove(IdleStateHandler.class);
        }
        states.put(connection, new State(System.nanoTime()));
        connection.closeHandler(v -> states.remove(connection));
    }

    void begun(HttpConnection connection) {
        State state = states.get(connection);
        if (state != null) {
            state.requests++;
        }
    }

    void ended(HttpConnection connection) {
        State state = states.get(connection);
        if (state != null) {
            state.requests--;
            state.idleSince = System.nanoTime();
        }
    }

    private void sweep(long now) {
        for (Map.Entry<HttpConnection, State> entry : List.copyOf(states.entrySet())) {
            State state = entry.getValue();
            if (state.requests == 0 && now - state.idleSince > limitNanos) {
                entry.getKey().close();
            }
        }
    }

    void close() {
        vertx.cancelTimer(timer);
    }

    private static final class State {
        private int requests;
        private long idleSince;

        State(long now) {
            idleSince = now;
        }
    }
}
