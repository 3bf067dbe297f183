package dev.keyway.benchmarks.soak;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Requests to the admin port, blocking. Thread-safe. */
final class Rest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /**
     * A request that must be answered with 2xx.
     *
     * @return the body, empty if there is none
     * @throws IllegalStateException naming request and answer if it is not
     */
    JsonObject call(String method, String uri, JsonObject body) {
        HttpResponse<String> response = send(method, uri, body);
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException(
                    method + " " + uri + " answered " + response.statusCode() + ": " + response.body());
        }
        return response.body().isEmpty() ? new JsonObject() : new JsonObject(response.body());
    }

    /** A body as text. */
    String get(String uri) {
        return send("GET", uri, null).body();
    }

    /** Whether a GET is answered with 200. */
    boolean isOk(String uri) {
        try {
            return send("GET", uri, null).statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private HttpResponse<String> send(String method, String uri, JsonObject body) {
        HttpRequest.BodyPublisher content =
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body.encode());
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri))
                .header("content-type", "application/json")
                .timeout(TIMEOUT)
                .method(method, content)
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + uri + " failed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
