package dev.keyway.gateway.invoke.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import dev.keyway.codecs.Nearest;
import dev.keyway.gateway.egress.Effects;
import dev.keyway.gateway.egress.EffectsException;
import dev.keyway.gateway.egress.EffectsReader;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.RetryAfter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the results in an answer to a batch: a JSON array with one entry per record, in the order of the request. An entry
 * is a status, or an object with {@code status} and perhaps {@code outcome}, {@code retry_after} and {@code effects}. A
 * record without a result that can be read has failed an attempt, with the reason; it is never taken for done. Bad effects
 * are refused for their record alone.
 */
final class BatchResults {
    private static final List<String> FIELDS = List.of("status", "outcome", "retry_after", "effects");
    private static final List<String> WORDS = List.of("retry", "dead-letter", "discard");
    private static final int LONGEST_SHOWN = 40;
    private static final int LONGEST_CAUSE = 160;
    private static final double LONGEST_SECONDS = 365.0 * 24 * 3600;

    private final JsonParser parser;
    private final byte[] body;
    private final int maxEffects;
    private int status;
    private String word;
    private long retryAfterMillis;
    private String problem;
    private Effects effects;
    private String badEffects;

    private BatchResults(JsonParser parser, byte[] body, int maxEffects) {
        this.parser = parser;
        this.body = body;
        this.maxEffects = maxEffects;
    }

    /**
     * One outcome per record.
     *
     * @param maxEffects records that the effects of one entry may have
     */
    static List<Outcome> read(byte[] body, int records, int answered, int maxEffects) {
        List<Outcome> results = new ArrayList<>(records);
        String broken = null;
        int found = 0;
        try (JsonParser parser = EffectsReader.parser(body)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                broken = "found " + name(parser.currentToken()) + ", expected an array with one entry per record";
            } else {
                BatchResults reader = new BatchResults(parser, body, maxEffects);
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    Outcome outcome = reader.entry(++found);
                    if (found <= records) {
                        results.add(outcome);
                    }
                }
                if (parser.nextToken() != null) {
                    broken = "found " + name(parser.currentToken()) + " after the end of the array";
                } else if (found > records) {
                    broken = found + " results for " + records + (records == 1 ? " record" : " records");
                }
            }
        } catch (EffectsException e) {
            broken = e.getMessage();
        } catch (JsonProcessingException e) {
            broken = "it is not JSON: " + shown(e.getOriginalMessage(), LONGEST_CAUSE);
        } catch (IOException e) {
            broken = "it cannot be read: " + e.getMessage();
        }
        if (broken != null) {
            results.clear();
        }
        String missing = broken == null ? found + " results for " + records + " records: none for this one" : broken;
        while (results.size() < records) {
            results.add(failed("handler answered " + answered + " with results that do not count: " + missing));
        }
        return results;
    }

    private Outcome entry(int number) throws IOException {
        status = -1;
        word = null;
        retryAfterMillis = -1;
        problem = null;
        effects = Effects.NONE;
        badEffects = null;
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                field(field);
            }
            if (status < 0 && problem == null) {
                problem = "it has no status";
            }
        } else {
            status("it", token);
        }
        if (problem != null) {
            return failed("result " + number + " of the handler does not count: " + problem);
        }
        if (status < 300 && word == null) {
            return badEffects != null
                    ? Outcome.badEffects(badEffects)
                    : effects.isEmpty() ? Outcome.COMPLETED : Outcome.completed(null, effects);
        }
        return AnswerTable.outcome(
                status,
                AnswerTable.word(word),
                false,
                retryAfterMillis,
                new Outcome.Response(status, null, null, null));
    }

    private void field(String field) throws IOException {
        JsonToken token = parser.currentToken();
        switch (field) {
            case "status" -> status("status", token);
            case "outcome" -> word(token);
            case "retry_after" -> retryAfter(token);
            case "effects" -> effects(token);
            default -> {
                String hint = Nearest.hint(field, FIELDS);
                wrong("unknown field '" + shown(field) + "'"
                        + (hint.isEmpty() ? "; known fields: " + String.join(", ", FIELDS) : hint));
                parser.skipChildren();
            }
        }
    }

    private void status(String what, JsonToken token) throws IOException {
        if (token != JsonToken.VALUE_NUMBER_INT) {
            wrong(what + " is " + name(token) + ", expected a status from 200 to 599");
            parser.skipChildren();
            return;
        }
        String digits = parser.getText();
        int number = digits.length() > 3 ? -1 : Integer.parseInt(digits);
        if (number < 200 || number > 599) {
            wrong(what + " is " + shown(digits) + ", expected a status from 200 to 599");
            return;
        }
        status = number;
    }

    private void word(JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (token != JsonToken.VALUE_STRING || !WORDS.contains(parser.getText())) {
            String found = token == JsonToken.VALUE_STRING ? "'" + shown(parser.getText()) + "'" : name(token);
            wrong("outcome is " + found + ", expected one of " + String.join(", ", WORDS));
            parser.skipChildren();
            return;
        }
        word = parser.getText();
    }

    private void retryAfter(JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (token == JsonToken.VALUE_STRING) {
            retryAfterMillis = RetryAfter.millis(parser.getText(), System.currentTimeMillis());
        } else if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
            double seconds = parser.getDoubleValue();
            retryAfterMillis = seconds < 0 ? -1 : (long) (Math.min(LONGEST_SECONDS, seconds) * 1000);
        }
        if (retryAfterMillis < 0) {
            wrong("retry_after is " + (token.isScalarValue() ? shown(parser.getText()) : name(token))
                    + ", expected seconds or a date");
            parser.skipChildren();
        }
    }

    /** What is wrong with them is the failure of this record alone, and vain to try again. */
    private void effects(JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        JsonStreamContext entry =
                token.isStructStart() ? parser.getParsingContext().getParent() : null;
        try {
            effects = EffectsReader.readNested(body, maxEffects, parser);
        } catch (EffectsException e) {
            badEffects = e.getMessage();
            while (entry != null && parser.getParsingContext() != entry) {
                if (parser.nextToken() == null) {
                    return;
                }
            }
        }
    }

    /** The first problem of an entry counts. */
    private void wrong(String text) {
        problem = problem == null ? text : problem;
    }

    private static Outcome failed(String reason) {
        return Outcome.retry(Outcome.Fault.DEPLOYMENT, reason);
    }

    private static String name(JsonToken token) {
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT, END_OBJECT, FIELD_NAME -> "an object";
            case START_ARRAY, END_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            default -> "nothing";
        };
    }

    private static String shown(String text) {
        return shown(text, LONGEST_SHOWN);
    }

    private static String shown(String text, int longest) {
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.length() > longest ? printable.substring(0, longest) + "…" : printable;
    }
}
