package dev.keyway.sdkservices;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.restate.sdk.Context;
import java.util.HashMap;
import java.util.Map;

/** Prints each delivery as one line, which is how the tests see it from outside of the process. */
final class Deliveries {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Deliveries() {}

    static void print(Context ctx, String what, Object value, String key) {
        Map<String, Object> line = new HashMap<>();
        line.put("what", what);
        line.put("key", key);
        line.put("offset", ctx.request().headers().get("kafka.offset"));
        line.put("value", value);
        try {
            System.out.println("DELIVERED " + JSON.writeValueAsString(line));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
