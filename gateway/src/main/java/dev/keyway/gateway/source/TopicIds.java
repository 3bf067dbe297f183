package dev.keyway.gateway.source;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * The ids of topics, by which a topic that was deleted and made anew is not the same. Blocks; for the poll thread, on
 * which the consumer asks such things as well.
 */
final class TopicIds implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 10;

    private final Admin admin;

    /** @param connection connection and security properties of the cluster, Java client names */
    TopicIds(Map<String, Object> connection) {
        this.admin = Admin.create(new HashMap<>(connection));
    }

    Map<String, Uuid> of(Collection<String> topics) {
        Map<String, Uuid> ids = new HashMap<>();
        try {
            Map<String, TopicDescription> found =
                    admin.describeTopics(topics).allTopicNames().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            found.forEach((topic, description) -> ids.put(topic, description.topicId()));
            return ids;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("no answer for the ids of " + topics, e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        admin.close(java.time.Duration.ofSeconds(1));
    }
}
