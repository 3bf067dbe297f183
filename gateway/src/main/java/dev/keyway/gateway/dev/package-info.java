/**
 * The commands {@code demo} and {@code dev}: an embedded broker, an instance and, for the demo, sample data and a sample
 * handler. The only package of the gateway that may block and that knows the embedded broker, whose jars are present for
 * these two commands alone.
 */
package dev.keyway.gateway.dev;
