/**
 * The soak run: hours of load with mild faults over real processes, and a judgement at its end. {@link
 * dev.keyway.benchmarks.soak.Soak} is the command.
 */
package dev.keyway.benchmarks.soak;
