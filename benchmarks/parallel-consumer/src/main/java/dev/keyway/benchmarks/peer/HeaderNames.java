package dev.keyway.benchmarks.peer;

import io.netty.util.AsciiString;

/** The names that Keyway sends, as {@code docs/http-handlers.md} lists them; the load run compares them. */
final class HeaderNames {
    static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    static final AsciiString KAFKA_OFFSET = AsciiString.cached("kafka.offset");
    static final AsciiString KAFKA_TOPIC = AsciiString.cached("kafka.topic");
    static final AsciiString KAFKA_PARTITION = AsciiString.cached("kafka.partition");
    static final AsciiString KAFKA_TIMESTAMP = AsciiString.cached("kafka.timestamp");
    static final AsciiString KAFKA_KEY = AsciiString.cached("kafka.key");
    static final AsciiString SUBSCRIPTION_ID = AsciiString.cached("restate.subscription.id");
    static final AsciiString KEYWAY_KEY = AsciiString.cached("keyway-key");
    static final AsciiString KEYWAY_ASSIGNMENT = AsciiString.cached("keyway-assignment");
    static final AsciiString IDEMPOTENCY_KEY = AsciiString.cached("idempotency-key");

    private HeaderNames() {}
}
