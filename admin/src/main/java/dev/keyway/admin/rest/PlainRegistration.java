package dev.keyway.admin.rest;

import dev.keyway.admin.discovery.Manifest;
import dev.keyway.admin.discovery.Names;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.HandlerType;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.codecs.CodecException;
import dev.keyway.codecs.Codecs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Services of plain HTTP handlers, as a registration lists them. Strict: all of its fields are ours. */
final class PlainRegistration {

    private static final List<String> SERVICE_FIELDS =
            List.of("name", "ty", "handlers", "public", "retry_policy", "exclusivity", "documentation", "metadata");
    private static final List<String> HANDLER_FIELDS = List.of(
            "name", "ty", "codec", "codec_options", "path", "public", "retry_policy", "documentation", "metadata");
    private static final String KEY = "{key}";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
    private static final Set<String> PLACEHOLDERS = Set.of("service", "handler", "key");
    private static final Duration DAY = Duration.ofDays(1);

    private final RetryPolicy defaults;

    PlainRegistration(RetryPolicy defaults) {
        this.defaults = defaults;
    }

    Manifest read(JsonBody body) {
        List<Service> services = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonBody each : body.requiredObjects("services")) {
            Service service = service(each);
            if (!names.add(service.name())) {
                throw each.bad("name", "service '" + service.name() + "' is there twice");
            }
            services.add(service);
        }
        if (services.isEmpty()) {
            throw body.bad("services", "lists no service");
        }
        return new Manifest(true, 0, 0, null, List.copyOf(services));
    }

    private Service service(JsonBody body) {
        body.onlyKnown(SERVICE_FIELDS);
        String name = body.required("name");
        if (Names.serviceProblem(name) != null) {
            throw body.bad("name", Names.serviceProblem(name));
        }
        if (Names.reserved(name)) {
            throw ApiError.meta(
                    400,
                    "META0005",
                    "service name '" + name + "' is reserved: names that begin with 'restate', and 'openapi'");
        }
        body.required("ty");
        if ("Workflow".equals(body.optional("ty"))) {
            throw body.bad("ty", "plain handlers cannot serve a Workflow; choose Service or VirtualObject");
        }
        ServiceType type =
                body.word("ty", null, List.of("Service", "VirtualObject")).equals("Service")
                        ? ServiceType.SERVICE
                        : ServiceType.VIRTUAL_OBJECT;
        Service.Exclusivity exclusivity = Exclusivities.read(body, type, Service.Exclusivity.PROCESS);
        boolean isPublic = body.flag("public", true);
        List<Handler> handlers = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonBody each : body.requiredObjects("handlers")) {
            Handler handler = handler(each, type, isPublic);
            if (!names.add(handler.name())) {
                throw each.bad("name", "handler '" + handler.name() + "' is there twice");
            }
            handlers.add(handler);
        }
        if (handlers.isEmpty()) {
            throw body.bad("handlers", "lists no handler");
        }
        return new Service(
                name,
                type,
                null,
                0,
                isPublic,
                handlers,
                RetryJson.read(body.object("retry_policy"), defaults),
                exclusivity,
                Duration.ofMinutes(1),
                Duration.ofMinutes(10),
                DAY,
                DAY,
                null,
                false,
                body.optional("documentation"),
                body.texts("metadata"));
    }

    private Handler handler(JsonBody body, ServiceType type, boolean servicePublic) {
        body.onlyKnown(HANDLER_FIELDS);
        String name = body.required("name");
        if (Names.handlerProblem(name) != null) {
            throw body.bad("name", Names.handlerProblem(name));
        }
        if (type == ServiceType.SERVICE && body.has("ty")) {
            throw body.bad("ty", "handlers of a Service have none; leave it out");
        }
        HandlerType handlerType = type == ServiceType.SERVICE
                ? null
                : HandlerType.valueOf(
                        SubscriptionRequest.constant(body.word("ty", "Exclusive", List.of("Exclusive", "Shared"))));
        boolean isPublic = body.flag("public", servicePublic);
        if (isPublic && !servicePublic) {
            throw body.bad("public", "a handler cannot be public while its service is not");
        }
        if (body.has("codec_options") && !body.has("codec")) {
            throw body.bad("codec_options", "there are options, but no codec");
        }
        return new Handler(
                name,
                handlerType,
                isPublic,
                body.optional("codec"),
                body.texts("codec_options"),
                path(body, type),
                null,
                null,
                RetryJson.read(body.object("retry_policy"), defaults),
                body.optional("documentation"),
                body.texts("metadata"));
    }

    private static String path(JsonBody body, ServiceType type) {
        String path = body.optional("path");
        if (path == null) {
            return null;
        }
        if (!path.startsWith("/") || path.contains("#") || !path.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw body.bad("path", "'" + path + "' is not a path below the uri; it begins with '/' and has no blanks");
        }
        if (path.indexOf(KEY) != path.lastIndexOf(KEY)) {
            throw body.bad("path", "'" + path + "' has {key} more than once");
        }
        Matcher found = PLACEHOLDER.matcher(path);
        while (found.find()) {
            String placeholder = found.group(1);
            if (!PLACEHOLDERS.contains(placeholder)) {
                throw body.bad("path", "{" + placeholder + "} is not one of {service}, {handler}, {key}");
            }
            if (placeholder.equals("key") && !type.keyed()) {
                throw body.bad("path", "{key}: a Service has no keys");
            }
        }
        return path;
    }

    /** Makes every codec once, to find errors now. May read files: workers only. */
    static void checkCodecs(Codecs codecs, List<Service> services) {
        for (Service service : services) {
            for (Handler handler : service.handlers()) {
                if (handler.codec() != null) {
                    try {
                        codecs.create(handler.codec(), handler.codecOptions());
                    } catch (CodecException e) {
                        throw ApiError.badRequest(
                                "codec of handler '" + service.name() + "/" + handler.name() + "': " + e.getMessage());
                    }
                }
            }
        }
    }
}
