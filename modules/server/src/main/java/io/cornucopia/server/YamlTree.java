package io.cornucopia.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Settings as the tree that they are in a configuration file. */
final class YamlTree {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

    private final Map<String, Object> nodes = new LinkedHashMap<>();

    /** Puts a value below the names that lead to it. */
    void put(String value, String... path) {
        YamlTree tree = this;
        for (int i = 0; i < path.length - 1; i++) {
            tree = tree.below(path[i]);
        }
        tree.nodes.put(path[path.length - 1], value);
    }

    /** The tree below the names that lead to it. */
    YamlTree below(String... path) {
        YamlTree tree = this;
        for (String name : path) {
            tree = (YamlTree) tree.nodes.computeIfAbsent(name, ignored -> new YamlTree());
        }
        return tree;
    }

    @Override
    public String toString() {
        StringBuilder yaml = new StringBuilder();
        write("", yaml);
        return yaml.toString();
    }

    private void write(String indent, StringBuilder yaml) {
        nodes.forEach((name, node) -> {
            yaml.append(indent)
                    .append(PLAIN.matcher(name).matches() ? name : quoted(name))
                    .append(':');
            if (node instanceof YamlTree tree) {
                yaml.append('\n');
                tree.write(indent + "  ", yaml);
            } else {
                yaml.append(' ').append(quoted((String) node)).append('\n');
            }
        });
    }

    /** The same as {@code a.b.c=value}, each between what is given. */
    List<String> assignments(String before, String behind) {
        List<String> assignments = new ArrayList<>();
        nodes.forEach((name, node) -> {
            if (node instanceof YamlTree tree) {
                assignments.addAll(tree.assignments(before + name + ".", behind));
            } else {
                assignments.add(before + name + "=" + node + behind);
            }
        });
        return assignments;
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
