/**
 * {@code parallel-consumer-vertx} as a process that the load runs compare Keyway with. It shares no class with Keyway:
 * its class path has Vert.x 4 and kafka-clients 3.
 */
package dev.keyway.benchmarks.peer;
