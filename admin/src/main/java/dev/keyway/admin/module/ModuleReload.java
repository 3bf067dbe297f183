package dev.keyway.admin.module;

import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.Egress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What it takes to go from one module to another while the instance runs. Pure; immutable, any thread. A new module is
 * taken as a whole or not at all: with a refusal nothing of it may be applied.
 *
 * @param live changes that are safe at once, in the order of endpoints, egresses, ingresses
 * @param refused changes that need a restart, with the reason
 */
public record ModuleReload(List<Change> live, List<Refusal> refused) {

    public ModuleReload {
        live = List.copyOf(live);
        refused = List.copyOf(refused);
    }

    /** A change that can be applied to a running instance. */
    public sealed interface Change {

        /** Functions get an endpoint, or another one, from their next request on. Goes before ingresses. */
        record PutEndpoint(FunctionEndpoint endpoint) implements Change {}

        /** The other endpoint of the functions, which is there, serves them from their next request on. */
        record RemoveEndpoint(FunctionPattern functions) implements Change {}

        /** Goes before ingresses, so that functions find it. */
        record AddEgress(Egress egress) implements Change {}

        record AddIngress(KafkaIngress ingress) implements Change {}

        /** The source drains, commits and leaves its group. Its offsets stay. */
        record RemoveIngress(TypeName id) implements Change {}

        /**
         * Other topics, or other treatment of records. The source drains, commits and goes on with a new consumer, unless
         * only its retries have changed.
         *
         * @param topicsChanged whether it reads other topics
         */
        record UpdateIngress(KafkaIngress ingress, boolean topicsChanged) implements Change {}
    }

    /**
     * @param what such as {@code ingress ns/name}
     * @param reason why it needs a restart, or what else helps
     */
    public record Refusal(String what, String reason) {
        @Override
        public String toString() {
            return what + ": " + reason;
        }
    }

    /** Whether the new module may be applied. */
    public boolean allowed() {
        return refused.isEmpty();
    }

    /** What lies between two modules. */
    public static ModuleReload between(Module before, Module after) {
        List<Change> live = new ArrayList<>();
        List<Refusal> refused = new ArrayList<>();
        endpoints(before, after, live, refused);
        egresses(before, after, live, refused);
        ingresses(before, after, live, refused);
        return new ModuleReload(live, refused);
    }

    private static void endpoints(Module before, Module after, List<Change> live, List<Refusal> refused) {
        Map<FunctionPattern, FunctionEndpoint> old = by(before.endpoints(), FunctionEndpoint::functions);
        for (FunctionEndpoint endpoint : after.endpoints()) {
            if (!endpoint.equals(old.remove(endpoint.functions()))) {
                live.add(new Change.PutEndpoint(endpoint));
            }
        }
        for (FunctionEndpoint gone : inOrder(before.endpoints(), FunctionEndpoint::functions, old)) {
            FunctionPattern functions = gone.functions();
            boolean covered = !functions.wholeNamespace()
                    && after.endpoint(new TypeName(functions.namespace(), functions.name()))
                            .isPresent();
            if (covered) {
                live.add(new Change.RemoveEndpoint(functions));
            } else {
                refused.add(new Refusal(
                        "endpoint " + functions,
                        "cannot be removed while the instance runs: its functions may have messages waiting and timers;"
                                + " restart to remove it"));
            }
        }
    }

    private static void egresses(Module before, Module after, List<Change> live, List<Refusal> refused) {
        Map<String, Egress> old = by(before.egresses(), Egress::id);
        boolean transactional =
                before.egresses().stream().anyMatch(egress -> egress.semantic() == DeliverySemantic.EXACTLY_ONCE);
        for (Egress egress : after.egresses()) {
            Egress present = old.remove(egress.id());
            if (present == null && egress.semantic() == DeliverySemantic.EXACTLY_ONCE && !transactional) {
                refused.add(new Refusal(
                        "egress " + egress.id(),
                        "cannot be the first exactly-once egress while the instance runs: it says how the transactions"
                                + " of functions are run; restart to add it"));
            } else if (present == null) {
                live.add(new Change.AddEgress(egress));
            } else if (!present.equals(egress)) {
                refused.add(new Refusal(
                        "egress " + egress.id(),
                        "cannot be changed while the instance runs: its producer has records and transactions open;"
                                + " restart to change it"));
            }
        }
        for (Egress gone : inOrder(before.egresses(), Egress::id, old)) {
            refused.add(
                    new Refusal(
                            "egress " + gone.id(),
                            "cannot be removed while the instance runs: functions may still write to it; restart to remove it"));
        }
    }

    private static void ingresses(Module before, Module after, List<Change> live, List<Refusal> refused) {
        Map<TypeName, KafkaIngress> old = by(before.ingresses(), KafkaIngress::id);
        for (KafkaIngress ingress : after.ingresses()) {
            KafkaIngress present = old.remove(ingress.id());
            if (present == null) {
                live.add(new Change.AddIngress(ingress));
            } else if (!present.equals(ingress)) {
                ingress(present, ingress, live, refused);
            }
        }
        inOrder(before.ingresses(), KafkaIngress::id, old)
                .forEach(gone -> live.add(new Change.RemoveIngress(gone.id())));
    }

    private static void ingress(KafkaIngress before, KafkaIngress after, List<Change> live, List<Refusal> refused) {
        String what = "ingress " + after.id();
        int count = refused.size();
        if (!before.address().equals(after.address())) {
            refused.add(new Refusal(what, "another address means other offsets; give it a new id, or restart"));
        }
        if (!before.consumerGroupId().equals(after.consumerGroupId())) {
            refused.add(new Refusal(what, "another consumerGroupId means other offsets; give it a new id, or restart"));
        }
        if (!before.properties().equals(after.properties())) {
            refused.add(new Refusal(what, "properties are read when its consumer starts; restart to change them"));
        }
        if (!Objects.equals(before.statedStartup(), after.statedStartup())
                || !before.reset().equals(after.reset())) {
            refused.add(new Refusal(
                    what,
                    "a start position has no effect on partitions that were started; reset the group's offsets while the"
                            + " ingress is stopped, or restart to have it for new partitions"));
        }
        Map<String, IngressTopic> topics = by(before.topics(), IngressTopic::topic);
        for (IngressTopic topic : after.topics()) {
            IngressTopic present = topics.get(topic.topic());
            if (present != null && !prefix(present.targets(), topic.targets())) {
                refused.add(new Refusal(
                        what,
                        "the targets of topic " + topic.topic()
                                + " may only be added or removed at the end of the list:"
                                + " records under way are told apart by the place of their target; restart to change"
                                + " them otherwise"));
            }
        }
        if (refused.size() == count) {
            boolean changed = !topics.keySet()
                    .equals(by(after.topics(), IngressTopic::topic).keySet());
            live.add(new Change.UpdateIngress(after, changed));
        }
    }

    /** Whether one list begins with the other. */
    private static boolean prefix(List<TypeName> one, List<TypeName> other) {
        int common = Math.min(one.size(), other.size());
        return one.subList(0, common).equals(other.subList(0, common));
    }

    private static <K, V> Map<K, V> by(List<V> values, Function<V, K> key) {
        return new HashMap<>(values.stream().collect(Collectors.toMap(key, Function.identity())));
    }

    private static <K, V> List<V> inOrder(List<V> values, Function<V, K> key, Map<K, V> wanted) {
        return values.stream()
                .filter(value -> wanted.containsKey(key.apply(value)))
                .toList();
    }
}
