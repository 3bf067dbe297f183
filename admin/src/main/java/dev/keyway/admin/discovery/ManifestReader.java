package dev.keyway.admin.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.HandlerType;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads Restate's endpoint manifest, versions 1 to 4: strict about what it uses, tolerant of fields it does not know
 * (schema of restatedev/service-protocol, MIT). Immutable; any thread.
 */
final class ManifestReader {

    /** Versions of the service protocol that this gateway speaks. */
    static final int MIN_PROTOCOL = 5;

    static final int MAX_PROTOCOL = 6;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern INPUT_TYPE = Pattern.compile("\\*/\\*|[\\w!#$&^.+-]+/(\\*|[\\w!#$&^.+-]+)(\\s*;.*)?");
    private static final Pattern OUTPUT_TYPE = Pattern.compile("[\\w!#$&^.+-]+/[\\w!#$&^.+-]+(\\s*;.*)?");
    private static final Duration DAY = Duration.ofDays(1);

    private ManifestReader() {}

    /** @throws DiscoveryException if the bytes are no manifest, or one that cannot be served */
    static Manifest read(byte[] body, String sdkVersion) {
        JsonNode tree;
        try {
            tree = JSON.readTree(body);
        } catch (IOException e) {
            throw DiscoveryException.malformed("the answer is not JSON");
        }
        ManifestNode root = new ManifestNode(tree, "");
        String mode = root.oneOf("protocolMode", "BIDI_STREAM", "REQUEST_RESPONSE");
        if (mode == null) {
            throw root.bad("protocolMode", "is missing");
        }
        int min = version(root, "minProtocolVersion");
        int max = version(root, "maxProtocolVersion");
        if (max < min || max < MIN_PROTOCOL || min > MAX_PROTOCOL) {
            throw DiscoveryException.unsupportedVersion("the deployment speaks versions " + min + " to " + max
                    + " of the service protocol, this gateway " + MIN_PROTOCOL + " to " + MAX_PROTOCOL);
        }
        List<Service> services = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ManifestNode node : root.requiredObjects("services")) {
            Service service = service(node);
            if (!names.add(service.name())) {
                throw node.bad("name", "service '" + service.name() + "' is there twice");
            }
            services.add(service);
        }
        return new Manifest(mode.equals("REQUEST_RESPONSE"), min, max, sdkVersion, List.copyOf(services));
    }

    private static int version(ManifestNode root, String field) {
        Long version = root.number(field, 1);
        if (version == null || version > Integer.MAX_VALUE) {
            throw root.bad(field, version == null ? "is missing" : "is too large");
        }
        return version.intValue();
    }

    private static Service service(ManifestNode node) {
        String name = node.requiredText("name");
        if (Names.serviceProblem(name) != null) {
            throw node.bad("name", Names.serviceProblem(name));
        }
        if (Names.reserved(name)) {
            throw DiscoveryException.reserved(
                    "service name '" + name + "' is reserved: names that begin with 'restate', and 'openapi'");
        }
        node.requiredText("ty");
        ServiceType type =
                switch (node.oneOf("ty", "SERVICE", "VIRTUAL_OBJECT", "WORKFLOW")) {
                    case "SERVICE" -> ServiceType.SERVICE;
                    case "VIRTUAL_OBJECT" -> ServiceType.VIRTUAL_OBJECT;
                    default -> ServiceType.WORKFLOW;
                };
        boolean isPublic = !Boolean.TRUE.equals(node.bool("ingressPrivate"));
        List<Handler> handlers = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ManifestNode each : node.requiredObjects("handlers")) {
            Handler handler = handler(each, name, type, isPublic);
            if (!names.add(handler.name())) {
                throw each.bad("name", "handler '" + handler.name() + "' is there twice");
            }
            handlers.add(handler);
        }
        return new Service(
                name,
                type,
                null,
                0,
                isPublic,
                handlers,
                retryPolicy(node),
                Service.Exclusivity.PROCESS,
                millis(node, "inactivityTimeout", Duration.ofMinutes(1)),
                millis(node, "abortTimeout", Duration.ofMinutes(10)),
                millis(node, "journalRetention", DAY),
                millis(node, "idempotencyRetention", DAY),
                type == ServiceType.WORKFLOW ? DAY : null,
                Boolean.TRUE.equals(node.bool("enableLazyState")),
                node.text("documentation"),
                node.texts("metadata"));
    }

    private static Handler handler(ManifestNode node, String service, ServiceType type, boolean servicePublic) {
        String name = node.requiredText("name");
        if (Names.handlerProblem(name) != null) {
            throw node.bad("name", Names.handlerProblem(name));
        }
        Boolean isPrivate = node.bool("ingressPrivate");
        if (!servicePublic && Boolean.FALSE.equals(isPrivate)) {
            throw DiscoveryException.badDefinition("handler '" + service + "/" + name
                    + "' is public while its service is private; make the service public or the handler private");
        }
        return new Handler(
                name,
                handlerType(node, service, name, type),
                isPrivate == null ? servicePublic : !isPrivate,
                null,
                null,
                null,
                payload(node, "input", INPUT_TYPE),
                payload(node, "output", OUTPUT_TYPE),
                retryPolicy(node),
                node.text("documentation"),
                node.texts("metadata"));
    }

    private static HandlerType handlerType(ManifestNode node, String service, String name, ServiceType type) {
        String found = node.oneOf("ty", "WORKFLOW", "EXCLUSIVE", "SHARED");
        String allowed =
                switch (type) {
                    case SERVICE -> null;
                    case VIRTUAL_OBJECT -> "EXCLUSIVE";
                    case WORKFLOW -> "WORKFLOW";
                };
        if (found == null) {
            return allowed == null ? null : HandlerType.valueOf(allowed);
        }
        if (allowed == null && found.equals("SHARED")) {
            // The schema wants it absent; the Java SDK up to 2.4 sends it for every handler of a service.
            return null;
        }
        if (allowed == null || !found.equals("SHARED") && !found.equals(allowed)) {
            throw DiscoveryException.badDefinition("handler '" + service + "/" + name + "' has ty " + found
                    + ", which a " + type.wireName() + " cannot have"
                    + (allowed == null ? "; leave it out" : "; it may be " + allowed + " or SHARED"));
        }
        return HandlerType.valueOf(found);
    }

    private static Handler.Payload payload(ManifestNode handler, String field, Pattern types) {
        ManifestNode node = handler.object(field);
        if (node == null) {
            return null;
        }
        String contentType = node.text("contentType");
        if (contentType != null && !types.matcher(contentType).matches()) {
            throw DiscoveryException.badDefinition(
                    node.at("contentType") + ": '" + contentType + "' is not a content type");
        }
        if (node.has("jsonSchema")
                && !node.node().get("jsonSchema").isObject()
                && !node.node().get("jsonSchema").isBoolean()) {
            throw DiscoveryException.badDefinition(node.at("jsonSchema") + ": is not a JSON schema");
        }
        return new Handler.Payload(
                node.node().isEmpty(),
                Boolean.TRUE.equals(node.bool("required")),
                contentType,
                node.json("jsonSchema"),
                Boolean.TRUE.equals(node.bool("setContentTypeIfEmpty")));
    }

    private static RetryPolicy retryPolicy(ManifestNode node) {
        Long initial = node.number("retryPolicyInitialInterval", 0);
        Long max = node.number("retryPolicyMaxInterval", 0);
        Long attempts = node.number("retryPolicyMaxAttempts", 0);
        Double factor = node.decimal("retryPolicyExponentiationFactor");
        String onMax = node.oneOf("retryPolicyOnMaxAttempts", "PAUSE", "KILL");
        if (initial == null && max == null && attempts == null && factor == null && onMax == null) {
            return null;
        }
        if (factor != null && !(factor >= 1)) {
            throw node.bad("retryPolicyExponentiationFactor", factor + " is below 1");
        }
        RetryPolicy other = RetryPolicy.DEFAULT;
        return new RetryPolicy(
                initial == null ? other.initialInterval() : Duration.ofMillis(initial),
                factor == null ? other.factor() : factor,
                max == null ? other.maxInterval() : Duration.ofMillis(max),
                attempts == null ? other.maxAttempts() : (int) Math.min(attempts, Integer.MAX_VALUE),
                null,
                onMax == null ? null : onMax.equals("KILL") ? OnFailure.DISCARD : OnFailure.PAUSE);
    }

    private static Duration millis(ManifestNode node, String field, Duration otherwise) {
        Long millis = node.number(field, 0);
        return millis == null ? otherwise : Duration.ofMillis(millis);
    }
}
