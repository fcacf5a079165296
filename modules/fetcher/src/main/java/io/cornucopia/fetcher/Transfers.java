package io.cornucopia.fetcher;

import io.cornucopia.cluster.Leases;
import io.cornucopia.storage.Download;
import io.cornucopia.storage.FileCache;
import io.cornucopia.upstream.Upstream;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Begins downloads from upstream. */
final class Transfers {
    private final Vertx vertx;
    private final FileCache cache;
    private final Upstream upstream;
    private final Leases leases;
    private final FetcherMeters meters;

    Transfers(Vertx vertx, FileCache cache, Upstream upstream, Leases leases, FetcherMeters meters) {
        this.vertx = vertx;
        this.cache = cache;
        this.upstream = upstream;
        this.leases = leases;
        this.meters = meters;
    }

    /** Begins to download {@code wanted}; the bytes follow while the result is followed. */
    Future<Download> begin(WantedFile wanted) {
        return leases.acquire("file/" + wanted.name())
                .compose(lease -> cache.take(wanted.entry(), wanted.size(), wanted.promised())
                        .onFailure(thrown -> lease.ifPresent(Leases.Lease::release))
                        .map(download -> {
                            meters.began();
                            download.finished().onComplete(ended -> {
                                lease.ifPresent(Leases.Lease::release);
                                meters.ended(ended.succeeded());
                            });
                            new Transfer(vertx, upstream, wanted, download).run();
                            return download;
                        }));
    }
}
