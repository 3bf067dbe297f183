package dev.keyway.admin.rest;

import dev.keyway.admin.model.DurationText;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.model.Service;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Services and handlers in answers, as Restate's ServiceMetadata and HandlerMetadata, then ours. */
final class ServiceJson {

    private final RetryPolicy defaults;

    ServiceJson(RetryPolicy defaults) {
        this.defaults = defaults;
    }

    JsonObject write(Service service) {
        return Routes.compact(new JsonObject()
                .put("name", service.name())
                .put("ty", service.ty().wireName())
                .put(
                        "handlers",
                        SubscriptionJson.array(service.handlers().stream()
                                .map(handler -> write(service, handler))
                                .toList()))
                .put("documentation", service.documentation())
                .put("metadata", texts(service.metadata()))
                .put("deployment_id", service.deploymentId())
                .put("revision", service.revision())
                .put("public", service.isPublic())
                .put("idempotency_retention", text(service.idempotencyRetention()))
                .put("workflow_completion_retention", text(service.workflowCompletionRetention()))
                .put("journal_retention", text(service.journalRetention()))
                .put("inactivity_timeout", text(service.inactivityTimeout()))
                .put("abort_timeout", text(service.abortTimeout()))
                .put("enable_lazy_state", service.enableLazyState())
                .put(
                        "retry_policy",
                        RetryJson.writeRestate(service.retryPolicy() == null ? defaults : service.retryPolicy()))
                .put("exclusivity", SubscriptionRequest.word(service.exclusivity())));
    }

    JsonObject write(Service service, Handler handler) {
        RetryPolicy ofService = service.retryPolicy() == null ? defaults : service.retryPolicy();
        return Routes.compact(new JsonObject()
                .put("name", handler.name())
                .put("ty", handler.ty() == null ? null : handler.ty().wireName())
                .put("documentation", handler.documentation())
                .put("metadata", texts(handler.metadata()))
                .put("public", handler.isPublic())
                .put("input_description", describe(handler.input(), "any body, any content-type"))
                .put("output_description", describe(handler.output(), "content-type 'application/json'"))
                .put("input_json_schema", schema(handler.input()))
                .put("output_json_schema", schema(handler.output()))
                .put(
                        "retry_policy",
                        RetryJson.writeRestate(handler.retryPolicy() == null ? ofService : handler.retryPolicy()))
                .put("codec", handler.codec())
                .put("codec_options", texts(handler.codecOptions()))
                .put("path", handler.path()));
    }

    /** An OpenAPI document of the service's handlers on the RPC port. */
    JsonObject openApi(Service service, String endpoint) {
        JsonObject paths = new JsonObject();
        for (Handler handler : service.handlers()) {
            JsonObject operation = new JsonObject()
                    .put("operationId", service.name() + "." + handler.name())
                    .put("responses", new JsonObject().put("200", new JsonObject().put("description", "the result")));
            if (handler.documentation() != null) {
                operation.put("description", handler.documentation());
            }
            if (service.ty().keyed()) {
                operation.put(
                        "parameters",
                        SubscriptionJson.array(List.of(new JsonObject()
                                .put("name", "key")
                                .put("in", "path")
                                .put("required", true)
                                .put("schema", new JsonObject().put("type", "string")))));
            }
            if (handler.input() == null || !handler.input().empty()) {
                Object schema = schema(handler.input());
                String type = handler.input() == null ? null : handler.input().contentType();
                operation.put(
                        "requestBody",
                        new JsonObject()
                                .put(
                                        "content",
                                        new JsonObject()
                                                .put(
                                                        type == null ? "application/json" : type,
                                                        new JsonObject()
                                                                .put("schema", schema == null ? true : schema))));
            }
            String path = "/" + service.name() + (service.ty().keyed() ? "/{key}/" : "/") + handler.name();
            paths.put(path, new JsonObject().put("post", operation));
        }
        return new JsonObject()
                .put("openapi", "3.1.0")
                .put(
                        "info",
                        new JsonObject()
                                .put("title", service.name())
                                .put("version", String.valueOf(service.revision())))
                .put("servers", SubscriptionJson.array(List.of(new JsonObject().put("url", endpoint))))
                .put("paths", paths);
    }

    private static String describe(Handler.Payload payload, String absent) {
        if (payload == null) {
            return absent;
        }
        if (payload.empty()) {
            return "none";
        }
        String type =
                payload.contentType() == null ? "any content-type" : "content-type '" + payload.contentType() + "'";
        return type + (payload.required() ? ", required" : "") + (payload.jsonSchema() == null ? "" : ", JSON schema");
    }

    private static Object schema(Handler.Payload payload) {
        return payload == null || payload.jsonSchema() == null ? null : Json.decodeValue(payload.jsonSchema());
    }

    private static String text(Duration duration) {
        return duration == null ? null : DurationText.format(duration);
    }

    static JsonObject texts(Map<String, String> texts) {
        if (texts.isEmpty()) {
            return null;
        }
        JsonObject object = new JsonObject();
        texts.forEach(object::put);
        return object;
    }
}
