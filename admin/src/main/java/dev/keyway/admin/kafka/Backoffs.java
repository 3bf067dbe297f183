package dev.keyway.admin.kafka;

/** Times that the Java client grows up to a maximum, which is an option of its own. */
final class Backoffs {

    private Backoffs() {}

    /** Where only the first time is set, the maximum is librdkafka's default, or the first one when that is larger. */
    static void complete(Draft draft) {
        notBelow(draft, "socket.connection.setup.timeout.ms", "socket.connection.setup.timeout.max.ms", 30_000);
        notBelow(draft, "reconnect.backoff.ms", "reconnect.backoff.max.ms", 10_000);
        notBelow(draft, "retry.backoff.ms", "retry.backoff.max.ms", 1_000);
    }

    private static void notBelow(Draft draft, String first, String maximum, long standard) {
        if (draft.client().get(first) instanceof String text && text.strip().matches("\\d{1,18}")) {
            draft.setDefault(maximum, String.valueOf(Math.max(Long.parseLong(text.strip()), standard)));
        }
    }
}
