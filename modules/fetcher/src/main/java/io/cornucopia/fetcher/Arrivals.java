package io.cornucopia.fetcher;

import io.cornucopia.cluster.Cluster;
import io.cornucopia.storage.BrokenFileException;
import io.cornucopia.storage.FileCache;
import io.cornucopia.upstream.Upstream;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Begins downloads. */
final class Arrivals {
    private static final int DOUBTS_KEPT = 1000;

    private final Vertx vertx;
    private final FileCache cache;
    private final Upstream upstream;
    private final Cluster cluster;
    private final FetcherMeters meters;
    // Files of which another node gave wrong bytes, and may do so again: these are asked of upstream alone.
    private final Set<String> doubted = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > DOUBTS_KEPT;
        }
    });

    Arrivals(Vertx vertx, FileCache cache, Upstream upstream, Cluster cluster, FetcherMeters meters) {
        this.vertx = vertx;
        this.cache = cache;
        this.upstream = upstream;
        this.cluster = cluster;
        this.meters = meters;
    }

    /** Begins to download {@code wanted}; the bytes follow while the result is followed. */
    Future<Arrival> begin(WantedFile wanted) {
        return cache.take(wanted.entry(), wanted.size(), wanted.promised()).map(download -> {
            Arrival arrival = new Arrival(vertx, upstream, cluster, meters, wanted, download);
            download.finished().onComplete(ended -> {
                if (ended.succeeded()) {
                    doubted.remove(wanted.name());
                } else if (ended.cause() instanceof BrokenFileException && arrival.tookFromPeers()) {
                    doubted.add(wanted.name());
                }
            });
            arrival.run(!doubted.contains(wanted.name()));
            return arrival;
        });
    }
}
