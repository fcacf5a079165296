package io.cornucopia.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * One object of Kubernetes as it was rendered, or a part of one. What is asked for by a path of keys and of numbers in lists
 * ({@code "spec", "ports", 0, "port"}) has to be there, but for {@link #find}.
 */
record Manifest(Map<String, Object> tree) {

    /** Every object in a stream of YAML documents. */
    static List<Manifest> of(String yaml) {
        List<Manifest> all = new ArrayList<>();
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
            all.add(part(document));
        }
        return all;
    }

    @SuppressWarnings("unchecked")
    private static Manifest part(Object tree) {
        return new Manifest((Map<String, Object>) tree);
    }

    String kind() {
        return text("kind");
    }

    String name() {
        return text("metadata", "name");
    }

    Optional<Object> find(Object... path) {
        Object here = tree;
        for (Object step : path) {
            if (here instanceof Map<?, ?> map) {
                here = map.get(step);
            } else if (here instanceof List<?> list && step instanceof Integer number && number < list.size()) {
                here = list.get(number);
            } else {
                return Optional.empty();
            }
        }
        return Optional.ofNullable(here);
    }

    private Object at(Object... path) {
        return find(path).orElseThrow(() -> new AssertionError("there is no " + List.of(path) + " in " + tree));
    }

    String text(Object... path) {
        return at(path).toString();
    }

    int number(Object... path) {
        return (Integer) at(path);
    }

    Manifest object(Object... path) {
        return part(at(path));
    }

    /** The objects of a list; none if it is not there. */
    List<Manifest> objects(Object... path) {
        return find(path)
                .map(list -> ((List<?>) list).stream().map(Manifest::part).toList())
                .orElse(List.of());
    }

    /** What is a map of text to text, such as labels; empty if it is not there. */
    @SuppressWarnings("unchecked")
    Map<String, String> texts(Object... path) {
        return find(path).map(map -> (Map<String, String>) map).orElse(Map.of());
    }
}
