/**
 * Load runs over the whole path, each process in a JVM of its own: an embedded broker, a minimal handler, Keyway, and
 * what Keyway is compared with. {@link dev.keyway.benchmarks.load.LoadRun} is the command; a {@code Scenario} says what
 * is measured, a {@code BacklogPass} and a {@code LivePass} measure it, {@code Tally} checks order and completeness.
 */
package dev.keyway.benchmarks.load;
