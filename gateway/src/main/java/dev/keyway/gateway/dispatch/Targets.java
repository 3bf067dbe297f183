package dev.keyway.gateway.dispatch;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.Subscription;
import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;
import dev.keyway.codecs.Codecs;
import dev.keyway.gateway.invoke.Target;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Resolves services and handlers of the registry to {@link Target}s. Any thread; no lock on the way of a call. */
public final class Targets {
    private static final Logger LOG = LoggerFactory.getLogger(Targets.class);

    private record CodecKey(String name, Map<String, String> options) {}

    private record Known(RegistrySnapshot snapshot, Map<String, Target> targets) {}

    private final Codecs codecs;
    private final Map<CodecKey, Codec> made = new ConcurrentHashMap<>();
    private volatile Known known = new Known(RegistrySnapshot.EMPTY, new ConcurrentHashMap<>());

    public Targets(Codecs codecs) {
        this.codecs = codecs;
    }

    /** The target of a subscription, or {@code null} while no deployment serves it. */
    public Target of(RegistrySnapshot snapshot, Subscription subscription) {
        return of(
                snapshot,
                subscription.service(),
                subscription.handler(),
                subscription.codec(),
                subscription.codecOptions());
    }

    /** The target of an RPC call, or {@code null}. */
    public Target of(RegistrySnapshot snapshot, String service, String handler) {
        Known now = known;
        if (now.snapshot() != snapshot) {
            now = new Known(snapshot, new ConcurrentHashMap<>());
            known = now;
        }
        String name = service + "/" + handler;
        Target target = now.targets().get(name);
        if (target == null) {
            target = of(snapshot, service, handler, null, null);
            if (target != null) {
                now.targets().put(name, target);
            }
        }
        return target;
    }

    private Target of(
            RegistrySnapshot snapshot,
            String serviceName,
            String handlerName,
            String codec,
            Map<String, String> options) {
        Service service = snapshot.services().get(serviceName);
        Handler handler = service == null ? null : service.handler(handlerName);
        Deployment deployment = service == null ? null : snapshot.deployments().get(service.deploymentId());
        if (handler == null || deployment == null) {
            return null;
        }
        String name = codec != null ? codec : handler.codec() != null ? handler.codec() : standard(deployment);
        Map<String, String> chosen = codec != null ? options : handler.codecOptions();
        try {
            return new Target(deployment, service, handler, codec(name, chosen == null ? Map.of() : chosen));
        } catch (CodecException e) {
            LOG.atError()
                    .addKeyValue("target", serviceName + "/" + handlerName)
                    .addKeyValue("cause", e.getMessage())
                    .log("No codec, so nothing is delivered");
            return null;
        }
    }

    /** SDKs of Restate read any bytes themselves; a plain handler gets JSON unless it says otherwise. */
    private static String standard(Deployment deployment) {
        return deployment.protocol() == Protocol.HTTP ? "json" : "binary";
    }

    private Codec codec(String name, Map<String, String> options) throws CodecException {
        CodecKey key = new CodecKey(name, options);
        Codec codec = made.get(key);
        if (codec == null) {
            codec = codecs.create(name, options);
            Codec earlier = made.putIfAbsent(key, codec);
            codec = earlier == null ? codec : earlier;
        }
        return codec;
    }
}
