package io.cornucopia.metadata;

import io.cornucopia.bus.Addresses;
import io.cornucopia.cluster.Leases;
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
 * The metadata cache: serves {@link Addresses#PAGE}, {@link Addresses#LISTED_FILE} and {@link Addresses#ROOT} from memory,
 * from the disk and from upstream, and publishes {@link Addresses#PROJECT_CHANGED}. Deploy one instance a process.
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
        ListedFiles files = new ListedFiles(pages, exceptions);
        Optional<UpstreamRoot> upstreamRoot = settings.root() == MetadataSettings.Root.UPSTREAM
                ? Optional.of(new UpstreamRoot(vertx, context, upstream, rootStore, settings.ttl(), clock))
                : Optional.empty();
        Roots roots = new Roots(context, rootDirectory, settings.simplePath(), known, upstreamRoot, clock);

        return context.executeBlocking(
                        () -> {
                            store.open();
                            rootStore.open();
                            exceptions.open();
                            return null;
                        },
                        false)
                .compose(opened -> upstreamRoot.map(UpstreamRoot::open).orElseGet(Future::succeededFuture))
                .onSuccess(ready -> {
                    Addresses.PAGE.serve(vertx, pages::answer);
                    Addresses.LISTED_FILE.serve(vertx, files::answer);
                    Addresses.ROOT.serve(vertx, roots::answer);
                });
    }
}
