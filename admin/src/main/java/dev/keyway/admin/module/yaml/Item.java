package dev.keyway.admin.module.yaml;

import dev.keyway.admin.config.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A value in a module with its path; what is wrong with it goes to the report. Used by one thread.
 *
 * @param path from the top of the document
 */
public record Item(Tree tree, String path, Report report, Placeholders placeholders) {

    /** Notes what is wrong, after the path. */
    public void problem(String message) {
        report.problem(tree.place(), path, message);
    }

    /** Notes what has no effect, after the path. */
    public void info(String message) {
        report.info(tree.place(), path, message);
    }

    /** The value as it was written, for messages: placeholders are not replaced in it. */
    public String describe() {
        if (tree.map() != null) {
            return "a mapping";
        }
        if (tree.list() != null) {
            return "a list";
        }
        return tree.value() == null ? "empty" : Report.quote(tree.text());
    }

    /** The text with its placeholders replaced, or {@code null} after a problem. */
    public String text(String wanted) {
        if (tree.text() == null) {
            problem("is " + describe() + "; wanted " + wanted);
            return null;
        }
        return replaced(wanted);
    }

    private String replaced(String wanted) {
        try {
            String text = placeholders.resolve(tree.text());
            if (!text.isBlank()) {
                return text;
            }
            problem("is " + describe() + (text.equals(tree.text()) ? "" : ", which is empty") + "; wanted " + wanted);
        } catch (IllegalArgumentException e) {
            problem("is " + describe() + ", but " + e.getMessage());
        }
        return null;
    }

    /** The elements, or {@code null} after a problem. */
    public List<Item> list(String wanted) {
        if (tree.list() == null) {
            problem("is " + describe() + "; wanted " + wanted);
            return null;
        }
        List<Item> items = new ArrayList<>();
        for (Tree element : tree.list()) {
            items.add(new Item(element, path + "[" + items.size() + "]", report, placeholders));
        }
        return items;
    }

    /** The mapping, its unknown and missing keys noted; {@code null} after a problem when it is none. */
    public Fields fields(Shape shape) {
        return fields(shape, Map.of());
    }

    /** @param elsewhere keys that the legacy layout keeps in another place */
    public Fields fields(Shape shape, Map<String, Item> elsewhere) {
        if (tree.map() == null) {
            problem("is " + describe() + "; wanted a mapping with "
                    + String.join(", ", shape.names().stream().limit(5).toList()));
            return null;
        }
        return new Fields(this, shape, elsewhere);
    }

    /** A value below; the mapping must hold it. */
    public Item child(String key) {
        return new Item(tree.map().get(key), path.isEmpty() ? key : path + "." + key, report, placeholders);
    }

    /** The only entry of a list element that is a mapping of one name to a value, or {@code null} after a problem. */
    public Map.Entry<String, Item> entry(String wanted) {
        if (tree.map() == null || tree.map().size() != 1) {
            problem("is "
                    + (tree.map() == null
                            ? describe()
                            : "a mapping of " + tree.map().size() + " entries")
                    + "; wanted " + wanted);
            return null;
        }
        String name = tree.map().keySet().iterator().next();
        return Map.entry(name, child(name));
    }
}
