package dev.keyway.gateway.guarantees.journal;

import java.util.Map;
import java.util.Set;

/**
 * What was done to the connections between instances and handler, by their address as the handler sees it.
 *
 * @param cutAt a moment before the connection was ended
 * @param held connections on which bytes were kept back, so that what arrives may have been sent long before
 */
public record Network(Map<String, Long> cutAt, Set<String> held) {
    /** Nothing was done. */
    public static final Network CALM = new Network(Map.of(), Set.of());

    /** A moment from which the gateway may know that the connection has ended. */
    public long cutAt(String connection) {
        return cutAt.getOrDefault(connection, Long.MAX_VALUE);
    }

    /** The call may have left the gateway long before it arrived. */
    public boolean late(Call call) {
        return held.contains(call.connection()) || call.start() > cutAt(call.connection());
    }
}
