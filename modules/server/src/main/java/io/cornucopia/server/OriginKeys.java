package io.cornucopia.server;

import io.cornucopia.core.OriginRules;
import io.cornucopia.core.ProjectPattern;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The keys {@code projects.<name or pattern>.origin}: as many as an operator likes. A name may be written in any spelling,
 * dots and all, since it is what stands between the first part of the key and the last.
 */
final class OriginKeys {
    static final String SECTION = "projects";

    private static final String ORIGIN = "origin";
    private static final ValueType<OriginRules.Origin> TYPE = ValueType.oneOf(OriginRules.Origin.class);

    private record Rule(String name, Said said) {}

    private final Map<ProjectPattern, Rule> rules = new TreeMap<>();

    /** Whether a key is one of these. */
    static boolean covers(String name) {
        return name.equals(SECTION) || name.startsWith(SECTION + ".");
    }

    /** The key for a pattern. */
    static String name(String pattern) {
        return SECTION + "." + pattern + "." + ORIGIN;
    }

    /** Takes what was said; what was said last of a pattern holds, unless the same place spells it in two ways. */
    void say(String place, String name, String text, List<String> problems) {
        if (name.equals(SECTION) && text.isBlank()) {
            return; // All that stands below it is commented out.
        }
        int first = name.indexOf('.');
        int last = name.lastIndexOf('.');
        if (first == last || !name.substring(last + 1).equals(ORIGIN)) {
            String pattern = first < 0 ? "acme-*" : name.substring(first + 1, first == last ? name.length() : last);
            problems.add(place + ": " + name + ": there is no such setting; did you mean " + name(pattern) + "?");
            return;
        }
        String spelling = name.substring(first + 1, last);
        ProjectPattern pattern = ProjectPattern.parse(spelling).orElse(null);
        if (pattern == null) {
            problems.add(place + ": " + name + ": \"" + spelling + "\" is not " + ValueType.PATTERN);
            return;
        }
        Rule before = rules.put(pattern, new Rule(name, new Said(place, text.strip())));
        if (before != null
                && before.said().place().equals(place)
                && !before.name().equals(name)) {
            problems.add(place + ": " + before.name() + " and " + name + " are two spellings of " + name(pattern.text())
                    + "; keep one of them");
        }
    }

    /** What holds for which names. */
    Map<ProjectPattern, OriginRules.Origin> parse(List<String> problems) {
        Map<ProjectPattern, OriginRules.Origin> parsed = new TreeMap<>();
        rules.forEach((pattern, rule) ->
                rule.said().parse(rule.name(), TYPE, false, problems).ifPresent(origin -> parsed.put(pattern, origin)));
        return parsed;
    }

    /** Puts rules down as they would be configured. */
    static void show(Map<ProjectPattern, OriginRules.Origin> rules, YamlTree yaml) {
        rules.forEach((pattern, origin) -> yaml.put(TYPE.formatter().apply(origin), SECTION, pattern.text(), ORIGIN));
    }
}
