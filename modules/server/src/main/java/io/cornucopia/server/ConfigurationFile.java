package io.cornucopia.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/** Reads a YAML file into dotted keys and text: what the text means is for {@link Keys} to say, not for YAML. */
final class ConfigurationFile {
    private ConfigurationFile() {}

    /** @throws SettingsException if it cannot be read or is not a tree of keys */
    static Map<String, String> read(Path file) throws SettingsException {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new SettingsException(List.of(file + ": there is no such file"));
        } catch (IOException e) {
            throw new SettingsException(List.of(file + ": cannot be read: " + e.getMessage()));
        }
        return parse(file, text);
    }

    /** The same of a text that was read from that file. */
    static Map<String, String> parse(Path file, String text) throws SettingsException {
        Map<String, String> values = new LinkedHashMap<>();
        try {
            Object root = new Load(LoadSettings.builder()
                            .setSchema(new FailsafeSchema())
                            .setAllowDuplicateKeys(false)
                            // A file of comments alone is one empty node, which the schema has no constructor for.
                            .setTagConstructors(Map.of(Tag.NULL, nothing -> null))
                            .build())
                    .loadFromString(text);
            if (root != null) {
                flatten(file, "", root, values);
            }
        } catch (YamlEngineException e) {
            throw new SettingsException(
                    List.of(file + ": is not YAML: " + e.getMessage().strip().replaceAll("\\s+", " ")));
        }
        return values;
    }

    private static void flatten(Path file, String prefix, Object node, Map<String, String> values)
            throws SettingsException {
        if (node instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                String name = prefix.isEmpty() ? String.valueOf(entry.getKey()) : prefix + "." + entry.getKey();
                flatten(file, name, entry.getValue(), values);
            }
            return;
        }
        if (prefix.isEmpty()) {
            throw new SettingsException(List.of(file + ": holds \"" + node + "\" where keys were expected"));
        }
        String value = node instanceof List<?> list
                ? String.join(",", list.stream().map(String::valueOf).toList())
                : node == null ? "" : String.valueOf(node);
        if (values.put(prefix, value) != null) {
            throw new SettingsException(List.of(file + ": " + prefix + " is set twice"));
        }
    }
}
