package dev.keyway.gateway.egress;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.keyway.codecs.Nearest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Reads an effects document ({@code application/vnd.keyway.effects+json}, {@code docs/egress.md}). A JSON value keeps its
 * bytes as they stand in the document. One instance reads one document, on any thread.
 */
public final class EffectsReader {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            // The answer as a whole is bounded by invoker.max-response-bytes.
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(10_000)
                    .build())
            .build();
    private static final List<String> DOCUMENT = List.of("records");
    private static final List<String> RECORD =
            List.of("egress", "topic", "partition", "key", "key_base64", "value", "value_base64", "headers");
    private static final List<String> HEADER = List.of("name", "value", "value_base64");
    private static final int LONGEST_SHOWN = 60;

    private final byte[] document;
    private final int maxRecords;
    private final JsonParser parser;
    private final List<EgressRecord> records = new ArrayList<>();

    private EffectsReader(byte[] document, int maxRecords, JsonParser parser) {
        this.document = document;
        this.maxRecords = maxRecords;
        this.parser = parser;
    }

    /**
     * Reads a document.
     *
     * @param maxRecords more are refused
     * @throws EffectsException with the place and what is wrong there; then nothing of the document counts
     */
    public static Effects read(byte[] document, int maxRecords) throws EffectsException {
        try (JsonParser parser = parser(document)) {
            parser.nextToken();
            Effects effects = readNested(document, maxRecords, parser);
            if (parser.nextToken() != null) {
                throw new EffectsException("there is " + name(parser.currentToken()) + " after the end of the effects"
                        + at(parser.currentTokenLocation()));
            }
            return effects;
        } catch (JsonProcessingException e) {
            throw new EffectsException(
                    "the effects are not JSON: " + shown(e.getOriginalMessage(), 160) + at(e.getLocation()));
        } catch (IOException e) {
            throw new EffectsException("the effects cannot be read: " + e.getMessage());
        }
    }

    /**
     * A parser of a document that holds effects.
     *
     * @throws EffectsException if it is not UTF-8: values are taken from its bytes
     */
    public static JsonParser parser(byte[] document) throws IOException, EffectsException {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document));
        } catch (CharacterCodingException e) {
            throw new EffectsException("the answer is not JSON: it is not valid UTF-8");
        }
        for (int i = 0; i < Math.min(4, document.length); i++) {
            // The parser would take the text for UTF-16 or UTF-32, and know no places in its bytes.
            if (document[i] == 0) {
                throw new EffectsException("the answer is not JSON: it has a zero byte");
            }
        }
        return JSON.createParser(document);
    }

    /**
     * Reads the effects that begin at the current token, up to their end.
     *
     * @param document the whole of what {@code parser} reads
     * @throws EffectsException as {@link #read}; the parser is somewhere within the effects then
     */
    public static Effects readNested(byte[] document, int maxRecords, JsonParser parser)
            throws IOException, EffectsException {
        return new EffectsReader(document, maxRecords, parser).document();
    }

    private static String at(JsonLocation location) {
        return location == null || location == JsonLocation.NA
                ? ""
                : " at line " + location.getLineNr() + " column " + location.getColumnNr();
    }

    private Effects document() throws IOException, EffectsException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw wrong("the effects are " + name(parser.currentToken()) + ", expected an object with records");
        }
        boolean found = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            if (!field.equals("records")) {
                throw unknown("", field, DOCUMENT);
            }
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw wrong("records is " + name(parser.currentToken()) + ", expected an array");
            }
            found = true;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (records.size() == maxRecords) {
                    throw new EffectsException(
                            "the effects have more than " + maxRecords + " records (egress.max-records)");
                }
                records.add(new RecordReader("records[" + records.size() + "]").read());
            }
        }
        if (!found) {
            throw new EffectsException("the effects have no records; an answer without effects needs no body");
        }
        return new Effects(records);
    }

    /** One record, or one of its headers, while it is read. */
    private final class RecordReader {
        private final String place;
        private String egress;
        private String topic;
        private Integer partition;
        private byte[] key;
        private String keyFrom;
        private byte[] value;
        private String valueFrom;
        private String name;
        private final List<Header> headers = new ArrayList<>();

        RecordReader(String place) {
            this.place = place;
        }

        EgressRecord read() throws IOException, EffectsException {
            begin();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken token = parser.nextToken();
                switch (field) {
                    case "egress" -> egress = text(field, token);
                    case "topic" -> topic = text(field, token);
                    case "partition" -> partition = partition(token);
                    case "key", "key_base64" -> {
                        keyFrom = once(keyFrom, field);
                        key = token == JsonToken.VALUE_NULL ? null : bytes(field, text(field, token));
                    }
                    case "value", "value_base64" -> value(field, token);
                    case "headers" -> headers(token);
                    default -> throw unknown(place + ".", field, RECORD);
                }
            }
            required("egress", egress);
            required("topic", topic);
            required("value", valueFrom);
            return new EgressRecord(egress, topic, partition, key, value, List.copyOf(headers));
        }

        private Header header() throws IOException, EffectsException {
            begin();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken token = parser.nextToken();
                switch (field) {
                    case "name" -> name = text(field, token);
                    case "value", "value_base64" -> {
                        valueFrom = once(valueFrom, field);
                        value = token == JsonToken.VALUE_NULL ? null : bytes(field, text(field, token));
                    }
                    default -> throw unknown(place + ".", field, HEADER);
                }
            }
            required("name", name);
            required("value", valueFrom);
            return new RecordHeader(name, value);
        }

        private void begin() throws IOException, EffectsException {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw wrong(place + " is " + name(parser.currentToken()) + ", expected an object");
            }
        }

        private void required(String field, String found) throws EffectsException {
            if (found == null) {
                throw new EffectsException(place + " has no " + field
                        + (field.equals("value") ? "; \"value\": null writes a record without a value" : ""));
            }
        }

        private String once(String before, String field) throws EffectsException {
            if (before != null) {
                throw new EffectsException(place + " has both " + before + " and " + field + ", expected one of them");
            }
            return field;
        }

        private String text(String field, JsonToken token) throws IOException, EffectsException {
            if (token != JsonToken.VALUE_STRING) {
                throw wrong(place + "." + field + " is " + name(token) + ", expected a string");
            }
            String text = parser.getText();
            if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
                throw wrong(place + "." + field + " has half of a surrogate pair, which is no character");
            }
            return text;
        }

        private byte[] bytes(String field, String text) throws EffectsException {
            if (!field.endsWith("_base64")) {
                return text.getBytes(StandardCharsets.UTF_8);
            }
            byte[] bytes = Base64Text.decode(text);
            if (bytes == null) {
                throw new EffectsException(
                        place + "." + field + " is '" + shown(text, LONGEST_SHOWN) + "', which is not base64");
            }
            return bytes;
        }

        private Integer partition(JsonToken token) throws IOException, EffectsException {
            if (token == JsonToken.VALUE_NULL) {
                return null;
            }
            String digits = token == JsonToken.VALUE_NUMBER_INT ? parser.getText() : "";
            if (digits.isEmpty() || digits.length() > 9 || digits.startsWith("-")) {
                throw wrong(place + ".partition is "
                        + (token == JsonToken.VALUE_NUMBER_INT ? shown(digits, LONGEST_SHOWN) : name(token))
                        + ", expected the number of a partition");
            }
            return Integer.valueOf(digits);
        }

        private void value(String field, JsonToken token) throws IOException, EffectsException {
            valueFrom = once(valueFrom, field);
            if (token == JsonToken.VALUE_NULL) {
                value = null;
            } else if (token == JsonToken.VALUE_STRING || field.equals("value_base64")) {
                value = bytes(field, text(field, token));
            } else if (token.isStructStart()) {
                int from = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                value = Arrays.copyOfRange(
                        document, from, (int) parser.currentTokenLocation().getByteOffset() + 1);
            } else {
                value = parser.getText().getBytes(StandardCharsets.UTF_8);
            }
        }

        private void headers(JsonToken token) throws IOException, EffectsException {
            if (token == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    headers.add(new RecordReader(place + ".headers[" + headers.size() + "]").header());
                }
            } else if (token == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String header = parser.currentName();
                    JsonToken content = parser.nextToken();
                    headers.add(new RecordHeader(
                            header,
                            content == JsonToken.VALUE_NULL
                                    ? null
                                    : text("headers." + shown(header, LONGEST_SHOWN), content)
                                            .getBytes(StandardCharsets.UTF_8)));
                }
            } else if (token != JsonToken.VALUE_NULL) {
                throw wrong(place + ".headers is " + name(token)
                        + ", expected an object of strings, or an array of objects with name and value");
            }
        }
    }

    private EffectsException wrong(String problem) {
        return new EffectsException(problem + at(parser.currentTokenLocation()));
    }

    private EffectsException unknown(String path, String field, List<String> known) {
        String hint = Nearest.hint(field, known);
        return wrong("unknown field '" + path + shown(field, LONGEST_SHOWN) + "'"
                + (hint.isEmpty() ? "; known fields: " + String.join(", ", known) : hint));
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

    private static String shown(String text, int longest) {
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.length() > longest ? printable.substring(0, longest) + "…" : printable;
    }
}
