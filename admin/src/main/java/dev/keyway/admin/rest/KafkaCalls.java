package dev.keyway.admin.rest;

import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.kafka.ConsumerOptions;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.model.KafkaCluster;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;

/** Short conversations with Kafka clusters on worker threads, each bounded in time. */
final class KafkaCalls {

    private static final int TIMEOUT_MILLIS = 10_000;

    private final WorkerExecutor workers;
    private final Secrets secrets;

    KafkaCalls(WorkerExecutor workers, Secrets secrets) {
        this.workers = workers;
        this.secrets = secrets;
    }

    /** What to do with a cluster; runs on a worker. */
    interface Work<T> {
        T with(Admin admin);
    }

    /** Runs blocking work on a worker; completes on the caller's context. */
    <T> Future<T> blocking(Callable<T> work) {
        return workers.executeBlocking(work, false);
    }

    /**
     * Opens an admin client for the cluster. Blocking.
     *
     * @throws ApiError 400 if its properties cannot be used, 503 if it does not answer
     */
    <T> T with(KafkaCluster cluster, Work<T> work) {
        return with(cluster.name(), properties(cluster), work);
    }

    /**
     * Opens an admin client with connection properties of its own, for what is called {@code name}. Blocking.
     *
     * @param common connection and security, Java names, references not yet resolved
     * @throws ApiError as {@link #with(KafkaCluster, Work)}
     */
    <T> T with(String name, Map<String, Object> common, Work<T> work) {
        try (Admin admin = Admin.create(bounded(name, common))) {
            return work.with(admin);
        } catch (AuthenticationException | AuthorizationException e) {
            throw ApiError.badRequest("cluster '" + name + "' refuses this gateway: " + e.getMessage());
        } catch (KafkaException e) {
            throw ApiError.unavailable("cluster '" + name + "' does not answer as it should: " + reason(e));
        }
    }

    private static Map<String, Object> properties(KafkaCluster cluster) {
        try {
            return ConsumerOptions.resolve(cluster).common();
        } catch (OptionException e) {
            throw ApiError.badRequest("cluster '" + cluster.name() + "' cannot be used: " + e.getMessage());
        }
    }

    private Map<String, Object> bounded(String name, Map<String, Object> common) {
        try {
            Map<String, Object> properties = secrets.resolve(common);
            properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
            properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS / 2);
            properties.put(AdminClientConfig.CLIENT_ID_CONFIG, "keyway-admin");
            return properties;
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest("cluster '" + name + "' cannot be used: " + e.getMessage());
        }
    }

    /**
     * Waits for an answer of Kafka.
     *
     * @throws KafkaException as Kafka answered
     */
    static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get(2L * TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("no answer within " + 2 * TIMEOUT_MILLIS / 1000 + " s", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
