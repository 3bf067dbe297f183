package dev.keyway.gateway.invoke.statefun;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.HandlerType;
import dev.keyway.admin.model.Pacing;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.module.FunctionEndpoint;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.module.TransportSpec;
import dev.keyway.admin.module.TypeName;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.invoke.Transport;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The functions of a module as call targets. A function is a keyed service {@code <namespace>/<name>} with one exclusive
 * handler; its deployment stands for the endpoint that serves it and the authority of its URL there, which may hold the
 * function's name. Any thread; nothing blocks once it is made.
 */
public final class FunctionTargets {

    /** Functions of a namespace endpoint are whatever messages name, so what is kept of them has a bound. */
    static final int MAX_KEPT = 10_000;

    /** What okhttp's pool keeps an unused connection for. */
    private static final Duration OKHTTP_MAX_AGE = Duration.ofMinutes(1);

    /** Of no module. */
    public static final FunctionTargets NONE = new FunctionTargets(Module.EMPTY, 1);

    private final Module module;
    private final Set<String> egresses;
    private final Map<FunctionEndpoint, Transport> transports = new HashMap<>();
    private final Map<TypeName, Optional<Target>> targets = new ConcurrentHashMap<>();
    private final Map<String, Deployment> deployments = new ConcurrentHashMap<>();

    /**
     * Reads the certificates that the endpoints name. Blocks: not for event loops.
     *
     * @param loops that call functions; each gets its share of an endpoint's connections
     * @throws IllegalArgumentException if a certificate or key cannot be used; the message names the endpoint and why
     */
    public FunctionTargets(Module module, int loops) {
        this.module = module;
        this.egresses = module.egresses().stream().map(Egress::id).collect(Collectors.toUnmodifiableSet());
        for (FunctionEndpoint endpoint : module.endpoints()) {
            transports.put(endpoint, transport(endpoint, loops));
        }
    }

    private static Transport transport(FunctionEndpoint endpoint, int loops) {
        TransportSpec spec = endpoint.transport();
        return new Transport(
                spec.connect(),
                Math.max(1, spec.poolSize() / loops),
                spec.poolTtl() == null ? OKHTTP_MAX_AGE : spec.poolTtl(),
                spec.payloadMaxBytes(),
                "payload_max_bytes of endpoint " + endpoint.functions(),
                EndpointTls.options(endpoint));
    }

    /** The endpoint of a function, that of exactly this function before that of its namespace; {@code null} for none. */
    public FunctionEndpoint endpoint(String namespace, String name) {
        return module.endpoint(new TypeName(namespace, name)).orElse(null);
    }

    /** Whether the module has a Kafka egress of that id, {@code namespace/name}. */
    public boolean hasEgress(String id) {
        return egresses.contains(id);
    }

    /**
     * The function as a target: the same object for every call.
     *
     * @return {@code null} if no endpoint serves it, or the URL of its endpoint cannot hold its name
     */
    public Target of(String namespace, String name) {
        TypeName function = new TypeName(namespace, name);
        Optional<Target> target = targets.get(function);
        if (target == null) {
            target = module.endpoint(function).flatMap(endpoint -> target(function, endpoint));
            if (targets.size() >= MAX_KEPT) {
                targets.clear();
                deployments.clear();
            }
            Optional<Target> earlier = targets.putIfAbsent(function, target);
            target = earlier == null ? target : earlier;
        }
        return target.orElse(null);
    }

    /** Whether the module has a deployment of this id, as those of its targets are. */
    public boolean serves(String deployment) {
        return module.endpoints().stream().anyMatch(endpoint -> {
            String own = id(endpoint, "");
            return deployment.startsWith(own)
                    && (namedByFunction(endpoint) || deployment.equals(own + authority(endpoint, "f")));
        });
    }

    /** Whether each function of the endpoint may have a host of its own. */
    private static boolean namedByFunction(FunctionEndpoint endpoint) {
        return !authority(endpoint, "f").equals(authority(endpoint, "g"));
    }

    private static String authority(FunctionEndpoint endpoint, String name) {
        return authority(FunctionEndpoint.url(endpoint.urlPathTemplate(), name));
    }

    private static String authority(URI url) {
        return url.getScheme() + "://" + url.getRawAuthority();
    }

    private static String id(FunctionEndpoint endpoint, String authority) {
        return endpoint.functions() + "@" + authority;
    }

    private Optional<Target> target(TypeName function, FunctionEndpoint endpoint) {
        URI url;
        try {
            url = endpoint.url(function);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (url.getHost() == null) {
            return Optional.empty();
        }
        String authority = authority(url);
        String id = id(endpoint, authority);
        Deployment deployment =
                deployments.computeIfAbsent(id, absent -> deployment(id, authority + "/", endpoint.transport()));
        Handler handler = handler(url);
        return Optional.of(new Target(
                deployment, service(function, deployment, handler), handler, null, transports.get(endpoint)));
    }

    private static Deployment deployment(String id, String uri, TransportSpec transport) {
        return new Deployment(
                id,
                uri,
                Protocol.STATEFUN,
                Map.of(),
                Map.of(),
                transport.httpVersion() == TransportSpec.HttpVersion.HTTP_1_1,
                true,
                0,
                0,
                null,
                0,
                transport.call(),
                Instant.EPOCH,
                List.of(),
                Pacing.DEFAULT);
    }

    /** Its path is the whole path and query of the function's URL. */
    private static Handler handler(URI url) {
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return new Handler(
                "invoke",
                HandlerType.EXCLUSIVE,
                false,
                null,
                Map.of(),
                url.getRawQuery() == null ? path : path + "?" + url.getRawQuery(),
                null,
                null,
                null,
                null,
                Map.of());
    }

    private static Service service(TypeName function, Deployment deployment, Handler handler) {
        return new Service(
                function.toString(),
                ServiceType.VIRTUAL_OBJECT,
                deployment.id(),
                1,
                false,
                List.of(handler),
                null,
                Service.Exclusivity.CLUSTER,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                Map.of());
    }
}
