/** Measurements of Keyway's parts (JMH); {@code load} holds those of the whole path. */
package dev.keyway.benchmarks;
