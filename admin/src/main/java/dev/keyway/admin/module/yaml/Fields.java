package dev.keyway.admin.module.yaml;

import dev.keyway.admin.model.DurationText;
import dev.keyway.codecs.Nearest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A mapping of a module. Unknown and missing keys are noted when it is made; each reading notes what is wrong with its
 * value and then gives the default, or {@code null} without one. Used by one thread.
 */
public final class Fields {

    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,18}");

    private final Item item;
    private final Shape shape;
    private final Map<String, Item> items = new LinkedHashMap<>();

    Fields(Item item, Shape shape, Map<String, Item> elsewhere) {
        this.item = item;
        this.shape = shape;
        for (String name : item.tree().map().keySet()) {
            Item child = item.child(name);
            if (shape.names().contains(name)) {
                // A key without a value counts as absent.
                if (child.tree().value() != null) {
                    items.put(name, child);
                }
            } else if (!name.startsWith(Shape.OWN)) {
                child.problem(
                        "is unknown; wanted " + String.join(", ", shape.names()) + Nearest.hint(name, shape.names()));
            }
        }
        elsewhere.forEach(items::put);
        for (Key key : shape.keys()) {
            if (key.required() && !items.containsKey(key.name())) {
                missing(key);
            }
        }
    }

    private void missing(Key key) {
        item.report()
                .problem(
                        item.tree().place(),
                        item.path().isEmpty() ? key.name() : item.path() + "." + key.name(),
                        "is missing; wanted " + key.wanted());
    }

    /** Notes that a key is missing that is required only here. */
    public void missing(String key) {
        missing(shape.key(key));
    }

    /** The mapping itself. */
    public Item item() {
        return item;
    }

    /** The keys that it may have. */
    public Shape shape() {
        return shape;
    }

    public boolean has(String key) {
        shape.key(key);
        return items.containsKey(key);
    }

    /** The value, {@code null} when absent. */
    public Item get(String key) {
        shape.key(key);
        return items.get(key);
    }

    /** What the key wants, for messages. */
    public String wanted(String key) {
        return shape.key(key).wanted();
    }

    public String text(String key) {
        return read(key, text -> text);
    }

    public Integer integer(String key, int low, int high) {
        Long number = number(key, low, high);
        return number == null ? null : number.intValue();
    }

    public Long number(String key, long low, long high) {
        return read(key, text -> {
            if (WHOLE.matcher(text).matches() && Long.parseLong(text) >= low && Long.parseLong(text) <= high) {
                return Long.parseLong(text);
            }
            throw new IllegalArgumentException("wanted " + wanted(key));
        });
    }

    public Double decimal(String key, double low, double high) {
        return read(key, text -> {
            double number;
            try {
                number = Double.parseDouble(text);
            } catch (NumberFormatException e) {
                number = Double.NaN;
            }
            if (number >= low && number <= high) {
                return number;
            }
            throw new IllegalArgumentException("wanted " + wanted(key));
        });
    }

    public Boolean bool(String key) {
        return read(key, text -> switch (text) {
            case "true", "True", "TRUE" -> true;
            case "false", "False", "FALSE" -> false;
            default -> throw new IllegalArgumentException("wanted " + wanted(key));
        });
    }

    /** In StateFun's grammar. */
    public Duration duration(String key, Duration low, Duration high) {
        return within(key, low, high, StatefunDuration::parse);
    }

    /** In the grammar of Keyway's REST API. */
    public Duration keywayDuration(String key, Duration low, Duration high) {
        return within(key, low, high, text -> {
            try {
                return DurationText.parse(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("wanted " + wanted(key), e);
            }
        });
    }

    /** The default need not lie within. */
    private Duration within(String key, Duration low, Duration high, Function<String, Duration> parser) {
        return read(key, parser, duration -> {
            if (duration.compareTo(low) < 0 || duration.compareTo(high) > 0) {
                throw new IllegalArgumentException(
                        "wanted a duration from " + DurationText.format(low) + " to " + DurationText.format(high));
            }
        });
    }

    /** @param words as they are to be written */
    public String word(String key, List<String> words) {
        return read(key, text -> {
            if (words.contains(text)) {
                return text;
            }
            throw new IllegalArgumentException("wanted " + String.join(", ", words) + Nearest.hint(text, words));
        });
    }

    /** @param parser throws {@link IllegalArgumentException} with what would be right */
    public <T> T read(String key, Function<String, T> parser) {
        return read(key, parser, value -> {});
    }

    private <T> T read(String key, Function<String, T> parser, Consumer<T> check) {
        Key declared = shape.key(key);
        Item value = items.get(key);
        String text = value == null ? null : value.text(declared.wanted());
        if (text != null) {
            try {
                T parsed = parser.apply(text);
                check.accept(parsed);
                return parsed;
            } catch (IllegalArgumentException e) {
                value.problem("is " + value.describe() + "; " + e.getMessage());
            }
        }
        return declared.fallback() == null ? null : parser.apply(declared.fallback());
    }

    /** The mapping at a key, {@code null} when absent or none. */
    public Fields fields(String key, Shape below) {
        Item value = get(key);
        return value == null ? null : value.fields(below);
    }

    /** The elements at a key, {@code null} when absent or no list. */
    public List<Item> list(String key) {
        Item value = get(key);
        return value == null ? null : value.list(wanted(key));
    }
}
