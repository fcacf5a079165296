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
import java.util.Set;

/**
 * The metadata cache: serves {@link Addresses#PAGE}, {@link Addresses#LISTED_FILE}, {@link Addresses#ROOT} and
 * {@link Addresses#OWN_PROJECTS} from memory, from the disk, from the store of uploads and from upstream, and publishes
 * {@link Addresses#PROJECT_CHANGED}. Deploy one instance a process.
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

        FileHosts hosts = new FileHosts(upstream::allows, settings.ttl(), clock);
        PageCache cache = new PageCache(context, store, hosts);
        PageMeters meters = new PageMeters(metrics, cache);
        KnownProjects known = new KnownProjects(context, store, cache, clock);
        Negatives negatives = new Negatives(settings.negativeTtl(), clock);
        Mishaps mishaps = new Mishaps(settings.ttl(), clock);
        PageFetch fetch = new PageFetch(context, upstream, store, hosts, exceptions, mishaps, meters, clock);
        Refreshes refreshes = new Refreshes(vertx, cache, fetch, negatives, mishaps, leases, known);
        boolean offline = upstream.settings().offline();
        Pages pages = new Pages(cache, refreshes, negatives, mishaps, meters, settings.ttl(), offline, clock);
        Origins origins = new Origins(settings.origins(), uploads);
        OwnPages own = new OwnPages(context, uploads);
        PageAnswers answers = new PageAnswers(context, origins, own, pages, meters, clock);
        ListedFiles files = new ListedFiles(origins, own, pages, exceptions);
        Optional<UpstreamRoot> upstreamRoot = settings.root() == MetadataSettings.Root.UPSTREAM
                ? Optional.of(new UpstreamRoot(vertx, context, upstream, rootStore, settings.ttl(), clock))
                : Optional.empty();
        Roots roots = new Roots(context, rootDirectory, settings.simplePath(), known, origins, upstreamRoot, clock);
        HiddenProjects hidden = new HiddenProjects(origins, own, known, upstreamRoot, metrics);

        return context.executeBlocking(
                        () -> {
                            store.open();
                            rootStore.open();
                            exceptions.open();
                            return null;
                        },
                        false)
                .compose(opened -> upstreamRoot.map(UpstreamRoot::open).orElseGet(Future::succeededFuture))
                .compose(opened -> origins.open())
                .compose(opened -> hidden.look(origins.uploaded()))
                .onSuccess(ready -> {
                    Addresses.UPLOADS_CHANGED.listen(vertx, news -> {
                        ProjectName project = news.project();
                        origins.changed(project);
                        own.drop(project);
                        hidden.look(Set.of(project));
                    });
                    Addresses.OWN_PROJECTS.serve(vertx, hidden::answer);
                    Addresses.PAGE.serve(vertx, answers::answer);
                    Addresses.LISTED_FILE.serve(vertx, files::answer);
                    Addresses.ROOT.serve(vertx, roots::answer);
                });
    }
}
