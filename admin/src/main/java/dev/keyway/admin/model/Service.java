package dev.keyway.admin.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The latest revision of a named group of handlers. Immutable.
 *
 * @param isPublic whether the RPC ingress serves it
 * @param retryPolicy the service's own policy, {@code null} when it takes the configured default
 * @param exclusivity where one-at-a-time per key holds
 * @param documentation free text from the manifest, may be {@code null}
 */
public record Service(
        String name,
        ServiceType ty,
        String deploymentId,
        int revision,
        boolean isPublic,
        List<Handler> handlers,
        RetryPolicy retryPolicy,
        Exclusivity exclusivity,
        Duration inactivityTimeout,
        Duration abortTimeout,
        Duration journalRetention,
        Duration idempotencyRetention,
        Duration workflowCompletionRetention,
        boolean enableLazyState,
        String documentation,
        Map<String, String> metadata) {
    public Service {
        handlers = Copies.of(handlers);
        metadata = Copies.of(metadata);
    }

    /** Where exclusivity per key comes from (design section 2). */
    public enum Exclusivity {
        /** The mailbox is in this process. */
        PROCESS,
        /** Every origin goes through the inbox. */
        CLUSTER
    }

    /** The handler of that name, or {@code null}. */
    public Handler handler(String handlerName) {
        for (Handler handler : handlers) {
            if (handler.name().equals(handlerName)) {
                return handler;
            }
        }
        return null;
    }
}
