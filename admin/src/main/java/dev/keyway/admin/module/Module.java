package dev.keyway.admin.module;

import dev.keyway.admin.model.Egress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that the module files of an instance say, checked and merged. Immutable, any thread. Every target of an
 * ingress has an endpoint; ids and patterns are unique.
 */
public final class Module {

    /** No module file. */
    public static final Module EMPTY = new Module(List.of(), List.of(), List.of(), "");

    private final List<FunctionEndpoint> endpoints;
    private final List<KafkaIngress> ingresses;
    private final List<Egress> egresses;
    private final String hash;
    private final Map<FunctionPattern, FunctionEndpoint> byPattern = new HashMap<>();
    private final Map<String, Egress> byId = new LinkedHashMap<>();

    /** @param hash of the content, the same on every instance with the same module; empty without a file */
    public Module(List<FunctionEndpoint> endpoints, List<KafkaIngress> ingresses, List<Egress> egresses, String hash) {
        this.endpoints = List.copyOf(endpoints);
        this.ingresses = List.copyOf(ingresses);
        this.egresses = List.copyOf(egresses);
        this.hash = hash;
        endpoints.forEach(endpoint -> byPattern.put(endpoint.functions(), endpoint));
        egresses.forEach(egress -> byId.put(egress.id(), egress));
    }

    /** In the order of the files. */
    public List<FunctionEndpoint> endpoints() {
        return endpoints;
    }

    /** In the order of the files. */
    public List<KafkaIngress> ingresses() {
        return ingresses;
    }

    /** In the order of the files; ids are {@code <namespace>/<name>}. */
    public List<Egress> egresses() {
        return egresses;
    }

    /** 64 hexadecimal digits that change with the content, but not with comments, layout or order; empty if no file. */
    public String hash() {
        return hash;
    }

    /** The endpoint of a function: that of exactly this function, else that of its namespace. */
    public Optional<FunctionEndpoint> endpoint(TypeName function) {
        FunctionEndpoint exact = byPattern.get(FunctionPattern.exact(function));
        return Optional.ofNullable(exact != null ? exact : byPattern.get(FunctionPattern.namespace(function)));
    }

    /** The egress that a function names by namespace and type. */
    public Optional<Egress> egress(String namespace, String type) {
        return Optional.ofNullable(byId.get(namespace + "/" + type));
    }
}
