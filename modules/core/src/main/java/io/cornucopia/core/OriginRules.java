package io.cornucopia.core;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whose projects are whose, as the settings say ({@code projects.<name or pattern>.origin}). The most specific rule that
 * covers a project holds. Where none does, a project with an upload of ours is ours alone, and any other is upstream's.
 */
public final class OriginRules {
    /** No rule at all. */
    public static final OriginRules NONE = new OriginRules(Map.of());

    /** Whose files a project's page lists. */
    public enum Origin {
        /** Ours alone: upstream is never asked, not even for a name that has no upload yet. */
        PRIVATE,
        /** Ours and upstream's on one page; ours win on a clash of filenames. */
        MERGED,
        /** Upstream's alone: uploads are refused. */
        UPSTREAM
    }

    private final TreeMap<ProjectPattern, Origin> rules;

    /** @param rules what holds for which names */
    public OriginRules(Map<ProjectPattern, Origin> rules) {
        this.rules = new TreeMap<>(rules);
    }

    /** What the rules say of that project; empty if none covers it. */
    public Optional<Origin> rule(ProjectName project) {
        return pattern(project).map(rules::get);
    }

    /** The pattern of the rule that holds for that project; empty if none covers it. */
    public Optional<ProjectPattern> pattern(ProjectName project) {
        // Few rules, and the most specific come first.
        return rules.keySet().stream()
                .filter(pattern -> pattern.matches(project))
                .findFirst();
    }

    /** What holds for that project, given whether something was ever uploaded to it. */
    public Origin of(ProjectName project, boolean hasUploads) {
        return rule(project).orElse(hasUploads ? Origin.PRIVATE : Origin.UPSTREAM);
    }

    /** Whether any rule reserves names: then some may be ours alone without an upload. */
    public boolean reserveNames() {
        return rules.containsValue(Origin.PRIVATE);
    }
}
