package dev.keyway.benchmarks.load;

import java.util.ArrayList;
import java.util.List;

/** Keyway, with one subscription for each topic, to a Virtual Object or a Service. */
final class KeywayCaller implements Caller.OfKafka {
    private final String name;
    private final KeywayProcess keyway;
    private final String service;
    private final boolean ordered;
    private final int maxRecords;
    /** How the bodies of answers are written, {@code null} when there are none. */
    private final String replies;

    private final List<String> subscriptions = new ArrayList<>();

    private KeywayCaller(
            String name, KeywayProcess keyway, String service, boolean ordered, int maxRecords, String replies) {
        this.name = name;
        this.keyway = keyway;
        this.service = service;
        this.ordered = ordered;
        this.maxRecords = maxRecords;
        this.replies = replies;
    }

    static KeywayCaller object(KeywayProcess keyway) {
        return new KeywayCaller("Keyway object", keyway, KeywayProcess.OBJECT, true, 1, null);
    }

    /** A Virtual Object with so many records in one request at most. */
    static KeywayCaller batch(KeywayProcess keyway, int maxRecords) {
        return new KeywayCaller("Keyway batch-" + maxRecords, keyway, KeywayProcess.OBJECT, true, maxRecords, null);
    }

    static KeywayCaller service(KeywayProcess keyway) {
        return new KeywayCaller("Keyway service", keyway, KeywayProcess.SERVICE, false, 1, null);
    }

    /** A Virtual Object whose answers become records, by an egress of this delivery semantic. */
    static KeywayCaller reply(KeywayProcess keyway, String semantic) {
        return new KeywayCaller("Keyway " + semantic, keyway, KeywayProcess.ANSWERING, true, 1, semantic);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ChildJvm jvm() {
        return keyway.jvm();
    }

    @Override
    public boolean ordered() {
        return ordered;
    }

    @Override
    public List<String> begin(List<String> topics) {
        if (replies != null) {
            // Only meanwhile: all sources of a cluster with an exactly-once egress commit in transactions.
            keyway.addEgress(replies, replies);
        }
        List<String> groups = new ArrayList<>();
        for (String topic : topics) {
            // Every pass over a topic needs a group that never read it.
            String group = topic + "-" + service + "-" + System.nanoTime();
            subscriptions.add(keyway.subscribe(topic, group, service, maxRecords, replies));
            groups.add(group);
        }
        return groups;
    }

    @Override
    public void end() {
        subscriptions.forEach(keyway::unsubscribe);
        subscriptions.clear();
        if (replies != null) {
            keyway.removeEgress(replies);
        }
    }
}
