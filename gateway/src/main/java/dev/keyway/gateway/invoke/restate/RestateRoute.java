package dev.keyway.gateway.invoke.restate;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Service;
import dev.keyway.gateway.invoke.HeaderSink;
import dev.keyway.gateway.invoke.Target;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What does not change from call to call of one target. Immutable.
 *
 * @param version of the service protocol that both sides speak, 0 when there is none
 * @param mediaType of that version: both {@code content-type} and {@code accept}
 * @param additional names and values in turn
 * @param silenceMillis how long the handler may send nothing: the service's inactivity timeout, after which Restate asks
 *     it to suspend, and its abort timeout, after which Restate gives it up; 0 leaves it to the call's timeout
 */
record RestateRoute(
        String basePath,
        AsciiString path,
        int version,
        AsciiString mediaType,
        List<AsciiString> additional,
        long silenceMillis) {

    static final int LOWEST_VERSION = 5;
    static final int HIGHEST_VERSION = 6;

    static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    static final AsciiString ACCEPT = AsciiString.cached("accept");
    static final AsciiString INVOCATION_ID = AsciiString.cached("x-restate-invocation-id");
    static final AsciiString SERVICE_KEY = AsciiString.cached("x-restate-service-key");
    static final AsciiString CLUSTER_NAME = AsciiString.cached("x-restate-cluster-name");

    /** Headers whose values are ours to say, whatever a deployment adds. */
    private static final Set<AsciiString> OURS = Set.of(CONTENT_TYPE, ACCEPT, INVOCATION_ID, SERVICE_KEY, CLUSTER_NAME);

    static RestateRoute of(Target target, String basePath, UnaryOperator<String> secrets) {
        Deployment deployment = target.deployment();
        Service service = target.service();
        int version = Math.min(deployment.maxProtocolVersion(), HIGHEST_VERSION);
        if (version < LOWEST_VERSION || deployment.minProtocolVersion() > HIGHEST_VERSION) {
            version = 0;
        }
        List<AsciiString> additional = new ArrayList<>();
        for (Map.Entry<String, String> header : deployment.additionalHeaders().entrySet()) {
            AsciiString name = AsciiString.of(header.getKey().toLowerCase(Locale.ROOT));
            if (!OURS.contains(name)) {
                additional.add(name);
                additional.add(AsciiString.of(secrets.apply(header.getValue())));
            }
        }
        // Names of services and handlers are letters, digits, '.', '_' and '-': they need no encoding.
        return new RestateRoute(
                basePath,
                AsciiString.of(basePath + "/invoke/" + service.name() + "/"
                        + target.handler().name()),
                version,
                AsciiString.of("application/vnd.restate.invocation.v" + version),
                List.copyOf(additional),
                millis(service.inactivityTimeout()) + millis(service.abortTimeout()));
    }

    private static long millis(Duration timeout) {
        return timeout == null ? 0 : timeout.toMillis();
    }

    void additionalHeaders(HeaderSink sink) {
        for (int i = 0; i < additional.size(); i += 2) {
            sink.add(additional.get(i), additional.get(i + 1));
        }
    }
}
