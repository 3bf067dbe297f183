package dev.keyway.admin.rest;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;

/** The {@code info} of an answer, in Restate's form: a list of objects with a message. */
final class Infos {

    private Infos() {}

    static JsonArray of(Collection<String> messages) {
        JsonArray infos = new JsonArray();
        messages.forEach(message -> infos.add(new JsonObject().put("message", message)));
        return infos;
    }

    /** {@code null} for none, so that the field is left out. */
    static JsonArray orNull(Collection<String> messages) {
        return messages.isEmpty() ? null : of(messages);
    }
}
