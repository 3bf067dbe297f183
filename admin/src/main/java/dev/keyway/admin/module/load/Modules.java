package dev.keyway.admin.module.load;

import dev.keyway.admin.config.ConfigException;
import dev.keyway.admin.config.ConfigException.Problem;
import dev.keyway.admin.config.Tree;
import dev.keyway.admin.config.YamlDocuments;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.module.yaml.Item;
import dev.keyway.admin.module.yaml.Placeholders;
import dev.keyway.admin.module.yaml.Report;
import dev.keyway.codecs.Nearest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code module.yaml} files of Stateful Functions. Everything is checked, all mistakes of all files come at once.
 * Blocks: not for event loops.
 */
public final class Modules {

    private static final Logger LOG = LoggerFactory.getLogger(Modules.class);
    private static final List<String> KEYS = List.of("kind", "spec");

    private final Report report = new Report();
    private final Draft draft = new Draft();
    private final List<Tree> documents = new ArrayList<>();
    private final Placeholders placeholders;
    private final RetryPolicy defaults;

    private Modules(UnaryOperator<String> environment, RetryPolicy defaults) {
        this.placeholders = new Placeholders(environment);
        this.defaults = defaults;
    }

    /** As {@link #load(List, UnaryOperator, RetryPolicy)}, with this process' environment and Keyway's own defaults. */
    public static Module load(List<Path> files) {
        return load(files, System::getenv, RetryPolicy.DEFAULT);
    }

    /**
     * The merged module of all files; what is accepted but has no effect is logged at info.
     *
     * @param environment for placeholders; gives {@code null} for a variable that is not set
     * @param defaults completes the retry policies of ingresses
     * @throws ConfigException with everything that is wrong
     */
    public static Module load(List<Path> files, UnaryOperator<String> environment, RetryPolicy defaults) {
        Modules modules = new Modules(environment, defaults);
        Set<Path> distinct = new LinkedHashSet<>();
        for (Path file : files) {
            if (distinct.add(file.toAbsolutePath().normalize())) {
                List<Problem> unreadable = new ArrayList<>();
                List<Tree> read = YamlDocuments.read(file, unreadable);
                modules.add(file.toString(), read, unreadable);
            } else {
                modules.report.problem(file.toString(), null, "is given twice");
            }
        }
        Module module = modules.finish();
        modules.report.info().forEach(LOG::info);
        return module;
    }

    /** The module of one text, for tests. */
    static Module parse(String name, String text, UnaryOperator<String> environment, List<String> info) {
        Modules modules = new Modules(environment, RetryPolicy.DEFAULT);
        List<Problem> unreadable = new ArrayList<>();
        List<Tree> read = YamlDocuments.read(name, text, unreadable);
        modules.add(name, read, unreadable);
        Module module = modules.finish();
        info.addAll(modules.report.info());
        return module;
    }

    private void add(String name, List<Tree> read, List<Problem> unreadable) {
        report.addAll(unreadable);
        List<Tree> full = read.stream().filter(tree -> tree.value() != null).toList();
        if (full.isEmpty()) {
            draft.doubtEndpoints();
            if (unreadable.isEmpty()) {
                report.problem(name, null, "is empty; wanted documents with kind and spec");
            }
        }
        for (Tree document : full) {
            Item item = new Item(document, "", report, placeholders);
            if (!LegacyLayout.is(document)) {
                document(item);
            } else if (full.size() == 1) {
                int before = report.count();
                LegacyLayout.read(item, this::component);
                doubtAfter(before);
            } else {
                LegacyLayout.refuseCompany(item, report);
                draft.doubtEndpoints();
            }
        }
        documents.addAll(full);
    }

    /** What a mistake in the frame of a document hides may be an endpoint. */
    private void doubtAfter(int before) {
        if (report.count() > before) {
            draft.doubtEndpoints();
        }
    }

    private void document(Item document) {
        Map<String, Tree> map = document.tree().map();
        if (map == null) {
            report.problem(
                    document.tree().place(),
                    null,
                    "is " + document.describe() + "; wanted a mapping with kind and spec");
            draft.doubtEndpoints();
            return;
        }
        int before = report.count();
        Kind kind = kind(document, map);
        boolean spec = map.containsKey("spec");
        if (!spec) {
            missing(document, "spec", "a mapping, as the kind has it");
        }
        map.keySet().stream()
                .filter(key -> !KEYS.contains(key) && !key.startsWith(dev.keyway.admin.module.yaml.Shape.OWN))
                .forEach(key -> document.child(key).info("is ignored; only kind and spec count"));
        if (kind == null || !spec) {
            doubtAfter(before);
            return;
        }
        component(kind, document.child("spec"), Map.of());
    }

    private static Kind kind(Item document, Map<String, Tree> map) {
        if (!map.containsKey("kind")) {
            missing(document, "kind", "one of " + String.join(", ", Kind.offered()));
            return null;
        }
        Item item = document.child("kind");
        String text = item.text("one of " + String.join(", ", Kind.offered()));
        try {
            Kind kind = text == null ? null : Kind.of(text);
            if (kind != null && kind.refusal() != null) {
                item.problem("is " + item.describe() + "; " + kind.refusal());
                return null;
            }
            return kind;
        } catch (IllegalArgumentException e) {
            item.problem("is " + item.describe() + "; " + e.getMessage());
            return null;
        }
    }

    private static void missing(Item document, String key, String wanted) {
        document.report()
                .problem(
                        document.tree().place(),
                        key,
                        "is missing; wanted " + wanted
                                + document.tree().map().keySet().stream()
                                        .filter(name -> !KEYS.contains(name))
                                        .filter(name -> !Nearest.hint(name, List.of(key))
                                                .isEmpty())
                                        .findFirst()
                                        .map(name -> "; is '" + name + "' meant to be it?")
                                        .orElse(""));
    }

    private void component(Kind kind, Item spec, Map<String, Item> elsewhere) {
        switch (kind) {
            case ENDPOINT_V2, ENDPOINT_V1 -> EndpointReader.read(kind, spec, draft);
            case KAFKA_INGRESS -> IngressReader.read(spec, elsewhere, defaults, draft);
            case KAFKA_EGRESS -> EgressReader.read(spec, elsewhere, draft);
            default -> throw new IllegalStateException(kind + " is not offered");
        }
    }

    private Module finish() {
        draft.checkTargets();
        if (report.count() > 0) {
            throw new ConfigException(report.problems());
        }
        return new Module(draft.endpoints, draft.ingresses, draft.egresses, ModuleHash.of(documents, placeholders));
    }
}
