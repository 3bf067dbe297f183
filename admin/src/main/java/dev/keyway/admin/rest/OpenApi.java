package dev.keyway.admin.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The OpenAPI 3.1 document of this API, written as YAML beside this class. */
final class OpenApi {

    private static final String RESOURCE = "/dev/keyway/admin/openapi.yaml";

    private OpenApi() {}

    static JsonObject load() {
        try (InputStream in = OpenApi.class.getResourceAsStream(RESOURCE)) {
            JsonNode document = new YAMLMapper().readTree(in);
            return new JsonObject(document.toString())
                    .put("info", new JsonObject(document.get("info").toString()).put("version", Version.text()));
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + " cannot be read", e);
        }
    }
}
