package dev.keyway.admin.rest;

import dev.keyway.admin.model.Batch;
import dev.keyway.admin.model.DurationText;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/** Batch bounds of subscriptions in requests and answers. */
final class BatchJson {
    private static final List<String> FIELDS = List.of("max_records", "max_bytes", "linger");
    private static final int MOST_RECORDS = 10_000;
    private static final long LEAST_BYTES = 1 << 10;
    private static final long MOST_BYTES = 64 << 20;
    private static final Duration LONGEST_LINGER = Duration.ofSeconds(10);

    private BatchJson() {}

    /** Reads bounds; what the object does not mention comes from {@code otherwise}. {@code null} for no object. */
    static Batch read(JsonBody object, Batch otherwise) {
        if (object == null) {
            return null;
        }
        object.onlyKnown(FIELDS);
        Long records = object.integer("max_records", 1, MOST_RECORDS);
        Long bytes = object.integer("max_bytes", LEAST_BYTES, MOST_BYTES);
        Duration linger = object.duration("linger");
        if (linger != null && linger.compareTo(LONGEST_LINGER) > 0) {
            throw object.bad(
                    "linger",
                    DurationText.format(linger) + " is not between 0s and " + DurationText.format(LONGEST_LINGER));
        }
        return new Batch(
                records == null ? otherwise.maxRecords() : records.intValue(),
                bytes == null ? otherwise.maxBytes() : bytes,
                linger == null ? otherwise.linger() : linger);
    }

    static JsonObject write(Batch batch) {
        return new JsonObject()
                .put("max_records", batch.maxRecords())
                .put("max_bytes", batch.maxBytes())
                .put("linger", DurationText.format(batch.linger()));
    }
}
