package dev.keyway.gateway.egress;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Lets a trace go on from the input record to what its handler writes. */
public final class Traceparent {
    private static final String NAME = "traceparent";

    private Traceparent() {}

    /** The effects, with the trace of the input record where a record names none. */
    public static Effects pass(Effects effects, Headers input) {
        Header trace = input.lastHeader(NAME);
        if (trace == null || effects.isEmpty()) {
            return effects;
        }
        List<EgressRecord> records = new ArrayList<>(effects.records().size());
        for (EgressRecord record : effects.records()) {
            boolean own =
                    record.headers().stream().anyMatch(header -> header.key().equals(NAME));
            if (own) {
                records.add(record);
                continue;
            }
            List<Header> headers = new ArrayList<>(record.headers());
            headers.add(trace);
            records.add(new EgressRecord(
                    record.egress(), record.topic(), record.partition(), record.key(), record.value(), headers));
        }
        return new Effects(records);
    }
}
