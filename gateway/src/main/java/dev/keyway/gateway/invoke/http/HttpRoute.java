package dev.keyway.gateway.invoke.http;

import dev.keyway.gateway.invoke.HeaderSink;
import dev.keyway.gateway.invoke.Target;
import io.netty.util.AsciiString;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Path and constant headers of one target. The path is {@code {uri}/{Service}/{handler}} or
 * {@code {uri}/{Object}/{key}/{handler}}, or the handler's template with {@code {service}}, {@code {handler}} and
 * {@code {key}}. Immutable.
 */
final class HttpRoute {
    private final String basePath;
    private final AsciiString beforeKey;
    private final AsciiString afterKey;
    private final boolean keyed;
    private final AsciiString batchPath;
    private final AsciiString[] additional;

    private HttpRoute(
            String basePath,
            AsciiString beforeKey,
            AsciiString afterKey,
            boolean keyed,
            AsciiString batchPath,
            AsciiString[] add) {
        this.basePath = basePath;
        this.beforeKey = beforeKey;
        this.afterKey = afterKey;
        this.keyed = keyed;
        this.batchPath = batchPath;
        this.additional = add;
    }

    static HttpRoute of(Target target, String basePath, UnaryOperator<String> secrets) {
        String template = target.handler().path();
        if (template == null) {
            template = target.service().ty().keyed() ? "/{service}/{key}/{handler}" : "/{service}/{handler}";
        } else if (!template.startsWith("/")) {
            template = "/" + template;
        }
        String path = basePath
                + template.replace(
                                "{service}", PathSegment.encode(target.service().name()))
                        .replace(
                                "{handler}", PathSegment.encode(target.handler().name()));
        int at = path.indexOf("{key}");
        String before = at < 0 ? path : path.substring(0, at);
        String after = at < 0 ? "" : path.substring(at + "{key}".length());
        Map<String, String> headers = target.deployment().additionalHeaders();
        AsciiString[] pairs = new AsciiString[headers.size() * 2];
        int i = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            pairs[i++] = AsciiString.of(header.getKey().toLowerCase(Locale.ROOT));
            pairs[i++] = AsciiString.of(secrets.apply(header.getValue()));
        }
        AsciiString batch = AsciiString.of(at < 0 ? path : withoutKey(path, at));
        return new HttpRoute(basePath, AsciiString.of(before), AsciiString.of(after), at >= 0, batch, pairs);
    }

    /** A batch has no key: the segment that would hold it is left out; in a query it is empty. */
    private static String withoutKey(String path, int key) {
        int query = path.indexOf('?');
        if (query >= 0 && query < key) {
            return path.replace("{key}", "");
        }
        int from = path.lastIndexOf('/', key);
        int to = path.indexOf('/', key);
        int end = to >= 0 && (query < 0 || to < query) ? to : query >= 0 ? query : path.length();
        String rest = path.substring(0, from) + path.substring(end);
        return rest.startsWith("/") ? rest.replace("{key}", "") : "/" + rest.replace("{key}", "");
    }

    String basePath() {
        return basePath;
    }

    AsciiString path(String key) {
        return keyed ? PathSegment.join(beforeKey, key, afterKey) : beforeKey;
    }

    /** Where batches go. */
    AsciiString batchPath() {
        return batchPath;
    }

    void additionalHeaders(HeaderSink sink) {
        for (int i = 0; i < additional.length; i += 2) {
            sink.add(additional[i], additional[i + 1]);
        }
    }
}
