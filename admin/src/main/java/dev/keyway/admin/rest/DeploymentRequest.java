package dev.keyway.admin.rest;

import dev.keyway.admin.config.Masking;
import dev.keyway.admin.model.Pacing;
import dev.keyway.admin.model.Protocol;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How a deployment is reached and how it shall be registered. Immutable.
 *
 * @param uri absolute, with a trailing slash
 * @param callTimeout {@code null} takes the configured default
 * @param pacing how calls shall be held back
 * @param forceGiven whether the request itself said {@code force}
 */
record DeploymentRequest(
        URI uri,
        Protocol protocol,
        Map<String, String> headers,
        Map<String, String> metadata,
        boolean http11,
        int maxConcurrency,
        Duration callTimeout,
        Pacing pacing,
        boolean force,
        boolean forceGiven,
        boolean breaking,
        boolean dryRun) {

    private static final List<String> RESTATES =
            List.of("uri", "additional_headers", "metadata", "use_http_11", "breaking", "force", "dry_run", "auth");
    private static final List<String> OURS = List.of(
            "protocol",
            "services",
            "max_concurrency",
            "call_timeout",
            PacingJson.ADAPTIVE,
            PacingJson.RATE,
            PacingJson.CIRCUIT);
    private static final List<String> ALL = Stream.of(RESTATES, OURS)
            .flatMap(List::stream)
            .filter(field -> !field.equals("auth"))
            .toList();
    private static final int MAX_CONCURRENCY = 1_000_000;

    /** @param version of the admin API; before 3, {@code force} is the default */
    static DeploymentRequest read(JsonBody body, int version) {
        if (body.has("arn")) {
            throw ApiError.badRequest("arn: AWS Lambda deployments are not offered; register an HTTP endpoint by uri");
        }
        Protocol protocol = protocol(body);
        if (protocol == Protocol.HTTP) {
            body.onlyKnown(ALL);
        } else {
            body.noMistyped(RESTATES, OURS);
            if (body.has("services")) {
                throw body.bad(
                        "services",
                        "services of a Restate deployment are discovered; to list those of plain handlers, write "
                                + "\"protocol\": \"http\"");
            }
            if (body.has("auth")) {
                throw body.bad("auth", "is not offered; put what the endpoint asks for in additional_headers");
            }
        }
        Long concurrency = body.integer("max_concurrency", 1, MAX_CONCURRENCY);
        return new DeploymentRequest(
                uri(body.required("uri")),
                protocol,
                headers(body),
                body.texts("metadata"),
                body.flag("use_http_11", false),
                concurrency == null ? 0 : concurrency.intValue(),
                callTimeout(body),
                PacingJson.read(body, Pacing.DEFAULT),
                body.flag("force", version < 3),
                body.has("force"),
                body.flag("breaking", false),
                body.flag("dry_run", false));
    }

    private static Protocol protocol(JsonBody body) {
        String word = body.word("protocol", "restate", List.of("http", "restate", "statefun"));
        if (word.equals("statefun")) {
            throw body.bad("protocol", "'statefun' is not offered yet");
        }
        return word.equals("http") ? Protocol.HTTP : Protocol.RESTATE;
    }

    static Duration callTimeout(JsonBody body) {
        Duration timeout = body.duration("call_timeout");
        if (timeout != null && timeout.toMillis() < 1) {
            throw body.bad("call_timeout", "must be at least 1ms");
        }
        return timeout;
    }

    static Map<String, String> headers(JsonBody body) {
        Map<String, String> headers = body.texts("additional_headers");
        headers.forEach((name, value) -> {
            if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
                throw body.bad("additional_headers", "'" + name + "' is not a header name");
            }
            if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c >= 0x7f)) {
                throw body.bad("additional_headers." + name, "has a character that a header cannot carry");
            }
            if (Masking.MASK.equals(value)) {
                throw body.bad(
                        "additional_headers." + name,
                        "is '" + Masking.MASK + "', which only stands for a value in answers; write the value or a "
                                + "reference like ${env:NAME}");
            }
        });
        return headers;
    }

    /** An absolute address with a trailing slash. */
    static URI uri(String text) {
        URI uri;
        try {
            uri = new URI(text.endsWith("/") ? text : text + "/");
        } catch (URISyntaxException e) {
            throw ApiError.badRequest("uri: '" + text + "' is not a URI: " + e.getReason());
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")
                || uri.getHost() == null
                || uri.getPort() > 65_535
                || uri.getPort() == 0) {
            throw ApiError.badRequest(
                    "uri: '" + text + "' is not an absolute address; write for example http://127.0.0.1:9080");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null || uri.getRawUserInfo() != null) {
            throw ApiError.badRequest("uri: '" + text + "' must end with its path; no user, query or fragment");
        }
        return uri;
    }
}
