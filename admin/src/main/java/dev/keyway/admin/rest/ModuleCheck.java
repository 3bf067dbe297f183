package dev.keyway.admin.rest;

import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.module.Module;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the egresses of a module need of the outside world, tried before the module runs: as those of REST, and with
 * exactly-once on the home cluster, where the transactions of functions are. Blocking: workers only.
 */
final class ModuleCheck {
    private final KafkaCalls kafka;
    private final EgressCheck check;
    private final KafkaCluster home;
    private final Clock clock;

    ModuleCheck(KafkaCalls kafka, EgressCheck check, KafkaCluster home, Clock clock) {
        this.kafka = kafka;
        this.check = check;
        this.home = home;
        this.clock = clock;
    }

    /** The registry's state with the module's egresses beside its own. */
    static RegistrySnapshot merged(RegistrySnapshot state, Module module) {
        if (module.egresses().isEmpty()) {
            return state;
        }
        Map<String, Egress> egresses = new TreeMap<>(state.egresses());
        module.egresses().forEach(egress -> egresses.put(egress.id(), egress));
        return new RegistrySnapshot(
                state.version(),
                state.deployments(),
                state.services(),
                state.subscriptions(),
                state.clusters(),
                state.instances(),
                egresses,
                state.ingresses());
    }

    /** Egresses that are in the registry too, where nobody could tell which one is meant. */
    static List<String> collisions(RegistrySnapshot state, Module module) {
        return module.egresses().stream()
                .map(Egress::id)
                .filter(state.egresses()::containsKey)
                .map(id -> "egress '" + id + "' is in the module and in the registry; here the module's is used:"
                        + " rename one of them")
                .toList();
    }

    AdminServer.ModuleProblems run(RegistrySnapshot state, Module module) {
        RegistrySnapshot merged = merged(state, module);
        List<String> refused = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (Egress egress : module.egresses()) {
            try {
                check.run(merged, egress);
                if (egress.semantic() == DeliverySemantic.EXACTLY_ONCE) {
                    atHome(merged, egress);
                }
            } catch (ApiError e) {
                (e.status() == 503 ? unknown : refused).add("egress " + egress.id() + ": " + inModuleWords(e));
            }
        }
        return new AdminServer.ModuleProblems(refused, unknown);
    }

    private static String inModuleWords(ApiError e) {
        return e.getMessage()
                .replace("transaction_timeout", "transactionTimeout")
                .replace("delivery_semantic", "deliverySemantic");
    }

    private void atHome(RegistrySnapshot state, Egress egress) {
        String own = check.clusterId(state, egress);
        String ids = kafka.with(home, admin -> new Topics(admin, home.name(), clock).clusterId());
        if (!own.equals(ids)) {
            throw ApiError.conflict("it is exactly-once on " + egress.address() + " (Kafka cluster id " + own
                    + "), and state and messages of functions are on the home cluster '" + home.name() + "' (id " + ids
                    + "); a transaction lives on one Kafka cluster. Give it brokers of the home cluster, or"
                    + " deliverySemantic at-least-once, which works with any cluster");
        }
    }
}
