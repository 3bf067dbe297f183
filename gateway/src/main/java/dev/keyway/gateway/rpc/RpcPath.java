package dev.keyway.gateway.rpc;

import dev.keyway.admin.model.Service;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What a request path asks for (Restate's ingress paths). */
sealed interface RpcPath {

    /** Call a handler and wait; {@code key} is {@code null} for a plain service. */
    record Call(Service service, String handler, String key) implements RpcPath {}

    /** {@code GET /restate/health}. */
    record Health() implements RpcPath {}

    /** A path of Restate's that asks for something durable. */
    record Durable(String what) implements RpcPath {}

    /** 404. */
    record NotFound(String message) implements RpcPath {}

    /** 400. */
    record Bad(String message) implements RpcPath {}

    /**
     * Reads a raw path, that is before percent-decoding: an encoded slash belongs to its segment.
     *
     * @param services as registered: whether a key is expected depends on the kind of the service
     */
    static RpcPath parse(String rawPath, Map<String, Service> services) {
        List<String> segments = Arrays.asList(rawPath.substring(1).split("/", -1));
        String first = segments.get(0);
        if (!first.equals("restate")) {
            return target(segments, services, false);
        }
        if (segments.size() == 2 && segments.get(1).equals("health")) {
            return new Health();
        }
        String second = segments.size() < 2 ? "" : segments.get(1);
        List<String> rest = segments.subList(Math.min(2, segments.size()), segments.size());
        return switch (second) {
            case "call" -> target(rest, services, true);
            case "send" -> new Durable("one-way calls (send)");
            case "scope" -> new Durable("scopes");
            case "attach", "invocation", "lookup", "output", "workflow" ->
                new Durable("attaching to an invocation and reading its stored output");
            case "awakeables", "a" -> new Durable("awakeables");
            default -> new NotFound("path " + rawPath + " not found");
        };
    }

    private static RpcPath target(List<String> segments, Map<String, Service> services, boolean callOnly) {
        String name;
        try {
            name = segments.isEmpty() ? "" : decode(segments.get(0));
        } catch (CharacterCodingException | IllegalArgumentException e) {
            return new Bad("bad path: the service name is not valid percent-encoded UTF-8");
        }
        if (segments.size() < 2) {
            return new Bad("bad path: expected /{service}/{handler} or /{object}/{key}/{handler}");
        }
        Service service = services.get(name);
        if (service == null) {
            return new NotFound(
                    "service '" + name + "' not found, make sure to register the service before calling it.");
        }
        boolean keyed = service.ty().keyed();
        int length = keyed ? 3 : 2;
        boolean send = !callOnly
                && segments.size() == length + 1
                && segments.get(length).equals("send");
        if (segments.size() != length && !send) {
            return new Bad("bad path: " + name + " is a " + service.ty().wireName() + ", expected /" + name
                    + (keyed ? "/{key}/{handler}" : "/{handler}"));
        }
        String key = null;
        String handler;
        try {
            key = keyed ? decode(segments.get(1)) : null;
            handler = decode(segments.get(length - 1));
        } catch (CharacterCodingException | IllegalArgumentException e) {
            return new Bad("bad path: the key or handler is not valid percent-encoded UTF-8");
        }
        if (service.handler(handler) == null) {
            return new NotFound("handler '" + handler + "' not found on service '" + name + "'.");
        }
        return send ? new Durable("one-way calls (send)") : new Call(service, handler, key);
    }

    /** Strict: a bad escape or bytes that are not UTF-8 are refused; {@code +} is a plus. */
    private static String decode(String segment) throws CharacterCodingException {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        ByteBuffer bytes = ByteBuffer.allocate(segment.length() * 3);
        int i = 0;
        while (i < segment.length()) {
            char c = segment.charAt(i);
            if (c == '%') {
                if (i + 2 >= segment.length()) {
                    throw new IllegalArgumentException(segment);
                }
                int high = Character.digit(segment.charAt(i + 1), 16);
                int low = Character.digit(segment.charAt(i + 2), 16);
                if (high < 0 || low < 0) {
                    throw new IllegalArgumentException(segment);
                }
                bytes.put((byte) (high << 4 | low));
                i += 3;
            } else {
                bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
                i++;
            }
        }
        return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    }
}
