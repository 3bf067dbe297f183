package dev.keyway.admin.rest;

import java.util.List;

/** The source and the sink of a subscription, read as Restate reads them: no percent-decoding, the query is dropped. */
final class SubscriptionUris {

    private SubscriptionUris() {}

    /** @param topic may be empty */
    record Source(String cluster, String topic) {
        @Override
        public String toString() {
            return "kafka://" + cluster + "/" + topic;
        }
    }

    /** A service and one of its handlers. */
    record Sink(String service, String handler) {
        @Override
        public String toString() {
            return "service://" + service + "/" + handler;
        }
    }

    static Source source(String text) {
        List<String> parts = split("source", text, "kafka", "kafka://<cluster>/<topic>");
        return new Source(parts.get(0), parts.get(1));
    }

    static Sink sink(String text) {
        List<String> parts = split("sink", text, "service", "service://<service>/<handler>");
        return new Sink(parts.get(0), parts.get(1));
    }

    private static List<String> split(String what, String text, String scheme, String form) {
        int colon = text.indexOf("://");
        if (colon < 0 || !text.substring(0, colon).equals(scheme)) {
            throw meta("invalid " + what + " URI '" + text + "': its scheme must be '" + scheme + "', as in " + form);
        }
        String rest = text.substring(colon + 3);
        int query = rest.indexOf('?');
        rest = query < 0 ? rest : rest.substring(0, query);
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        if (authority.isEmpty() || !rest.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw meta("invalid " + what + " URI '" + text + "': expected " + form);
        }
        return List.of(authority, slash < 0 ? "" : rest.substring(slash + 1));
    }

    static ApiError meta(String message) {
        return ApiError.meta(400, "META0009", message);
    }
}
