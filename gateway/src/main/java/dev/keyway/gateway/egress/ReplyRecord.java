package dev.keyway.gateway.egress;

import dev.keyway.admin.model.Reply;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** The record that the body of an answer becomes ({@code docs/egress.md}). */
public final class ReplyRecord {
    private static final String KEY = "keyway-reply-key";
    private static final String KEY_BASE64 = "keyway-reply-key-base64";
    private static final String HEADER = "keyway-reply-header";
    private static final int LONGEST_SHOWN = 60;

    private ReplyRecord() {}

    /**
     * Makes the effects of a 2xx answer.
     *
     * @param body {@code null} or empty for no record
     * @param inputKey the key where the answer names none, may be {@code null}
     * @throws EffectsException if a header of the answer cannot be read
     */
    public static Effects of(Reply reply, MultiMap headers, Buffer body, byte[] inputKey) throws EffectsException {
        if (body == null || body.length() == 0) {
            return Effects.NONE;
        }
        return new Effects(List.of(new EgressRecord(
                reply.egress(), reply.topic(), key(headers, inputKey), body.getBytes(), headers(headers))));
    }

    private static byte[] key(MultiMap headers, byte[] inputKey) throws EffectsException {
        String text = headers.get(KEY);
        String base64 = headers.get(KEY_BASE64);
        if (text != null && base64 != null) {
            throw new EffectsException("the answer has both " + KEY + " and " + KEY_BASE64 + ", expected one of them");
        }
        if (text != null) {
            return percent(KEY, text.strip());
        }
        return base64 == null ? inputKey : base64(KEY_BASE64, base64.strip());
    }

    private static List<Header> headers(MultiMap headers) throws EffectsException {
        List<Header> own = new ArrayList<>();
        for (String line : headers.getAll(HEADER)) {
            // Several of them may come as one, separated by commas, which neither part can contain.
            for (String each : line.split(",")) {
                int end = each.indexOf(';');
                if (end < 0) {
                    throw new EffectsException(HEADER + " is '" + shown(each.strip())
                            + "', expected <percent-encoded name>;<base64url value>");
                }
                byte[] name = percent(HEADER, each.substring(0, end).strip());
                own.add(new RecordHeader(
                        new String(name, StandardCharsets.UTF_8),
                        base64(HEADER, each.substring(end + 1).strip())));
            }
        }
        return own;
    }

    private static byte[] base64(String header, String text) throws EffectsException {
        byte[] bytes = Base64Text.decode(text);
        if (bytes == null) {
            throw new EffectsException(header + " has '" + shown(text) + "', which is not base64");
        }
        return bytes;
    }

    private static byte[] percent(String header, String text) throws EffectsException {
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw notPercent(header, text);
                }
                bytes.put((byte) (high << 4 | low));
                i += 2;
            } else if (c <= ' ' || c > '~') {
                throw notPercent(header, text);
            } else {
                bytes.put((byte) c);
            }
        }
        byte[] decoded = new byte[bytes.position()];
        bytes.flip().get(decoded);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded));
        } catch (CharacterCodingException e) {
            throw new EffectsException(header + " is '" + shown(text)
                    + "', which is not UTF-8 when it is decoded; give " + KEY_BASE64 + " for a key of other bytes");
        }
        return decoded;
    }

    private static EffectsException notPercent(String header, String text) {
        return new EffectsException(header + " is '" + shown(text) + "', which is not percent-encoded");
    }

    private static String shown(String text) {
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.length() > LONGEST_SHOWN ? printable.substring(0, LONGEST_SHOWN) + "…" : printable;
    }
}
