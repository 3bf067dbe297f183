/**
 * What keeps records in order and offsets right: mailboxes per key, the tracker of a partition, the commit metadata,
 * the timer wheel, backoff and bounds. Plain Java without Kafka or Vert.x; every stateful class belongs to one thread.
 */
package dev.keyway.ordering;
