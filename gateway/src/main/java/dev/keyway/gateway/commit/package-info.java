/**
 * The transaction engine of a source: what its records cause and their offsets are committed together, in one Kafka
 * transaction at a time (invariant I3). {@link dev.keyway.gateway.commit.GroupCommit} decides on the source's context,
 * {@link dev.keyway.gateway.commit.ProducerLane} talks to Kafka on a thread of its own.
 */
package dev.keyway.gateway.commit;
