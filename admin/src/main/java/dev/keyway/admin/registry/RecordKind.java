package dev.keyway.admin.registry;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.IngressState;
import dev.keyway.admin.model.Instance;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.registry.Registry.Edit;

/** The kinds of records that this version reads and writes; a record's key is {@code <kind>/<name>}. */
enum RecordKind {
    DEPLOYMENT("deployment", Deployment.class),
    SERVICE("service", Service.class),
    SUBSCRIPTION("subscription", Subscription.class),
    CLUSTER("cluster", KafkaCluster.class),
    INSTANCE("instance", Instance.class),
    EGRESS("egress", Egress.class),
    INGRESS("ingress", IngressState.class);

    private final String wireName;
    private final Class<? extends Record> type;

    RecordKind(String wireName, Class<? extends Record> type) {
        this.wireName = wireName;
        this.type = type;
    }

    String wireName() {
        return wireName;
    }

    Class<? extends Record> type() {
        return type;
    }

    String key(String name) {
        return wireName + "/" + name;
    }

    /** The kind of that name, or {@code null} when a newer version of Keyway made it. */
    static RecordKind of(String wireName) {
        for (RecordKind kind : values()) {
            if (kind.wireName.equals(wireName)) {
                return kind;
            }
        }
        return null;
    }

    /** An edit taken apart; {@code value} is {@code null} for a deletion. */
    record Entry(RecordKind kind, String name, Record value) {
        String key() {
            return kind.key(name);
        }
    }

    static Entry entry(Edit edit) {
        if (edit instanceof Edit.PutDeployment put) {
            return new Entry(DEPLOYMENT, put.id(), put.value());
        } else if (edit instanceof Edit.PutService put) {
            return new Entry(SERVICE, put.name(), put.value());
        } else if (edit instanceof Edit.PutSubscription put) {
            return new Entry(SUBSCRIPTION, put.id(), put.value());
        } else if (edit instanceof Edit.PutCluster put) {
            return new Entry(CLUSTER, put.name(), put.value());
        } else if (edit instanceof Edit.PutEgress put) {
            return new Entry(EGRESS, put.id(), put.value());
        } else if (edit instanceof Edit.PutIngress put) {
            return new Entry(INGRESS, put.id(), put.value());
        }
        Edit.PutInstance put = (Edit.PutInstance) edit;
        return new Entry(INSTANCE, put.id(), put.value());
    }
}
