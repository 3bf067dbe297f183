package dev.keyway.admin.module.load;

import dev.keyway.admin.model.Egress;
import dev.keyway.admin.module.FunctionEndpoint;
import dev.keyway.admin.module.FunctionPattern;
import dev.keyway.admin.module.KafkaIngress;
import dev.keyway.admin.module.TypeName;
import dev.keyway.admin.module.yaml.Item;
import dev.keyway.codecs.Nearest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the documents of all files have said so far. Names are noted even of components with mistakes, so that one mistake
 * does not hide another. Used by one thread.
 */
final class Draft {

    /** A target and where it is named. */
    record Target(TypeName function, Item item) {}

    final List<FunctionEndpoint> endpoints = new ArrayList<>();
    final List<KafkaIngress> ingresses = new ArrayList<>();
    final List<Egress> egresses = new ArrayList<>();
    private final Map<FunctionPattern, String> patterns = new HashMap<>();
    private final Map<String, String> ids = new HashMap<>();
    private final Map<String, String> groupTopics = new HashMap<>();
    private final List<Target> targets = new ArrayList<>();
    private boolean endpointsInDoubt;

    /** Notes an endpoint's pattern, which no other may have. */
    void pattern(FunctionPattern pattern, Item item) {
        String other = patterns.putIfAbsent(pattern, item.tree().place());
        if (other != null) {
            item.problem("is '" + pattern + "', as in " + other + "; wanted one endpoint for a pattern");
        }
    }

    /** Notes the id of an ingress or egress, which no other of the kind may have. */
    void id(Kind kind, TypeName id, Item item) {
        String other = ids.putIfAbsent(kind + " " + id, item.tree().place());
        if (other != null) {
            item.problem("is '" + id + "', as in " + other + "; wanted an id of its own");
        }
    }

    /** Notes what a group reads at an address: no two ingresses may share a topic of one group. */
    void groupTopic(String address, String group, String topic, Item item) {
        String other = groupTopics.putIfAbsent(
                address + "\n" + group + "\n" + topic, item.tree().place());
        if (other != null) {
            item.problem("is '" + topic + "', which the ingress in " + other + " reads with the same consumerGroupId '"
                    + group + "'; wanted a group of its own, or one ingress for both");
        }
    }

    void target(TypeName function, Item item) {
        targets.add(new Target(function, item));
    }

    /** Some endpoint could not be read: whether a target has one cannot be told. */
    void doubtEndpoints() {
        endpointsInDoubt = true;
    }

    /** Notes every target that no endpoint serves. */
    void checkTargets() {
        if (endpointsInDoubt) {
            return;
        }
        for (Target target : targets) {
            if (!patterns.containsKey(FunctionPattern.exact(target.function()))
                    && !patterns.containsKey(FunctionPattern.namespace(target.function()))) {
                target.item()
                        .problem("is '" + target.function() + "', which no endpoint serves; wanted an endpoint with "
                                + "functions: " + target.function() + " or "
                                + target.function().namespace() + "/*"
                                + Nearest.hint(
                                        target.function().toString(),
                                        patterns.keySet().stream()
                                                .filter(pattern -> !pattern.wholeNamespace())
                                                .map(FunctionPattern::toString)
                                                .limit(100)
                                                .toList()));
            }
        }
    }
}
