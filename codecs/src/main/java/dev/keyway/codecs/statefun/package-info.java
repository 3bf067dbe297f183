/**
 * The wire format of the request-reply protocol of Stateful Functions 3.x: what is sent to a function, what it answers,
 * the Kafka record that an egress message carries, and the built-in types. Source of all numbers: the four published
 * {@code .proto} files of {@code statefun-sdk-protos} 3.3.0 (Apache-2.0), checked against the generated classes of the
 * Java SDK.
 *
 * <p>Everything is immutable or owned by one thread; no I/O. Unknown fields are skipped. Two additions of the kzmlabs
 * continuation are known: {@code TypedValue.metadata = 4} is written, {@code KafkaProducerRecord.headers = 4} is read;
 * Apache's SDKs skip both.
 */
package dev.keyway.codecs.statefun;
