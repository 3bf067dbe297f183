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
    private final AsciiString[] additional;

    private HttpRoute(String basePath, AsciiString beforeKey, AsciiString afterKey, boolean keyed, AsciiString[] add) {
        this.basePath = basePath;
        this.beforeKey = beforeKey;
        this.afterKey = afterKey;
        this.keyed = keyed;
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
        return new HttpRoute(basePath, AsciiString.of(before), AsciiString.of(after), at >= 0, pairs);
    }

    String basePath() {
        return basePath;
    }

    AsciiString path(String key) {
        return keyed ? PathSegment.join(beforeKey, key, afterKey) : beforeKey;
    }

    void additionalHeaders(HeaderSink sink) {
        for (int i = 0; i < additional.length; i += 2) {
            sink.add(additional[i], additional[i + 1]);
        }
    }
}
