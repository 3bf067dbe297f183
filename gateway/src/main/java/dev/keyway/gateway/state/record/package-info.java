/**
 * The records of a slot: keys and values of the changelog topic, byte for byte as {@code docs/internal-topics.md} lays them
 * out. Plain data and codecs, no Kafka client, no store; any thread.
 */
package dev.keyway.gateway.state.record;
