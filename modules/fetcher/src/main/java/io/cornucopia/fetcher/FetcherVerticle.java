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
import io.cornucopia.cluster.Leases;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.storage.CacheEntry;
import io.cornucopia.storage.Companion;
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

/**
 * Answers questions for files: from the disk, by following a download that is in progress, or by beginning one.
 *
 * <p>Whoever asks for a file first begins its flight: the look at the disk and, if need be, the download. Everybody else joins
 * that flight until its file lies on the disk under its name, so that between "not on disk yet" and "not arriving any more"
 * no second download can begin. Deploy one instance a process; all of its state is on its one context.
 */
public final class FetcherVerticle extends VerticleBase {
    /** What a flight ends in. */
    private sealed interface Source {
        record OnDisk(StoredFile file) implements Source {}

        record Arriving(Download download) implements Source {}
    }

    private final FetcherSettings settings;
    private final Upstream upstream;
    private final OpenFiles openFiles;
    private final UploadStore uploads;
    private final Leases leases;
    private final MeterRegistry metrics;
    private final Map<String, Future<Source>> flights = new HashMap<>();
    // How often a project changed.
    private long changes;
    private FileCache cache;
    private Transfers transfers;

    /** @param openFiles shared with whoever serves files */
    public FetcherVerticle(
            FetcherSettings settings,
            Upstream upstream,
            OpenFiles openFiles,
            UploadStore uploads,
            Leases leases,
            MeterRegistry metrics) {
        this.settings = settings;
        this.upstream = upstream;
        this.openFiles = openFiles;
        this.uploads = uploads;
        this.leases = leases;
        this.metrics = metrics;
    }

    @Override
    public Future<?> start() {
        cache = new FileCache(vertx, settings.directory(), settings.maxSize(), openFiles, metrics);
        transfers = new Transfers(vertx, cache, upstream, leases, new FetcherMeters(metrics));
        return cache.open().map(opened -> {
            Addresses.FILE.serve(vertx, this::answer);
            Addresses.PROJECT_CHANGED.listen(vertx, news -> changed(news.project()));
            return null;
        });
    }

    private void changed(ProjectName project) {
        changes++;
        openFiles.forget(project);
    }

    private Future<FileAnswer> answer(FileQuery query) {
        return Addresses.LISTED_FILE
                .ask(vertx, new ListedFileQuery(query.filename(), Effort.ANY_AGE))
                .transform(listed -> {
                    if (listed.succeeded()) {
                        return answer(query, listed.result());
                    }
                    Failure failure = FailureException.of(listed.cause());
                    // No page can be had; what is here is here all the same.
                    return failure instanceof Failure.UpstreamFailed || failure instanceof Failure.Offline
                            ? onDiskUnlisted(query, failure)
                            : Future.failedFuture(listed.cause());
                });
    }

    private Future<FileAnswer> answer(FileQuery query, ListedFile listed) {
        if (listed.status().marker() == ProjectStatus.Marker.QUARANTINED) {
            return Future.failedFuture(new FailureException(new Failure.Quarantined(listed.project()
                    + " is quarantined: " + listed.status().reason().orElse("no reason was given"))));
        }
        if (listed.origin() == PageAnswer.Origin.OWN) {
            return uploaded(query, listed);
        }
        Optional<WantedFile> wanted = WantedFile.of(listed, query.part());
        if (wanted.isEmpty()) {
            return Future.failedFuture(new FailureException(
                    new Failure.NotFound(query.filename() + query.part().suffix() + " is not offered by its index")));
        }
        return query.purpose() == FileQuery.Purpose.HEAD ? head(wanted.get()) : bytes(wanted.get());
    }

