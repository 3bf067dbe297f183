package dev.keyway.admin.module.load;

import dev.keyway.admin.config.Masking;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.module.yaml.Fields;
import dev.keyway.admin.module.yaml.Item;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The {@code properties} of an ingress or egress: client options. Used by one thread. */
final class PropertyList {

    private static final String KEY = "properties";
    private static final String WANTED = "one entry, '- name: value'";

    private final Fields owner;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, Item> items = new LinkedHashMap<>();

    private PropertyList(Fields owner) {
        this.owner = owner;
    }

    static PropertyList read(Fields owner) {
        PropertyList properties = new PropertyList(owner);
        Item list = owner.get(KEY);
        if (list != null && list.tree().map() != null) {
            list.problem("is a mapping; wanted a list: put '- ' before each name");
        } else if (list != null) {
            List<Item> elements = owner.list(KEY);
            if (elements != null) {
                elements.forEach(properties::add);
            }
        }
        return properties;
    }

    private void add(Item element) {
        Map.Entry<String, Item> entry = element.entry(WANTED);
        if (entry == null) {
            return;
        }
        String name = entry.getKey();
        Item item = entry.getValue();
        if (item.tree().text() == null) {
            item.problem("is " + item.describe() + "; wanted a single value");
            return;
        }
        if (items.putIfAbsent(name, item) != null) {
            item.problem("is set twice");
            return;
        }
        try {
            String text = item.tree().text();
            values.put(
                    name,
                    Masking.isSecret(name)
                            ? item.placeholders().secretOption(text)
                            : item.placeholders().option(text));
        } catch (IllegalArgumentException e) {
            item.problem("cannot be read: " + e.getMessage());
        }
    }

    /**
     * Takes a property that a key of the owner stands for. The key wins; a property beside it has no effect.
     *
     * @return the property's value when the key is absent, {@code null} when both are
     */
    String take(String property, String key) {
        String value = values.remove(property);
        if (value != null && owner.has(key)) {
            items.get(property).info("has no effect: " + key + " is there");
            return null;
        }
        return value;
    }

    /** Takes out what only Flink reads. */
    void dropFlinks() {
        values.keySet().removeIf(name -> {
            if (!name.startsWith("flink.")) {
                return false;
            }
            items.get(name)
                    .info("has no effect: it is an option of Flink; new partitions are found by metadata.max.age.ms");
            return true;
        });
    }

    /** What is left, in its order. */
    Map<String, String> values() {
        return values;
    }

    /** Notes what a table of options found wrong, at the places where the options are. */
    void problems(OptionException refused) {
        for (OptionException.Problem problem : refused.problems()) {
            Item item = where(problem.option());
            item.problem((item == owner.item() ? problem.option() + " " : "") + problem.message());
        }
    }

    private Item where(String option) {
        String key =
                switch (option) {
                    case "bootstrap.servers" -> "address";
                    case "group.id" -> "consumerGroupId";
                    case "auto.offset.reset" -> "autoOffsetResetPosition";
                    default -> null;
                };
        Item item = key != null && owner.shape().names().contains(key) ? owner.get(key) : null;
        return item != null ? item : items.getOrDefault(option, owner.item());
    }
}
