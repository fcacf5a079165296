package io.cornucopia.metadata;

import io.cornucopia.bus.Addresses;
import io.cornucopia.cluster.Cluster;
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
 * {@link Addresses#OWN_PROJECTS} from memory, from the disk, from other nodes, from upstream and from what was uploaded, and
 * {@link Addresses#PEER_PAGE} from the disk. Serves {@link Addresses#ANNOUNCE}, and publishes what comes of it on any node:
 * {@link Addresses#UPLOADS_CHANGED}, to which it listens itself, {@link Addresses#PROJECT_CHANGED} and
 * {@link Addresses#EVERYTHING_CHANGED}. Deploy one instance a process.
 */
public final class MetadataVerticle extends VerticleBase {
    private final MetadataSettings settings;
    private final Upstream upstream;
    private final Cluster cluster;
    private final UploadStore uploads;
    private final MeterRegistry metrics;
    private final InstantSource clock;
    private ClusterNews news;
    private KeptPages kept;

    /** With the system's clock. */
    public MetadataVerticle(
            MetadataSettings settings, Upstream upstream, Cluster cluster, UploadStore uploads, MeterRegistry metrics) {
        this(settings, upstream, cluster, uploads, metrics, InstantSource.system());
    }

    /**
     * @param settings what it goes by
     * @param upstream whom it asks; closed by whoever made it
     * @param cluster the nodes that ask for each page once, and tell one another of changes
     * @param uploads what was uploaded; opened here
     * @param metrics where it counts
     * @param clock what time it is: when pages grow old
     */
    public MetadataVerticle(
            MetadataSettings settings,
            Upstream upstream,
            Cluster cluster,
            UploadStore uploads,
            MeterRegistry metrics,
            InstantSource clock) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.upstream = Objects.requireNonNull(upstream, "upstream");
        this.cluster = Objects.requireNonNull(cluster, "cluster");
        this.uploads = Objects.requireNonNull(uploads, "uploads");
        this.metrics = Objects.requireNonNull(metrics, "metrics");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public Future<?> start() {
        Path rootDirectory = settings.directory().resolve(".root");
        AtomicWrite writes = new AtomicWrite(settings.directory());
        PageStore store = new PageStore(settings.directory(), writes);
        UpstreamRootStore rootStore = new UpstreamRootStore(rootDirectory, writes);
        FilenameExceptions exceptions = new FilenameExceptions(settings.directory(), writes);

        OwnPages own = new OwnPages(vertx, context, uploads);
        Origins origins = new Origins(settings.origins(), own);
        FileHosts hosts = new FileHosts(upstream::allows, settings.ttl(), clock);
        PageCache cache = new PageCache(context, store, hosts, cluster.pages());
        PageMeters meters = new PageMeters(metrics, cache);
        KnownProjects known = new KnownProjects(context, store, cache, cluster.known(), clock);
        Negatives negatives = new Negatives(settings.negativeTtl(), clock);
        Mishaps mishaps = new Mishaps(settings.ttl(), clock);
        PageFetch fetch = new PageFetch(context, origins, upstream, store, hosts, exceptions, mishaps, meters, clock);
        SharedPages shared = new SharedPages(
                vertx,
                context,
                cluster,
                new PeerPages(vertx, cluster),
                new PeerDocuments(context, store, hosts, exceptions, clock),
                fetch,
                store,
                hosts,
                settings.ttl(),
                settings.negativeTtl(),
                meters,
                clock);
        Refreshes refreshes = new Refreshes(vertx, cache, shared, negatives, mishaps, known);
        boolean offline = upstream.settings().offline();
        MirroredPages mirrored =
                new MirroredPages(cache, refreshes, negatives, mishaps, meters, settings.ttl(), offline, clock);
        MergedPages merged = new MergedPages(context);
        Pages pages = new Pages(origins, own, mirrored, merged, mishaps, meters, clock);
        ListedFiles files = new ListedFiles(origins, own, mirrored, exceptions);
        kept = new KeptPages(vertx, store);
        Optional<UpstreamRoot> upstreamRoot = settings.root() == MetadataSettings.Root.UPSTREAM
                ? Optional.of(new UpstreamRoot(vertx, context, upstream, rootStore, settings.ttl(), clock))
                : Optional.empty();
        HiddenProjects hidden = new HiddenProjects(settings.origins(), own, known, upstreamRoot, metrics);
        OwnProjects ours = new OwnProjects(context, settings.origins(), own, hidden);
        Roots roots = new Roots(
                context,
                rootDirectory,
                writes,
                settings.simplePath(),
                settings.origins(),
                own,
                known,
                upstreamRoot,
                hidden,
                clock);

        news = new ClusterNews(vertx, context, cluster, uploads, own, cache, negatives, known);
        // Before the store is asked, so that no upload falls in between.
        Addresses.UPLOADS_CHANGED.listen(vertx, changed -> heard(changed.project(), own, hidden));
        news.open();
        return context.executeBlocking(
                        () -> {
                            store.open();
                            rootStore.open();
                            exceptions.open();
                            return null;
                        },
                        false)
                .compose(opened -> upstreamRoot.map(UpstreamRoot::open).orElseGet(Future::succeededFuture))
                .compose(opened -> uploads.open())
                .compose(finished -> own.open()
                        .compose(opened -> own.projects().isEmpty() ? Future.<Void>succeededFuture() : hidden.look())
                        .onSuccess(ready -> {
                            Addresses.PAGE.serve(vertx, pages::answer);
                            Addresses.LISTED_FILE.serve(vertx, files::answer);
                            Addresses.ROOT.serve(vertx, roots::answer);
                            Addresses.OWN_PROJECTS.serve(vertx, ours::answer);
                            Addresses.PEER_PAGE.serve(vertx, kept::answer);
                            Addresses.ANNOUNCE.serve(vertx, news::announce);
                            shared.open();
                            known.open();
                            // Of what a process that died had decided, this one perhaps, the others have not heard.
                            news.announceAll(finished);
                        }));
    }

    @Override
    public Future<?> stop() {
        if (news != null) {
            news.close();
        }
        if (kept != null) {
            kept.close();
        }
        return Future.succeededFuture();
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
