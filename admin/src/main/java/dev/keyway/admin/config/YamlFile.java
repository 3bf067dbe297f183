package dev.keyway.admin.config;

import dev.keyway.admin.config.ConfigException.Problem;
import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads a YAML file. Vert.x Config gives the values; the node graph beside it gives the lines for error messages and the
 * spelling of numbers, so that {@code password: 0123} stays {@code 0123}.
 */
final class YamlFile {

    private static final int MAX_DEPTH = 32;

    private final Path file;
    private final String name;
    private final Map<String, Spot> spots = new HashMap<>();

    /** @param text of a scalar, else {@code null} */
    private record Spot(int line, String text) {}

    private YamlFile(Path file) {
        this.file = file;
        this.name = file.getFileName().toString();
    }

    /** @throws ConfigException if the file is not YAML or not a table at the top */
    static Tree read(Path file, String content) {
        YamlFile yaml = new YamlFile(file);
        return yaml.locate(content) ? yaml.tree("", yaml.load()) : new Tree(Map.of(), yaml.name);
    }

    /** @return whether there is anything in the file */
    private boolean locate(String content) {
        try {
            LoaderOptions options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            options.setNestingDepthLimit(MAX_DEPTH);
            Node root = new Yaml(options).compose(new StringReader(content));
            if (root == null || root.getTag().equals(Tag.NULL)) {
                return false;
            }
            if (!(root instanceof MappingNode)) {
                throw refused(line(root), "wanted keys such as 'kafka:' at the top");
            }
            locate("", root, 0);
            return true;
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            throw refused(line, "is not YAML: " + e.getProblem());
        } catch (YAMLException e) {
            throw refused(
                    0,
                    "is not YAML: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private void locate(String path, Node node, int depth) {
        if (depth > MAX_DEPTH) {
            throw refused(line(node), path + " is nested too deeply");
        }
        boolean text = node instanceof ScalarNode && !node.getTag().equals(Tag.NULL);
        spots.put(path, new Spot(line(node), text ? ((ScalarNode) node).getValue() : null));
        if (node instanceof MappingNode mapping) {
            Map<String, Integer> lines = new HashMap<>();
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key) {
                    Integer before = lines.put(key.getValue(), line(key));
                    if (before != null) {
                        throw refused(line(key), child(path, key.getValue()) + " is already set in line " + before);
                    }
                    locate(child(path, key.getValue()), tuple.getValueNode(), depth + 1);
                }
            }
        } else if (node instanceof SequenceNode sequence) {
            for (int i = 0; i < sequence.getValue().size(); i++) {
                locate(path + "[" + i + "]", sequence.getValue().get(i), depth + 1);
            }
        }
    }

    private static int line(Node node) {
        return node.getStartMark() == null ? 0 : node.getStartMark().getLine() + 1;
    }

    private JsonObject load() {
        Vertx vertx = Vertx.vertx(
                new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1));
        try {
            ConfigStoreOptions store = new ConfigStoreOptions()
                    .setType("file")
                    .setFormat("yaml")
                    .setConfig(
                            new JsonObject().put("path", file.toAbsolutePath().toString()));
            ConfigRetriever retriever = ConfigRetriever.create(
                    vertx,
                    new ConfigRetrieverOptions()
                            .setIncludeDefaultStores(false)
                            .setScanPeriod(-1)
                            .addStore(store));
            return retriever
                    .getConfig()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw refused(
                    0,
                    "is not YAML: "
                            + String.valueOf(e.getCause().getMessage())
                                    .lines()
                                    .findFirst()
                                    .orElse(""));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private Tree tree(String path, Object value) {
        Spot spot = spots.get(path);
        String place = spot == null || spot.line() == 0 ? name : name + ":" + spot.line();
        if (value instanceof JsonObject object) {
            Map<String, Tree> children = new LinkedHashMap<>();
            object.getMap().keySet().forEach(key -> children.put(key, tree(child(path, key), object.getValue(key))));
            return new Tree(children, place);
        }
        if (value instanceof Iterable<?> list) {
            List<Tree> children = new ArrayList<>();
            for (Object element : list) {
                children.add(tree(path + "[" + children.size() + "]", element));
            }
            return new Tree(children, place);
        }
        boolean spelled = spot != null && spot.text() != null;
        return new Tree(value == null ? null : spelled ? spot.text() : String.valueOf(value), place);
    }

    private static String child(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private ConfigException refused(int line, String message) {
        return new ConfigException(List.of(new Problem(line == 0 ? name : name + ":" + line, null, message)));
    }
}
