package dev.keyway.admin.config;

import dev.keyway.admin.config.ConfigException.Problem;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * Reads all documents of a YAML file from the node graph: every scalar keeps its spelling and every place its line.
 * Aliases are followed; what they unfold to is bounded, so that neither a bomb of aliases nor a loop of them gets far.
 * Used by one thread.
 */
public final class YamlDocuments {

    private static final int MAX_DEPTH = 32;
    private static final int MAX_NODES = 100_000;
    private static final int MAX_KEY = 256;

    private final String name;
    private final List<Problem> problems;
    private final Deque<String> path = new ArrayDeque<>();
    private int document;
    private int nodes;

    private YamlDocuments(String name, List<Problem> problems) {
        this.name = name;
        this.problems = problems;
    }

    /**
     * The documents in their order, an empty one as a tree without a value. Places are {@code file:line (document n)}.
     *
     * @param problems takes what is wrong; nothing comes back of a file that is not YAML, the first of two equal keys
     *     counts
     */
    public static List<Tree> read(Path file, List<Problem> problems) {
        String content;
        try {
            content = TextFile.read(file);
        } catch (ConfigException e) {
            problems.addAll(e.problems());
            return List.of();
        }
        return read(file.toString(), content, problems);
    }

    /** As {@link #read(Path, List)}, of a text. */
    public static List<Tree> read(String name, String content, List<Problem> problems) {
        return new YamlDocuments(name, problems).read(content);
    }

    private List<Tree> read(String content) {
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(MAX_DEPTH);
        List<Tree> documents = new ArrayList<>();
        try {
            for (Node root : new Yaml(options).composeAll(new StringReader(content))) {
                document++;
                documents.add(root == null ? new Tree(null, place(0)) : tree(root, 0));
            }
            return documents;
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            document++;
            problems.add(new Problem(place(line), null, "is not YAML: " + e.getProblem()));
        } catch (YAMLException e) {
            problems.add(new Problem(
                    name,
                    null,
                    "is not YAML: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
        } catch (TooLarge e) {
            problems.add(new Problem(place(e.line), null, e.getMessage()));
        }
        return List.of();
    }

    private Tree tree(Node node, int depth) {
        if (depth > MAX_DEPTH) {
            throw new TooLarge(line(node), "is nested more than " + MAX_DEPTH + " levels deep");
        }
        if (++nodes > MAX_NODES) {
            throw new TooLarge(line(node), "holds more than " + MAX_NODES + " values, aliases unfolded");
        }
        String place = place(line(node));
        if (node instanceof MappingNode mapping) {
            return new Tree(map(mapping, depth), place);
        }
        if (node instanceof SequenceNode sequence) {
            List<Tree> list = new ArrayList<>();
            for (Node element : sequence.getValue()) {
                list.add(child("[" + list.size() + "]", element, depth));
            }
            return new Tree(list, place);
        }
        return new Tree(node.getTag().equals(Tag.NULL) ? null : ((ScalarNode) node).getValue(), place);
    }

    private Map<String, Tree> map(MappingNode mapping, int depth) {
        Map<String, Tree> map = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)
                    || key.getValue().length() > MAX_KEY) {
                int line = line(tuple.getKeyNode());
                problems.add(new Problem(
                        place(line), null, "has a key that is no text of at most " + MAX_KEY + " characters"));
                continue;
            }
            String step = (path.isEmpty() ? "" : ".") + key.getValue();
            Tree first = map.putIfAbsent(key.getValue(), child(step, tuple.getValueNode(), depth));
            if (first != null) {
                problems.add(new Problem(
                        place(line(key)), String.join("", path) + step, "is already set in " + first.place()));
            }
        }
        return map;
    }

    private Tree child(String step, Node node, int depth) {
        path.addLast(step);
        Tree child = tree(node, depth + 1);
        path.removeLast();
        return child;
    }

    private static int line(Node node) {
        return node.getStartMark() == null ? 0 : node.getStartMark().getLine() + 1;
    }

    private String place(int line) {
        return name + (line == 0 ? "" : ":" + line) + " (document " + document + ")";
    }

    /** More than a module can need; ends the reading of the file. */
    private static final class TooLarge extends RuntimeException {

        private final int line;

        TooLarge(int line, String message) {
            super(message);
            this.line = line;
        }
    }
}
