package io.cornucopia.metadata;

import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectPage;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A project's page from upstream as it lies in the cache. Immutable to those who look at it. */
final class CachedPage {
    private final ProjectPage page;
    private final String revision;
    private final Validators validators;
    private final int weight;
    private final Map<ProjectName, Set<String>> ambiguous;
    private final boolean superseded;
    // Built when the first file is looked up: most pages are only ever read as a whole.
    private volatile Map<String, DistributionFile> byFilename;

    CachedPage(ProjectPage page, String revision, Validators validators) {
        this(page, revision, validators, weigh(page), ambiguous(page), false, null);
    }

    private CachedPage(
            ProjectPage page,
            String revision,
            Validators validators,
            int weight,
            Map<ProjectName, Set<String>> ambiguous,
            boolean superseded,
            Map<String, DistributionFile> byFilename) {
        this.page = Objects.requireNonNull(page, "page");
        this.revision = Objects.requireNonNull(revision, "revision");
        this.validators = Objects.requireNonNull(validators, "validators");
        this.weight = weight;
        this.ambiguous = ambiguous;
        this.superseded = superseded;
        this.byFilename = byFilename;
    }

    ProjectPage page() {
        return page;
    }

    String revision() {
        return revision;
    }

    Validators validators() {
        return validators;
    }

    Instant checkedAt() {
        return validators.checkedAt();
    }

    /** About how many bytes of heap it takes. */
    int weight() {
        return weight;
    }

    /** The file of exactly that name. */
    Optional<DistributionFile> file(String filename) {
        Map<String, DistributionFile> index = byFilename;
        if (index == null) {
            index = new HashMap<>(page.files().size() * 2);
            for (DistributionFile file : page.files()) {
                index.putIfAbsent(file.filename(), file);
            }
            byFilename = index;
        }
        return Optional.ofNullable(index.get(filename));
    }

    /**
     * The files whose names can be read as another project's as well, by that project; of most pages none. If that project is
     * ours alone, they cannot be had here.
     */
    Map<ProjectName, Set<String>> ambiguous() {
        return ambiguous;
    }

    private static Map<ProjectName, Set<String>> ambiguous(ProjectPage page) {
        Map<ProjectName, Set<String>> ambiguous = new HashMap<>();
        for (DistributionFile file : page.files()) {
            for (ProjectName project : DistributionFilename.projects(file.filename())) {
                if (!project.equals(page.name())) {
                    ambiguous.computeIfAbsent(project, first -> new HashSet<>()).add(file.filename());
                }
            }
        }
        return ambiguous.isEmpty() ? Map.of() : ambiguous;
    }

    /** The same page, confirmed once more. */
    CachedPage confirmed(Validators renewed) {
        return new CachedPage(page, revision, renewed, weight, ambiguous, false, byFilename);
    }

    /** The same page, once another node is known to have another one that is newer. */
    CachedPage superseded() {
        return new CachedPage(page, revision, validators, weight, ambiguous, true, byFilename);
    }

    /** Whether it counts as old, however lately upstream confirmed it. */
    boolean isSuperseded() {
        return superseded;
    }

    // Objects, references, digests and the index entry of a file come to about 700 bytes beside its longer strings.
    static int weigh(ProjectPage page) {
        long bytes = 2_000 + 80L * page.versions().size();
        for (DistributionFile file : page.files()) {
            bytes += 700 + file.filename().length() + file.url().length();
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }
}
