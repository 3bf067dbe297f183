/**
 * Load runs over the whole path, each process in a JVM of its own: an embedded broker, a minimal handler, Keyway, and
 * the bare HTTP/2 client loop that Keyway is compared with. {@link dev.keyway.benchmarks.load.LoadRun} is the command.
 */
package dev.keyway.benchmarks.load;
