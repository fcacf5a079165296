package io.cornucopia.metadata;

import io.cornucopia.bus.Addresses;
import io.cornucopia.cluster.Leases;
import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.UploadStore;
import io.cornucopia.upstream.Upstream;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/**
 * The metadata cache: serves {@link Addresses#PAGE}, {@link Addresses#LISTED_FILE}, {@link Addresses#ROOT} and
 * {@link Addresses#OWN_PROJECTS} from memory, from the disk, from upstream and from what was uploaded, listens to
 * {@link Addresses#UPLOADS_CHANGED}, and publishes {@link Addresses#PROJECT_CHANGED}. Deploy one instance a process.
 */
public final class MetadataVerticle extends VerticleBase {
    private final MetadataSettings settings;
    private final Upstream upstream;
    private final Leases leases;
    private final UploadStore uploads;
    private final MeterRegistry metrics;
    private final InstantSource clock;

    /** With the system's clock. */
    public MetadataVerticle(
            MetadataSettings settings, Upstream upstream, Leases leases, UploadStore uploads, MeterRegistry metrics) {
        this(settings, upstream, leases, uploads, metrics, InstantSource.system());
    }

    /**
     * @param settings what it goes by
     * @param upstream whom it asks; closed by whoever made it
     * @param leases keep nodes from asking for the same page at the same time
     * @param uploads what was uploaded here; opened by whoever made it
     * @param metrics where it counts
     * @param clock what time it is: when pages grow old
     */
    public MetadataVerticle(
            MetadataSettings settings,
            Upstream upstream,
            Leases leases,
            UploadStore uploads,
            MeterRegistry metrics,
            InstantSource clock) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.upstream = Objects.requireNonNull(upstream, "upstream");
        this.leases = Objects.requireNonNull(leases, "leases");
        this.uploads = Objects.requireNonNull(uploads, "uploads");
        this.metrics = Objects.requireNonNull(metrics, "metrics");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public Future<?> start() {
        Path rootDirectory = settings.directory().resolve(".root");
        PageStore store = new PageStore(settings.directory());
        UpstreamRootStore rootStore = new UpstreamRootStore(rootDirectory);
        FilenameExceptions exceptions = new FilenameExceptions(settings.directory());

        OwnPages own = new OwnPages(context, uploads);
        Origins origins = new Origins(settings.origins(), own);
        FileHosts hosts = new FileHosts(upstream::allows, settings.ttl(), clock);
        PageCache cache = new PageCache(context, store, hosts);
        PageMeters meters = new PageMeters(metrics, cache);
        KnownProjects known = new KnownProjects(context, store, cache, clock);
        Negatives negatives = new Negatives(settings.negativeTtl(), clock);
        Mishaps mishaps = new Mishaps(settings.ttl(), clock);
        PageFetch fetch = new PageFetch(context, origins, upstream, store, hosts, exceptions, mishaps, meters, clock);
        Refreshes refreshes = new Refreshes(vertx, cache, fetch, negatives, mishaps, leases, known);
        boolean offline = upstream.settings().offline();
        MirroredPages mirrored =
                new MirroredPages(cache, refreshes, negatives, mishaps, meters, settings.ttl(), offline, clock);
        MergedPages merged = new MergedPages(context);
        Pages pages = new Pages(origins, own, mirrored, merged, mishaps, meters, clock);
        ListedFiles files = new ListedFiles(origins, own, mirrored, exceptions);
        Optional<UpstreamRoot> upstreamRoot = settings.root() == MetadataSettings.Root.UPSTREAM
                ? Optional.of(new UpstreamRoot(vertx, context, upstream, rootStore, settings.ttl(), clock))
                : Optional.empty();
        HiddenProjects hidden = new HiddenProjects(settings.origins(), own, known, upstreamRoot, metrics);
        OwnProjects ours = new OwnProjects(context, settings.origins(), own, hidden);
        Roots roots = new Roots(
                context,
                rootDirectory,
                settings.simplePath(),
                settings.origins(),
                own,
                known,
                upstreamRoot,
                hidden,
                clock);

        // Before the store is asked, so that no upload falls in between.
        Addresses.UPLOADS_CHANGED.listen(vertx, news -> heard(news.project(), own, hidden));
        return context.executeBlocking(
                        () -> {
                            store.open();
                            rootStore.open();
                            exceptions.open();
                            return null;
                        },
                        false)
                .compose(opened -> upstreamRoot.map(UpstreamRoot::open).orElseGet(Future::succeededFuture))
                .compose(opened -> own.open())
                .compose(opened -> own.projects().isEmpty() ? Future.<Void>succeededFuture() : hidden.look())
                .onSuccess(ready -> {
                    Addresses.PAGE.serve(vertx, pages::answer);
                    Addresses.LISTED_FILE.serve(vertx, files::answer);
                    Addresses.ROOT.serve(vertx, roots::answer);
                    Addresses.OWN_PROJECTS.serve(vertx, ours::answer);
                });
    }

    /** What is known is right when this returns, since an uploader's answer waits for it; the rest follows. */
    private static void heard(ProjectName project, OwnPages own, HiddenProjects hidden) {
        boolean first = !own.mayHave(project);
        own.changed(project);
        if (first) {
            own.has(project).compose(has -> hidden.look());
        }
    }
}
