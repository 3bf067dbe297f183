package dev.keyway.benchmarks.peer;

/**
 * Where the calls go.
 *
 * @param pathPrefix what stands before the key in the path, with its leading slash
 * @param handler what stands behind it
 * @param connections of each event loop
 * @param concurrency calls in flight at most, over all
 */
record Destination(String host, int port, String pathPrefix, String handler, int connections, int concurrency) {}