    private Future<FileAnswer> uploaded(FileQuery query, ListedFile listed) {
        ProjectName project = listed.project();
        String filename = listed.file().filename();
        Optional<Companion> beside = query.part().companion();
        long before = changes;
        return (beside.isEmpty() ? uploads.open(project, filename) : uploads.open(project, filename, beside.get()))
                .compose(found -> {
                    if (found.isPresent()) {
                        if (beside.isEmpty() && changes == before) {
                            openFiles.put(project, found.get(), lastUsed -> {});
                        }
                        return Future.succeededFuture(new FileAnswer.Bytes(project, found.get()));
                    }
                    return beside.isPresent()
                            ? Future.failedFuture(new FailureException(new Failure.NotFound(
                                    "there is no " + filename + query.part().suffix())))
                            : Future.failedFuture(new FailureException(new Failure.Internal(
                                    filename + " is listed, and is not in the store of uploads (upload.store)")));
                });
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
        Future<Source> joined = flights.get(wanted.name());
        Future<Source> flight = joined == null ? begin(wanted) : joined;
        return flight.compose(source -> {
            if (source instanceof Source.OnDisk onDisk) {
                return onDisk.file().retain()
                        ? Future.succeededFuture(new FileAnswer.Bytes(wanted.project(), onDisk.file()))
                        : bytes(wanted);
            }
            Download download = ((Source.Arriving) source).download();
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
        return transfers
                .begin(wanted)
                .compose(own -> own.follow()
                        .<Future<FileAnswer>>map(
                                file -> Future.succeededFuture(new FileAnswer.Bytes(wanted.project(), file)))
                        .orElseGet(() -> own.finished().mapEmpty()));
    }

    private Future<Source> begin(WantedFile wanted) {
        long before = changes;
        Future<Source> flight = findRight(wanted)
                .compose(found -> found.isPresent()
                        ? Future.succeededFuture(new Source.OnDisk(found.get()))
                        : transfers.begin(wanted).map(Source.Arriving::new));
        flights.put(wanted.name(), flight);
        flight.onComplete(result -> {
            if (result.succeeded() && result.result() instanceof Source.Arriving arriving) {
                arriving.download().finished().onComplete(ended -> {
                    flights.remove(wanted.name(), flight);
                    if (ended.succeeded()) {
                        ended.result().ifPresent(file -> {
                            keepOpen(wanted.entry(), file, before);
                            file.close();
                        });
                    }
                });
            } else {
                flights.remove(wanted.name(), flight);
                if (result.succeeded()) {
                    // Those who joined take their own references first.
                    context.runOnContext(
                            ignored -> ((Source.OnDisk) result.result()).file().close());
                }
            }
        });
        return flight;
    }

    /** The file on disk, unless it is another than the page promises now: then it goes. */
    private Future<Optional<StoredFile>> findRight(WantedFile wanted) {
        long before = changes;
        return cache.find(wanted.entry()).compose(found -> {
            if (found.isEmpty()) {
                return Future.succeededFuture(found);
            }
            StoredFile file = found.get();
            if (wanted.facts().sha256().map(file.sha256()::equals).orElse(true)) {
                keepOpen(wanted.entry(), file, before);
                return Future.succeededFuture(found);
            }
            file.close();
            return cache.remove(wanted.entry()).map(Optional.empty());
        });
    }

    /** Unless projects changed since it was listed: then it may be another's file by now, or nobody's. */
    private void keepOpen(CacheEntry entry, StoredFile file, long before) {
        if (changes == before) {
            cache.keepOpen(entry, file);
        }
    }

    private Future<FileAnswer> onDiskUnlisted(FileQuery query, Failure failure) {
        Iterator<ProjectName> projects = DistributionFilename.candidates(query.filename()).stream()
                .map(DistributionFilename::project)
                .iterator();
        return firstOnDisk(projects, query.filename() + query.part().suffix(), failure);
    }

    private Future<FileAnswer> firstOnDisk(Iterator<ProjectName> projects, String name, Failure otherwise) {
        if (!projects.hasNext()) {
            return Future.failedFuture(new FailureException(otherwise));
        }
        ProjectName project = projects.next();
        return cache.find(new CacheEntry(project, name, Optional.empty()))
                .compose(found -> found.isPresent()
                        ? Future.succeededFuture(new FileAnswer.Bytes(project, found.get()))
                        : firstOnDisk(projects, name, otherwise));
    }
}
