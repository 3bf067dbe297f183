package dev.keyway.gateway.dev;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** HTTP calls of the demo; blocking. */
final class Rest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final PrintStream out;

    Rest(PrintStream out) {
        this.out = out;
    }

    /** Prints the request as a curl command, sends it, prints the answer's status, and returns the body. */
    JsonObject postShown(String url, JsonObject body) {
        out.println("  curl -X POST " + url + " -H 'content-type: application/json' -d '" + body.encode() + "'");
        HttpResponse<String> response = send(HttpRequest.newBuilder(URI.create(url))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                .timeout(TIMEOUT)
                .build());
        if (response.statusCode() / 100 != 2) {
            throw new LocalFailure("POST " + url + " was answered " + response.statusCode() + " " + response.body());
        }
        JsonObject answer = new JsonObject(response.body());
        out.println("  -> " + response.statusCode() + " " + answer.getString("id", ""));
        return answer;
    }

    JsonObject get(String url) {
        HttpResponse<String> response =
                send(HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build());
        if (response.statusCode() != 200) {
            throw new LocalFailure("GET " + url + " was answered " + response.statusCode() + " " + response.body());
        }
        return new JsonObject(response.body());
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new LocalFailure(request.method() + " " + request.uri() + " failed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("interrupted", e);
        }
    }
}
