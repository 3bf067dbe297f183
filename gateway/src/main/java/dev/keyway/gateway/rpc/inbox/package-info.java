/**
 * Calls to objects whose exclusivity is the cluster's: they go into the inbox, the owner of the slot makes them, and the
 * answer comes back by a topic of its own to the instance that holds the caller.
 */
package dev.keyway.gateway.rpc.inbox;
