/**
 * The wire format of Restate's service protocol, versions 5 and 6: frames and the messages within them. Source of all
 * numbers: {@code protocol.proto} of the service protocol (MIT licence), checked against the Java and TypeScript SDKs.
 *
 * <p>Everything is immutable or owned by one thread; no I/O. Messages that only version 7 knows, and types not known at
 * all, arrive as {@link dev.keyway.codecs.restate.UnknownMessage}; unknown fields are skipped.
 */
package dev.keyway.codecs.restate;
