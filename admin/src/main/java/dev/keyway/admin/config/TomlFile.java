package dev.keyway.admin.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.keyway.admin.config.ConfigException.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a TOML file. */
final class TomlFile {

    private TomlFile() {}

    /** @throws ConfigException if the file is not TOML, with the line */
    static Tree read(Path file, String content) {
        String name = file.getFileName().toString();
        try {
            return tree(new TomlMapper().readTree(content), name);
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null
                    ? name
                    : name + ":" + e.getLocation().getLineNr();
            String message =
                    "is not TOML: " + e.getOriginalMessage().lines().findFirst().orElse("");
            throw new ConfigException(List.of(new Problem(place, null, message)));
        }
    }

    private static Tree tree(JsonNode node, String place) {
        if (node.isObject()) {
            Map<String, Tree> children = new LinkedHashMap<>();
            node.properties().forEach(child -> children.put(child.getKey(), tree(child.getValue(), place)));
            return new Tree(children, place);
        }
        if (node.isArray()) {
            List<Tree> children = new ArrayList<>();
            node.forEach(child -> children.add(tree(child, place)));
            return new Tree(children, place);
        }
        return new Tree(node.isNull() ? null : node.asText(), place);
    }
}
