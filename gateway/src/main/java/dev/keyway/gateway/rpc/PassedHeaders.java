package dev.keyway.gateway.rpc;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Which headers of a request the handler sees, and which of its answer the caller sees. */
final class PassedHeaders {
    private static final String INGRESS_PATH = "x-restate-ingress-path";
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "content-length",
            "expect",
            "http2-settings",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");
    private static final Set<String> OURS =
            Set.of("host", "idempotency-key", "idempotency-expires", INGRESS_PATH, "x-keyway-timeout");

    private PassedHeaders() {}

    /**
     * {@code x-restate-ingress-path} first, then the request's own, names in lower case. Names by which handlers tell
     * records from calls ({@code kafka.*}, {@code restate.*}, {@code keyway*}) can not be forged by a caller.
     */
    static MultiMap ofRequest(HttpServerRequest request) {
        MultiMap passed = MultiMap.caseInsensitiveMultiMap();
        passed.add(INGRESS_PATH, request.uri());
        for (Map.Entry<String, String> header : request.headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name) && !OURS.contains(name) && !reserved(name)) {
                passed.add(name, header.getValue());
            }
        }
        return passed;
    }

    private static boolean reserved(String name) {
        return name.startsWith(":")
                || name.startsWith("kafka.")
                || name.startsWith("restate.")
                || name.startsWith("keyway");
    }

    static void ofAnswer(MultiMap from, MultiMap to) {
        for (Map.Entry<String, String> header : from) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name) && !name.startsWith("x-restate-")) {
                to.add(name, header.getValue());
            }
        }
    }
}
