package io.cornucopia.metadata;

import io.cornucopia.core.ProjectList;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * The root list as long as its names stay the same, rendered in those variants that were asked for. To be used on its context
 * only.
 */
final class RootEdition {
    private final Context context;
    private final Path directory;
    private final AtomicWrite writes;
    private final String simplePath;
    private final ProjectList upstream;
    private final Set<ProjectName> added;
    private final ProjectList all;
    private final Map<RootVariant, Future<RenderedRoot>> rendered = new EnumMap<>(RootVariant.class);

    /**
     * @param upstream upstream's names
     * @param added those that are known here and not to upstream
     * @param all both
     */
    RootEdition(
            Context context,
            Path directory,
            AtomicWrite writes,
            String simplePath,
            ProjectList upstream,
            Set<ProjectName> added,
            ProjectList all) {
        this.context = context;
        this.directory = directory;
        this.writes = writes;
        this.simplePath = simplePath;
        this.upstream = upstream;
        this.added = added;
        this.all = all;
    }

    /** Whether it is what would be made of these. */
    boolean isOf(ProjectList otherUpstream, Set<ProjectName> otherAdded) {
        return upstream == otherUpstream && added.equals(otherAdded);
    }

    /** The list in that variant; written once, whoever asks. */
    Future<RenderedRoot> in(RootVariant variant, Instant now) {
        Future<RenderedRoot> known = rendered.get(variant);
        if (known != null && !known.failed()) {
            return known;
        }
        Future<RenderedRoot> started = context.executeBlocking(
                () -> RenderedRoot.write(directory, writes, variant, all, simplePath, now), false);
        rendered.put(variant, started);
        return started;
    }

    /** Deletes its files. Those who are reading them read on. */
    void retire() {
        for (Future<RenderedRoot> each : rendered.values()) {
            each.onSuccess(root -> context.executeBlocking(
                    () -> {
                        root.body().close();
                        return Files.deleteIfExists(root.path());
                    },
                    false));
        }
    }
}
