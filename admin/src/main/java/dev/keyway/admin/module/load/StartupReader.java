package dev.keyway.admin.module.load;

import dev.keyway.admin.module.StartupPosition;
import dev.keyway.admin.module.yaml.Fields;
import dev.keyway.admin.module.yaml.Item;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code startupPosition}. */
final class StartupReader {

    /** StateFun's pattern; strict, so that 30 February is refused and not moved. */
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS xx", Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private static final Pattern PARTITION = Pattern.compile("(.+)/(\\d{1,9})");
    private static final Pattern OFFSET = Pattern.compile("\\d{1,18}");
    private static final List<String> TYPES =
            List.of("group-offsets", "earliest", "latest", "specific-offsets", "at-timestamp", "date");
    private static final Map<String, String> NEEDS =
            new TreeMap<>(Map.of("specific-offsets", "offsets", "at-timestamp", "timestamp", "date", "date"));

    private StartupReader() {}

    /**
     * @param topics of the ingress
     * @return {@code null} when absent or after a problem
     */
    static StartupPosition read(Fields ingress, Set<String> topics) {
        Fields startup = ingress.fields("startupPosition", Shapes.STARTUP);
        String type = startup == null ? null : startup.word("type", TYPES);
        if (type == null) {
            return null;
        }
        NEEDS.forEach((needing, key) -> {
            if (needing.equals(type) && !startup.has(key)) {
                startup.missing(key);
            } else if (!needing.equals(type) && startup.has(key)) {
                startup.get(key).problem("has no place in a position of type " + type + "; it belongs to " + needing);
            }
        });
        return switch (type) {
            case "group-offsets" -> new StartupPosition.GroupOffsets();
            case "earliest" -> new StartupPosition.Earliest();
            case "latest" -> new StartupPosition.Latest();
            case "specific-offsets" -> specific(startup, topics);
            case "at-timestamp" -> at(startup.read("timestamp", StartupReader::timestamp));
            default -> at(startup.read("date", StartupReader::date));
        };
    }

    private static StartupPosition at(Instant time) {
        return time == null ? null : new StartupPosition.AtTimestamp(time);
    }

    private static Instant timestamp(String text) {
        return time(DateTimeFormatter.ISO_OFFSET_DATE_TIME, text, Shapes.STARTUP_TIMESTAMP);
    }

    private static Instant date(String text) {
        return time(DATE, text, Shapes.STARTUP_DATE);
    }

    private static Instant time(DateTimeFormatter format, String text, String wanted) {
        try {
            Instant time = OffsetDateTime.parse(text, format).toInstant();
            if (time.toEpochMilli() >= 0) {
                return time;
            }
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("wanted " + wanted, e);
        }
        throw new IllegalArgumentException("wanted a time after 1970");
    }

    private static StartupPosition specific(Fields startup, Set<String> topics) {
        List<Item> items = startup.list("offsets");
        if (items == null) {
            return null;
        }
        if (items.isEmpty()) {
            startup.get("offsets").problem("is an empty list; wanted " + startup.wanted("offsets"));
        }
        Map<StartupPosition.Partition, Long> offsets = new HashMap<>();
        for (Item item : items) {
            Map.Entry<String, Item> entry = item.entry("one entry, '- <topic>/<partition>: <offset>'");
            if (entry == null) {
                continue;
            }
            Matcher partition = PARTITION.matcher(entry.getKey());
            String offset = entry.getValue().text("an offset");
            if (!partition.matches()) {
                entry.getValue()
                        .problem("has no partition; wanted <topic>/<partition>: <offset>, for example orders/0: 91");
            } else if (!topics.contains(partition.group(1))) {
                entry.getValue().problem("is of a topic that the ingress does not read");
            } else if (offset != null && !OFFSET.matcher(offset).matches()) {
                entry.getValue()
                        .problem("is " + entry.getValue().describe() + "; wanted an offset, a whole number from 0");
            } else if (offset != null) {
                Long other = offsets.put(
                        new StartupPosition.Partition(partition.group(1), Integer.parseInt(partition.group(2))),
                        Long.parseLong(offset));
                if (other != null) {
                    entry.getValue().problem("names a partition twice");
                }
            }
        }
        return new StartupPosition.SpecificOffsets(offsets);
    }
}
