package dev.keyway.admin.module.load;

import dev.keyway.admin.config.Tree;
import dev.keyway.admin.module.yaml.Fields;
import dev.keyway.admin.module.yaml.Item;
import dev.keyway.admin.module.yaml.Report;
import java.util.List;
import java.util.Map;

/** The layout before StateFun 3.1: one document with {@code version: "3.0"} and everything in it. */
final class LegacyLayout {

    private static final String VERSION = "3.0";

    /** Takes one component. */
    @FunctionalInterface
    interface Components {
        /** @param elsewhere keys of the spec that stand in the component's {@code meta} */
        void accept(Kind kind, Item spec, Map<String, Item> elsewhere);
    }

    private LegacyLayout() {}

    /** Whether a document is of this layout: it has a version and no kind. */
    static boolean is(Tree document) {
        return document.map() != null
                && document.map().containsKey("version")
                && !document.map().containsKey("kind");
    }

    static void read(Item document, Components components) {
        Fields root = document.fields(Shapes.LEGACY);
        String version = root.read("version", text -> {
            if (text.equals(VERSION)) {
                return text;
            }
            throw new IllegalArgumentException("wanted " + VERSION + ", or documents with kind and spec");
        });
        Fields module = version == null ? null : root.fields("module", Shapes.LEGACY_MODULE);
        if (module == null) {
            return;
        }
        Fields meta = module.fields("meta", Shapes.LEGACY_REMOTE);
        if (meta != null) {
            meta.word("type", List.of("remote"));
        }
        Fields spec = module.fields("spec", Shapes.LEGACY_SPEC);
        if (spec != null) {
            each(spec, "endpoints", "endpoint", components);
            each(spec, "ingresses", "ingress", components);
            each(spec, "egresses", "egress", components);
        }
    }

    private static void each(Fields spec, String list, String entryName, Components components) {
        List<Item> items = spec.list(list);
        if (items == null) {
            return;
        }
        for (Item item : items) {
            Map.Entry<String, Item> entry = item.entry("one entry, '- " + entryName + ": …'");
            if (entry == null) {
                continue;
            }
            if (!entry.getKey().equals(entryName)) {
                entry.getValue().problem("is unknown; wanted " + entryName);
                continue;
            }
            component(entry.getValue(), entryName, components);
        }
    }

    private static void component(Item item, String entryName, Components components) {
        Fields component = item.fields(Shapes.LEGACY_COMPONENT);
        if (component == null) {
            return;
        }
        Item spec = component.get("spec");
        if (entryName.equals("endpoint")) {
            Fields meta = component.fields("meta", Shapes.LEGACY_HTTP);
            if (meta != null && meta.word("kind", List.of("http")) != null && spec != null) {
                components.accept(Kind.ENDPOINT_V1, spec, Map.of());
            }
            return;
        }
        Fields meta = component.fields("meta", Shapes.LEGACY_IO);
        Kind kind = meta == null ? null : meta.read("type", text -> kind(text, entryName));
        if (kind != null && spec != null) {
            components.accept(kind, spec, meta.has("id") ? Map.of("id", meta.get("id")) : Map.of());
        }
    }

    private static Kind kind(String type, String entryName) {
        String wanted = "io.statefun.kafka/" + entryName;
        if (type.equals(wanted)) {
            return entryName.equals("ingress") ? Kind.KAFKA_INGRESS : Kind.KAFKA_EGRESS;
        }
        if (type.equals("io.statefun.kinesis/" + entryName)) {
            throw new IllegalArgumentException(Kind.KINESIS_INGRESS.refusal());
        }
        throw new IllegalArgumentException("wanted " + wanted);
    }

    /** Notes that a document of this layout is not alone in its file. */
    static void refuseCompany(Item document, Report report) {
        report.problem(
                document.tree().place(),
                "version",
                "belongs to the legacy layout, which must be the only document of its file; wanted kind and spec");
    }
}
