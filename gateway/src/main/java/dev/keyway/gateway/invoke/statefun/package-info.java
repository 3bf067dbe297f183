/**
 * Protocol {@code statefun}: calls functions written with the SDKs of Stateful Functions. {@code FunctionConversation} is
 * the protocol without the transport: what to send, and what an answer means.
 */
package dev.keyway.gateway.invoke.statefun;
