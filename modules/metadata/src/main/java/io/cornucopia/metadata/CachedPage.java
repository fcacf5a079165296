package io.cornucopia.metadata;

import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.ProjectPage;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A project's page as it lies in the cache. Immutable to those who look at it. */
final class CachedPage {
    private final ProjectPage page;
    private final String revision;
    private final Validators validators;
    private final int weight;
    // Built when the first file is looked up: most pages are only ever read as a whole.
    private volatile Map<String, DistributionFile> byFilename;

    CachedPage(ProjectPage page, String revision, Validators validators) {
        this(page, revision, validators, weigh(page), null);
    }

    private CachedPage(
            ProjectPage page,
            String revision,
            Validators validators,
            int weight,
            Map<String, DistributionFile> byFilename) {
        this.page = Objects.requireNonNull(page, "page");
        this.revision = Objects.requireNonNull(revision, "revision");
        this.validators = Objects.requireNonNull(validators, "validators");
        this.weight = weight;
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

    /** The same page, confirmed once more. */
    CachedPage confirmed(Validators renewed) {
        return new CachedPage(page, revision, renewed, weight, byFilename);
    }

    // Objects, references, digests and the index entry of a file come to about 700 bytes beside its longer strings.
    private static int weigh(ProjectPage page) {
        long bytes = 2_000 + 80L * page.versions().size();
        for (DistributionFile file : page.files()) {
            bytes += 700 + file.filename().length() + file.url().length();
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }
}
