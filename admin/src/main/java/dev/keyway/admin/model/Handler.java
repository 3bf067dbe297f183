package dev.keyway.admin.model;

import java.util.Map;

/**
 * One callable of a service. Immutable.
 *
 * @param ty {@code null} for handlers of a {@code Service}
 * @param codec the input codec's name, {@code null} for the default of the protocol
 * @param codecOptions options of that codec, for example {@code descriptor_set} and {@code message_type}
 * @param path template below the deployment's URI for protocol {@code http}, {@code null} for the default path;
 *     {@code {service}}, {@code {handler}} and {@code {key}} are replaced
 * @param input what the manifest says of the input, {@code null} when it is silent
 * @param output what the manifest says of the output, {@code null} when it is silent
 * @param retryPolicy the handler's own policy, {@code null} when it takes the service's
 */
public record Handler(
        String name,
        HandlerType ty,
        boolean isPublic,
        String codec,
        Map<String, String> codecOptions,
        String path,
        Payload input,
        Payload output,
        RetryPolicy retryPolicy,
        String documentation,
        Map<String, String> metadata) {
    public Handler {
        codecOptions = Copies.of(codecOptions);
        metadata = Copies.of(metadata);
    }

    /**
     * Restate's manifest object for an input or output.
     *
     * @param empty the manifest held an empty object: no body, no content type
     * @param jsonSchema JSON text, may be {@code null}
     */
    public record Payload(
            boolean empty, boolean required, String contentType, String jsonSchema, boolean setContentTypeIfEmpty) {}
}
