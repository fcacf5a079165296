package io.cornucopia.metadata;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectPage;
import io.cornucopia.core.Version;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Pages that list our files and upstream's, of which ours win. Kept as long as neither changes. */
final class MergedPages {
    private static final long MAX_WEIGHT = 32L << 20;

    private final Context context;
    private final Cache<ProjectName, Edition> memory = Caffeine.newBuilder()
            .maximumWeight(MAX_WEIGHT)
            .weigher((ProjectName name, Edition edition) -> CachedPage.weigh(edition.page()))
            .executor(Runnable::run)
            .build();

    MergedPages(Context context) {
        this.context = context;
    }

    /** Both on one page. */
    Future<Edition> of(OwnPage ours, Edition theirs) {
        ProjectName project = theirs.page().name();
        byte[] revisions = (ours.revision() + '\n' + theirs.revision()).getBytes(StandardCharsets.US_ASCII);
        String revision = PageStore.revision(revisions, 0, revisions.length);
        Edition known = memory.getIfPresent(project);
        if (known != null && known.revision().equals(revision)) {
            return Future.succeededFuture(known);
        }
        return context.executeBlocking(() -> new Edition(merge(ours, theirs.page()), revision), false)
                .onSuccess(merged -> memory.put(project, merged));
    }

    // Ours first, then upstream's in upstream's order. Upstream's serial says nothing of our files, so it is left out.
    private static ProjectPage merge(OwnPage ours, ProjectPage theirs) {
        List<DistributionFile> files = new ArrayList<>(ours.page().files());
        for (DistributionFile file : theirs.files()) {
            if (!ours.replaces(file.filename())) {
                files.add(file);
            }
        }
        return new ProjectPage(
                theirs.name(),
                ours.status().orElse(theirs.status()),
                OptionalLong.empty(),
                versions(ours.page().versions(), theirs.versions()),
                files);
    }

    /** In the order of PEP 440, those that it does not know first, as they are all older than it. */
    private static List<String> versions(List<String> ours, List<String> theirs) {
        TreeMap<Version, String> versions = new TreeMap<>(Comparator.naturalOrder());
        Set<String> strange = new LinkedHashSet<>();
        for (List<String> some : List.of(theirs, ours)) {
            for (String text : some) {
                Optional<Version> version = Version.parse(text);
                if (version.isPresent()) {
                    versions.put(version.get(), text);
                } else {
                    strange.add(text);
                }
            }
        }
        List<String> all = new ArrayList<>(strange);
        all.addAll(versions.values());
        return all;
    }
}
