package dev.keyway.gateway.source;

import dev.keyway.ordering.OffsetMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/** Metadata as another instance of Keyway writes it. */
final class OffsetMetadataText {
    private OffsetMetadataText() {}

    static String at(int epoch) {
        return OffsetMetadata.encode(epoch, OffsetMetadata.Completions.empty(), OffsetMetadata.MAX_CHARS)
                .text();
    }

    static int epoch(OffsetAndMetadata before, int otherwise) {
        OffsetMetadata.Decoded decoded = OffsetMetadata.decode(before.metadata());
        return decoded.kind() == OffsetMetadata.Kind.OURS ? decoded.seekEpoch() : otherwise;
    }
}
