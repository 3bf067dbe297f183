/**
 * Measurements of Keyway (JMH): a package for each part, beside what the part replaces; {@code path} for all of them
 * together; {@code load} holds the load runs, which are no JMH.
 */
package dev.keyway.benchmarks;
