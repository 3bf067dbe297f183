package dev.keyway.admin.discovery;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks deployments for their manifest: {@code GET {uri}/discover} over HTTP/2 (prior knowledge for {@code http://}, ALPN
 * for {@code https://}) or HTTP/1.1 on request. Attempts, time and body size are bounded. Event loop of the caller.
 */
public final class Discovery {

    static final String ACCEPT = "application/vnd.restate.endpointmanifest.v1+json, "
            + "application/vnd.restate.endpointmanifest.v2+json, "
            + "application/vnd.restate.endpointmanifest.v3+json, "
            + "application/vnd.restate.endpointmanifest.v4+json";

    private static final Pattern CONTENT_TYPE =
            Pattern.compile("application/vnd\\.restate\\.endpointmanifest\\.v([1-4])\\+json(\\s*;.*)?");
    private static final Set<Integer> REPEATED = Set.of(408, 429, 500, 502, 503, 504);
    private static final int MAX_ATTEMPTS = 4;
    private static final int MAX_BODY_BYTES = 8 * 1024 * 1024;
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final int ATTEMPT_TIMEOUT_MILLIS = 10_000;
    private static final long FIRST_PAUSE_MILLIS = 100;
    /** "HTTP/" in the hex dump of a HTTP/2 client that got an HTTP/1.1 answer. */
    private static final String HTTP1_PREFACE_HEX = "485454502f";

    private final Vertx vertx;
    private final HttpClientOptions base;
    private final String clusterName;

    /**
     * @param base trust and other TLS settings; versions and timeouts are set here
     * @param clusterName sent as {@code x-restate-cluster-name}
     */
    public Discovery(Vertx vertx, HttpClientOptions base, String clusterName) {
        this.vertx = vertx;
        this.base = base;
        this.clusterName = clusterName;
    }

    /**
     * Fetches and checks the manifest; fails with a {@link DiscoveryException}.
     *
     * @param uri absolute, with a trailing slash
     * @param headers with secrets resolved
     */
    public Future<Manifest> discover(URI uri, Map<String, String> headers, boolean http11) {
        ContextInternal caller = (ContextInternal) vertx.getOrCreateContext();
        Promise<Manifest> found = caller.promise();
        // On one event loop with the connection: elsewhere an answer may have ended before anybody listens to its body.
        ContextInternal loop = caller.isEventLoopContext() ? caller : ((VertxInternal) vertx).createEventLoopContext();
        loop.runOnContext(v -> {
            HttpClient client = vertx.createHttpClient(options(uri, http11));
            attempt(client, uri, headers, http11, 1).eventually(client::close).onComplete(found);
        });
        return found.future();
    }

    private HttpClientOptions options(URI uri, boolean http11) {
        boolean tls = "https".equalsIgnoreCase(uri.getScheme());
        return new HttpClientOptions(base)
                .setProtocolVersion(http11 ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setSsl(tls)
                .setUseAlpn(tls && !http11)
                .setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
    }

    private Future<Manifest> attempt(
            HttpClient client, URI uri, Map<String, String> headers, boolean http11, int attempt) {
        Promise<Manifest> promise = Promise.promise();
        long timer = vertx.setTimer(
                ATTEMPT_TIMEOUT_MILLIS,
                id -> promise.tryFail(new Passing("no answer within " + ATTEMPT_TIMEOUT_MILLIS / 1000 + " s")));
        request(client, uri, headers)
                .compose(response -> answer(response, uri, http11))
                .onComplete(promise::tryComplete, promise::tryFail);
        return promise.future()
                .eventually(() -> {
                    vertx.cancelTimer(timer);
                    return Future.succeededFuture();
                })
                .recover(failure -> failed(client, uri, headers, http11, attempt, failure));
    }

    private Future<HttpClientResponse> request(HttpClient client, URI uri, Map<String, String> headers) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(uri + "discover")
                .putHeader("accept", ACCEPT)
                .putHeader("x-restate-cluster-name", clusterName);
        headers.forEach(options::putHeader);
        return client.request(options).compose(HttpClientRequest::send);
    }

    private Future<Manifest> answer(HttpClientResponse response, URI uri, boolean http11) {
        if (!http11 && response.version() != HttpVersion.HTTP_2) {
            abandon(response);
            return Future.failedFuture(http1Only(uri));
        }
        return body(response).map(body -> {
            int status = response.statusCode();
            if (REPEATED.contains(status)) {
                throw new Passing("it answered " + status + excerpt(body));
            }
            if (status != 200) {
                throw unreachable(uri, "it answered " + status + excerpt(body));
            }
            String type = String.valueOf(response.getHeader("content-type"));
            Matcher version = CONTENT_TYPE.matcher(type);
            if (!version.matches()) {
                throw DiscoveryException.malformed("'" + uri + "discover' answered with content-type '" + type
                        + "', expected application/vnd.restate.endpointmanifest.v1+json to v4+json; is this a Restate "
                        + "SDK endpoint? Register a plain handler with \"protocol\": \"http\"");
            }
            Manifest manifest = ManifestReader.read(body.getBytes(), response.getHeader("x-restate-server"));
            if (http11 && !manifest.requestResponse()) {
                throw DiscoveryException.bidiOverHttp1("'" + uri + "' announces BIDI_STREAM, which needs HTTP/2; "
                        + "register it without use_http_11, or serve it in REQUEST_RESPONSE mode");
            }
            return manifest;
        });
    }

    private static Future<Buffer> body(HttpClientResponse response) {
        Promise<Buffer> promise = Promise.promise();
        Buffer all = Buffer.buffer();
        response.handler(chunk -> {
            if (all.length() + chunk.length() > MAX_BODY_BYTES) {
                promise.tryFail(DiscoveryException.malformed(
                        "the manifest is larger than " + MAX_BODY_BYTES / 1024 / 1024 + " MiB"));
                abandon(response);
            } else {
                all.appendBuffer(chunk);
            }
        });
        response.exceptionHandler(promise::tryFail);
        response.endHandler(v -> promise.tryComplete(all));
        return promise.future();
    }

    private Future<Manifest> failed(
            HttpClient client, URI uri, Map<String, String> headers, boolean http11, int attempt, Throwable failure) {
        if (failure instanceof DiscoveryException) {
            return Future.failedFuture(failure);
        }
        if (!http11 && isHttp1Answer(failure)) {
            return Future.failedFuture(http1Only(uri));
        }
        if (attempt < MAX_ATTEMPTS) {
            return vertx.timer(FIRST_PAUSE_MILLIS << (attempt - 1), TimeUnit.MILLISECONDS)
                    .compose(v -> attempt(client, uri, headers, http11, attempt + 1));
        }
        DiscoveryException last = unreachable(uri, reason(failure));
        boolean refused = failure instanceof ConnectException || failure instanceof UnknownHostException;
        if (http11 || refused || failure instanceof Passing) {
            return Future.failedFuture(last);
        }
        return probeHttp1(uri, headers).compose(answers -> Future.failedFuture(answers ? http1Only(uri) : last));
    }

    /** Some HTTP/1.1 servers just close a connection that begins with HTTP/2's preface; see whether this is one. */
    private Future<Boolean> probeHttp1(URI uri, Map<String, String> headers) {
        HttpClient client = vertx.createHttpClient(options(uri, true));
        return request(client, uri, headers)
                .timeout(CONNECT_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .map(response -> {
                    abandon(response);
                    return true;
                })
                .otherwise(false)
                .eventually(client::close);
    }

    private static boolean isHttp1Answer(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            String message = t.getMessage();
            if (message != null && (message.contains(HTTP1_PREFACE_HEX) || message.contains("Unexpected HTTP/1.x"))) {
                return true;
            }
        }
        return false;
    }

    /** Resets the stream; that the rest of the answer fails then is meant. */
    private static void abandon(HttpClientResponse response) {
        response.exceptionHandler(expected -> {});
        response.request().reset();
    }

    private static DiscoveryException http1Only(URI uri) {
        return DiscoveryException.http1Only(
                "'" + uri + "' speaks HTTP/1.1 only; register it with \"use_http_11\": true, "
                        + "or let it serve HTTP/2 (for http:// with prior knowledge)");
    }

    private static DiscoveryException unreachable(URI uri, String why) {
        return DiscoveryException.unreachable("error when calling '" + uri + "': " + why);
    }

    private static String reason(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static String excerpt(Buffer body) {
        String text = body.getString(0, Math.min(200, body.length()))
                .replaceAll("\\p{Cntrl}+", " ")
                .strip();
        return text.isEmpty() ? "" : ": " + text;
    }

    /** A failure that is worth another attempt. */
    private static final class Passing extends RuntimeException {
        Passing(String message) {
            super(message);
        }
    }
}
