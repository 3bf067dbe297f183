/** State of slots: how long an instance takes to have it. */
package dev.keyway.benchmarks.state;
