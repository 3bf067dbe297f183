package dev.keyway.gateway.invoke.http;

import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.Outcome.Kind;
import io.netty.util.AsciiString;

/** What an answer of a plain handler means: design section 4, {@code docs/http-handlers.md}. */
final class AnswerTable {
    static final AsciiString KEYWAY_OUTCOME = AsciiString.cached("keyway-outcome");
    static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    private static final AsciiString EFFECTS = AsciiString.cached("application/vnd.keyway.effects+json");

    private AnswerTable() {}

    /** What the handler said in {@code keyway-outcome}; it goes before the status. */
    enum Word {
        RETRY,
        DEAD_LETTER,
        DISCARD,
        /** The header is there, and none of the words. */
        UNKNOWN
    }

    /** {@code null} without the header. */
    static Word word(CharSequence header) {
        if (header == null) {
            return null;
        }
        return switch (header.toString().trim()) {
            case "retry" -> Word.RETRY;
            case "dead-letter" -> Word.DEAD_LETTER;
            case "discard" -> Word.DISCARD;
            default -> Word.UNKNOWN;
        };
    }

    static boolean isEffects(CharSequence contentType) {
        return contentType != null
                && contentType.length() >= EFFECTS.length()
                && AsciiString.regionMatches(contentType, true, 0, EFFECTS, 0, EFFECTS.length());
    }

    static Outcome outcome(int status, Word word, boolean effects, long retryAfterMillis, Outcome.Response response) {
        if (word != null) {
            return said(status, word, retryAfterMillis, response);
        }
        if (status < 300) {
            if (effects) {
                return Outcome.badEffects("they came as one document (" + EFFECTS
                        + ") for a whole batch; the effects of a" + " record stand in its result");
            }
            return response == null
                            || response.body() == null
                                    && status == 200
                                    && response.headers().isEmpty()
                    ? Outcome.COMPLETED
                    : Outcome.completed(response);
        }
        String reason = "handler answered " + status;
        return switch (status) {
            case 408, 425, 429 -> new Outcome(Kind.RETRY, Fault.RECORD, reason, retryAfterMillis, response);
            case 401, 403, 404, 405, 415, 501 ->
                new Outcome(Kind.RETRY, Fault.DEPLOYMENT, reason, retryAfterMillis, response);
            default ->
                status >= 500
                        ? new Outcome(Kind.RETRY, Fault.RECORD, reason, retryAfterMillis, response)
                        : new Outcome(Kind.TERMINAL, Fault.RECORD, reason, -1, response);
        };
    }

    private static Outcome said(int status, Word word, long retryAfterMillis, Outcome.Response response) {
        String reason = "handler answered " + status + " with keyway-outcome: ";
        return switch (word) {
            case RETRY -> new Outcome(Kind.RETRY, Fault.RECORD, reason + "retry", retryAfterMillis, response);
            case DEAD_LETTER -> new Outcome(Kind.DEAD_LETTER, Fault.RECORD, reason + "dead-letter", -1, response);
            case DISCARD -> new Outcome(Kind.DISCARD, Fault.RECORD, reason + "discard", -1, response);
            // Guessing could drop the record; repeating cannot.
            case UNKNOWN ->
                new Outcome(
                        Kind.RETRY,
                        Fault.DEPLOYMENT,
                        reason + "an unknown word; known are retry, dead-letter, discard",
                        retryAfterMillis,
                        response);
        };
    }
}
