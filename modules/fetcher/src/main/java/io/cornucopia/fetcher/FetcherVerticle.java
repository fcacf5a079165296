package io.cornucopia.fetcher;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.FileAnswer;
import io.cornucopia.bus.FileQuery;
import io.cornucopia.bus.ListedFile;
import io.cornucopia.bus.ListedFileQuery;
import io.cornucopia.bus.ListedFileQuery.Effort;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.cluster.Cluster;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.storage.CacheEntry;
import io.cornucopia.storage.Download;
import io.cornucopia.storage.FileCache;
import io.cornucopia.storage.OpenFiles;
import io.cornucopia.storage.StoredFile;
import io.cornucopia.storage.UploadStore;
import io.cornucopia.upstream.Upstream;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers questions for files: from the disk, by following a download that is in progress, or by beginning one; those that
 * were uploaded here from their store.
 *
 * <p>Whoever asks for a file first begins its flight: the look at the disk and, if need be, the download. Everybody else joins
 * that flight until its file lies on the disk under its name, so that between "not on disk yet" and "not arriving any more"
 * no second download can begin. Deploy one instance a process; all of its state is on its one context.
 */
public final class FetcherVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(FetcherVerticle.class);

    private final FileCache cache;
    private final Upstream upstream;
    private final OpenFiles openFiles;
    private final UploadStore uploads;
    private final Cluster cluster;
    private final MeterRegistry metrics;
    private final Map<String, Future<Whereabouts>> flights = new HashMap<>();
    private Arrivals arrivals;
    private OwnFiles ours;

    /**
     * @param cache where files are kept; opened by this
     * @param openFiles shared with whoever serves files
     * @param uploads what was uploaded here; opened by whoever made it
     * @param cluster the other nodes, if there are any
     */
    public FetcherVerticle(
            FileCache cache,
            Upstream upstream,
            OpenFiles openFiles,
            UploadStore uploads,
            Cluster cluster,
            MeterRegistry metrics) {
        this.cache = cache;
        this.upstream = upstream;
        this.openFiles = openFiles;
        this.uploads = uploads;
        this.cluster = cluster;
        this.metrics = metrics;
    }

    @Override
    public Future<?> start() {
        arrivals = new Arrivals(vertx, cache, upstream, cluster, new FetcherMeters(metrics));
        ours = new OwnFiles(uploads, openFiles);
        return cache.open().map(opened -> {
            Addresses.FILE.serve(vertx, this::answer);
            Addresses.PROJECT_CHANGED.listen(vertx, news -> openFiles.forget(news.project()));
            if (cluster.peers().isPresent()) {
                new PeerFiles(context, cache, flights).serve(vertx, cluster.holders());
            }
            Addresses.EVERYTHING_CHANGED.listen(vertx, news -> openFiles.forgetAll());
            return null;
        });
    }

    private Future<FileAnswer> answer(FileQuery query) {
        return answer(query, false);
    }

    /** @param missed whether a file of ours that was listed was not there a moment ago */
    private Future<FileAnswer> answer(FileQuery query, boolean missed) {
        // Before the page is asked: what it says may be overtaken by news while the file is being opened.
        long since = openFiles.forgotten();
        return Addresses.LISTED_FILE
                .ask(vertx, new ListedFileQuery(query.filename(), Effort.ANY_AGE))
                .transform(listed -> {
                    if (listed.succeeded()) {
                        return answer(query, listed.result(), since, missed);
                    }
                    Failure failure = FailureException.of(listed.cause());
                    // No page can be had; what is here is here all the same. Of a name that may be ours alone it is
                    // always
                    // known whether it is listed: such a question does not end in these.
                    return failure instanceof Failure.UpstreamFailed || failure instanceof Failure.Offline
                            ? onDiskUnlisted(query, since, failure)
                            : Future.failedFuture(listed.cause());
                });
    }

    private Future<FileAnswer> answer(FileQuery query, ListedFile listed, long since, boolean missed) {
        if (listed.status().marker() == ProjectStatus.Marker.QUARANTINED) {
            return Future.failedFuture(new FailureException(new Failure.Quarantined(listed.project()
                    + " is quarantined: " + listed.status().reason().orElse("no reason was given"))));
        }
        if (listed.origin() == PageAnswer.Origin.OWN) {
            return ours.open(listed, query.part(), since)
                    .compose(found -> found.map(Future::succeededFuture).orElseGet(() -> gone(query, listed, missed)));
        }
        Optional<WantedFile> wanted = WantedFile.of(listed, query.part(), since);
        if (wanted.isEmpty()) {
            return Future.failedFuture(new FailureException(
                    new Failure.NotFound(query.filename() + query.part().suffix() + " is not offered by its index")));
        }
        return query.purpose() == FileQuery.Purpose.HEAD ? head(wanted.get()) : bytes(wanted.get());
    }

    /** A file of ours was listed and is not in the store: it was deleted in between, or it is lost. */
    private Future<FileAnswer> gone(FileQuery query, ListedFile listed, boolean missed) {
        if (!missed) {
            return answer(query, true);
        }
        String name = query.filename() + query.part().suffix();
        LOG.error("{} was uploaded to {}, and is not in the store of uploads any more", name, listed.project());
        return Future.failedFuture(new FailureException(new Failure.Internal(
                name + " was uploaded to " + listed.project() + ", and is not in the store of uploads any more")));
    }

    private Future<FileAnswer> head(WantedFile wanted) {
        if (wanted.size().isEmpty()) {
            return bytes(wanted);
        }
        return findRight(wanted)
                .map(found -> found.<FileAnswer>map(file -> new FileAnswer.Bytes(wanted.project(), file))
                        .orElseGet(() -> new FileAnswer.Known(wanted.project(), wanted.facts())));
    }

    private Future<FileAnswer> bytes(WantedFile wanted) {
        Future<Whereabouts> joined = flights.get(wanted.name());
        Future<Whereabouts> flight = joined == null ? begin(wanted) : joined;
        return flight.compose(source -> {
            if (source instanceof Whereabouts.OnDisk onDisk) {
                return onDisk.file().retain()
                        ? Future.succeededFuture(new FileAnswer.Bytes(wanted.project(), onDisk.file()))
                        : bytes(wanted);
            }
            Download download = ((Whereabouts.Arriving) source).arrival().download();
            return download.follow()
                    .<Future<FileAnswer>>map(
                            file -> Future.succeededFuture(new FileAnswer.Bytes(wanted.project(), file)))
                    .orElseGet(() -> onItsOwn(wanted, download));
        });
    }

    /** For who came too late to follow: it failed a moment ago, or the disk is full and its first bytes are gone. */
    private Future<FileAnswer> onItsOwn(WantedFile wanted, Download missed) {
        if (missed.failed()) {
            return missed.finished().mapEmpty();
        }
        return arrivals.begin(wanted)
                .map(Arrival::download)
                .compose(own -> own.follow()
                        .<Future<FileAnswer>>map(
                                file -> Future.succeededFuture(new FileAnswer.Bytes(wanted.project(), file)))
                        .orElseGet(() -> own.finished().mapEmpty()));
    }

    private Future<Whereabouts> begin(WantedFile wanted) {
        Future<Whereabouts> flight = findRight(wanted)
                .compose(found -> found.isPresent()
                        ? Future.succeededFuture(new Whereabouts.OnDisk(found.get()))
                        : arrivals.begin(wanted).map(Whereabouts.Arriving::new));
        flights.put(wanted.name(), flight);
        flight.onComplete(result -> {
            if (result.succeeded() && result.result() instanceof Whereabouts.Arriving arriving) {
                arriving.arrival().download().finished().onComplete(ended -> {
                    flights.remove(wanted.name(), flight);
                    if (ended.succeeded()) {
                        ended.result().ifPresent(StoredFile::close);
                    }
                });
            } else {
                flights.remove(wanted.name(), flight);
                if (result.succeeded()) {
                    // Those who joined take their own references first.
                    context.runOnContext(ignored ->
                            ((Whereabouts.OnDisk) result.result()).file().close());
                }
            }
        });
        return flight;
    }

    /** The file on disk, unless it is another than the page promises now: then it goes. */
    private Future<Optional<StoredFile>> findRight(WantedFile wanted) {
        return cache.find(wanted.entry()).compose(found -> {
            if (found.isEmpty() || wanted.facts().sha256().isEmpty()) {
                return Future.succeededFuture(found);
            }
            StoredFile file = found.get();
            if (file.sha256().equals(wanted.facts().sha256())) {
                return Future.succeededFuture(found);
            }
            file.close();
            return cache.remove(wanted.entry()).map(Optional.empty());
        });
    }

    private Future<FileAnswer> onDiskUnlisted(FileQuery query, long since, Failure failure) {
        Iterator<ProjectName> projects = DistributionFilename.candidates(query.filename()).stream()
                .map(DistributionFilename::project)
                .iterator();
        return firstOnDisk(projects, query.filename() + query.part().suffix(), since, failure);
    }

    private Future<FileAnswer> firstOnDisk(Iterator<ProjectName> projects, String name, long since, Failure otherwise) {
        if (!projects.hasNext()) {
            return Future.failedFuture(new FailureException(otherwise));
        }
        ProjectName project = projects.next();
        return cache.find(new CacheEntry(project, name, Optional.empty(), since))
                .compose(found -> found.isPresent()
                        ? Future.succeededFuture(new FileAnswer.Bytes(project, found.get()))
                        : firstOnDisk(projects, name, since, otherwise));
    }
}
