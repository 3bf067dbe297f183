package dev.keyway.admin.discovery;

import dev.keyway.admin.model.Service;
import java.util.List;

/**
 * What a deployment says of itself. Immutable.
 *
 * @param requestResponse the service answers only after the request body has ended
 * @param sdkVersion from the header {@code x-restate-server}, may be {@code null}
 * @param services with revision 0 and without a deployment id; the registration gives both
 */
public record Manifest(
        boolean requestResponse,
        int minProtocolVersion,
        int maxProtocolVersion,
        String sdkVersion,
        List<Service> services) {}
