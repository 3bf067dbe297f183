/**
 * Protocol {@code restate}: calls handlers written with Restate's SDKs over service protocol V5 and V6, on the direct
 * path. A handler gets its input, key and headers, and returns or throws; a durable step is refused by name, because
 * nothing here could make it durable. {@code AttemptMachine} is the protocol without the transport; {@code RestateDriver}
 * puts it on a stream.
 */
package dev.keyway.gateway.invoke.restate;
