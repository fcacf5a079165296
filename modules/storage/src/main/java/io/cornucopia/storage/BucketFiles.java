package io.cornucopia.storage;

import io.cornucopia.core.Digest;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of a bucket as this node has them: in the cache, or on their way there, which all who ask meanwhile follow. What is not
 * what its description says is neither kept nor handed out to its end. The state is on one context.
 */
final class BucketFiles {
    private static final Logger LOG = LoggerFactory.getLogger(BucketFiles.class);

    /**
     * A file that is wanted.
     *
     * @param key of the object
     * @param filename the name it is asked for by
     * @param size in bytes, if it is known before
     */
    record Wanted(
            String key, ProjectName project, String filename, OptionalLong size, Digest sha256, Instant lastModified) {
        CacheEntry entry() {
            return CacheEntry.ofUpload(project, filename, lastModified);
        }
    }

    private sealed interface Whereabouts {
        record OnDisk(StoredFile file) implements Whereabouts {}

        record Arriving(Download download) implements Whereabouts {}
    }

    private final Vertx vertx;
    private final Context context;
    private final FileCache cache;
    private final Bucket bucket;
    private final BucketThreads threads;
    private final int patience;
    private final Map<String, Future<Whereabouts>> flights = new HashMap<>();

    /** @param patience how often in a row a transfer may break off without a byte to show for it */
    BucketFiles(Vertx vertx, FileCache cache, Bucket bucket, BucketThreads threads, int patience) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.cache = cache;
        this.bucket = bucket;
        this.threads = threads;
        this.patience = patience;
    }

    /** The file, with a reference for the caller. Completes on the caller's context. */
    Future<FileHandle> open(Wanted wanted) {
        Promise<FileHandle> here = Promise.promise();
        context.runOnContext(ignored -> join(wanted).onComplete(here));
        Context callers = vertx.getOrCreateContext();
        Promise<FileHandle> there = Promise.promise();
        here.future().onComplete(result -> callers.runOnContext(ignored -> there.handle(result)));
        return there.future();
    }

    private Future<FileHandle> join(Wanted wanted) {
        Future<Whereabouts> under = flights.get(wanted.key());
        Future<Whereabouts> flight = under == null ? begin(wanted) : under;
        return flight.compose(found -> {
            if (found instanceof Whereabouts.OnDisk onDisk) {
                return onDisk.file().retain() ? Future.succeededFuture(onDisk.file()) : join(wanted);
            }
            Download download = ((Whereabouts.Arriving) found).download();
            return download.follow()
                    .<Future<FileHandle>>map(Future::succeededFuture)
                    .orElseGet(() -> onItsOwn(wanted, download));
        });
    }

    /** For who came too late to follow: it failed a moment ago, or the disk is full and its first bytes are gone. */
    private Future<FileHandle> onItsOwn(Wanted wanted, Download missed) {
        if (missed.failed()) {
            return missed.finished().mapEmpty();
        }
        return fetch(wanted)
                .compose(own -> own.follow()
                        .<Future<FileHandle>>map(Future::succeededFuture)
                        .orElseGet(() -> own.finished().mapEmpty()));
    }

    private Future<Whereabouts> begin(Wanted wanted) {
        Future<Whereabouts> flight = cache.find(wanted.entry()).compose(found -> {
            if (found.isPresent() && found.get().sha256().orElseThrow().equals(wanted.sha256())) {
                return Future.succeededFuture(new Whereabouts.OnDisk(found.get()));
            }
            found.ifPresent(StoredFile::close);
            Future<Void> gone = found.isPresent() ? cache.remove(wanted.entry()) : Future.succeededFuture();
            return gone.compose(removed -> fetch(wanted)).map(Whereabouts.Arriving::new);
        });
        flights.put(wanted.key(), flight);
        flight.onComplete(result -> context.runOnContext(ignored -> {
            if (result.succeeded() && result.result() instanceof Whereabouts.Arriving arriving) {
                arriving.download()
                        .finished()
                        .onComplete(ended -> context.runOnContext(after -> {
                            flights.remove(wanted.key(), flight);
                            if (ended.succeeded()) {
                                ended.result().ifPresent(StoredFile::close);
                            }
                        }));
            } else {
                flights.remove(wanted.key(), flight);
                if (result.succeeded()) {
                    // Those who joined take their own references first.
                    context.runOnContext(after ->
                            ((Whereabouts.OnDisk) result.result()).file().close());
                }
            }
        }));
        return flight;
    }

    private Future<Download> fetch(Wanted wanted) {
        return cache.take(wanted.entry(), wanted.size(), List.of(wanted.sha256()))
                .map(download -> {
                    BucketDownload transfer = new BucketDownload(bucket, wanted.key(), download, patience);
                    threads.downloads().executeBlocking(transfer, false).onFailure(download::fail);
                    download.finished().onFailure(why -> tell(wanted, why));
                    return download;
                });
    }

    private static void tell(Wanted wanted, Throwable why) {
        if (why instanceof BrokenFileException) {
            LOG.error("{}: {}; it is not served: restore it from a backup", wanted.key(), why.getMessage());
        } else {
            LOG.warn("{}: not fetched: {}", wanted.key(), why.getMessage());
        }
    }
}
