package io.cornucopia.fetcher;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.FileAnswer;
import io.cornucopia.bus.PeerFileQuery;
import io.cornucopia.cluster.Holders;
import io.cornucopia.cluster.Holders.Holding;
import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.CacheEntry;
import io.cornucopia.storage.FileCache;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Optional;

/**
 * What other nodes may have of this one: what lies on its disk, and what is arriving here from upstream. Nothing is fetched for
 * them, and what is arriving from a third node they are to take from that one.
 */
final class PeerFiles {
    private final Context context;
    private final FileCache cache;
    private final Map<String, Future<Whereabouts>> flights;

    /** @param flights used on {@code context} only */
    PeerFiles(Context context, FileCache cache, Map<String, Future<Whereabouts>> flights) {
        this.context = context;
        this.cache = cache;
        this.flights = flights;
    }

    /** What nodes call a file when they ask one another who has it. */
    static String key(ProjectName project, String name) {
        return project + "/" + name;
    }

    void serve(Vertx vertx, Holders holders) {
        Addresses.PEER_FILE.serve(vertx, this::answer);
        holders.answer(this::holding);
    }

    private Future<FileAnswer.Bytes> answer(PeerFileQuery query) {
        Future<Whereabouts> flight = flights.get(query.name());
        if (flight == null) {
            return onDisk(query);
        }
        return flight.transform(found -> found.succeeded()
                        && found.result() instanceof Whereabouts.Arriving arriving
                        && arriving.arrival().wanted().project().equals(query.project())
                ? arriving(query, arriving.arrival())
                : onDisk(query));
    }

    private static Future<FileAnswer.Bytes> arriving(PeerFileQuery query, Arrival arrival) {
        return arrival.isFromUpstream()
                .map(fromUpstream -> fromUpstream
                        ? arrival.download().follow().map(file -> new FileAnswer.Bytes(query.project(), file))
                        : Optional.<FileAnswer.Bytes>empty())
                .compose(found -> found.map(Future::succeededFuture).orElseGet(() -> notHere(query)));
    }

    private Future<FileAnswer.Bytes> onDisk(PeerFileQuery query) {
        return cache.openUnread(new CacheEntry(query.project(), query.name(), Optional.empty()))
                .compose(found -> found.map(file -> Future.succeededFuture(new FileAnswer.Bytes(query.project(), file)))
                        .orElseGet(() -> notHere(query)));
    }

    private static Future<FileAnswer.Bytes> notHere(PeerFileQuery query) {
        return Future.failedFuture(new FailureException(
                new Failure.NotFound(query.name() + " is neither here nor arriving from upstream")));
    }

    /** Called on any thread. */
    private Future<Optional<Holding>> holding(String key) {
        Promise<Optional<Holding>> promise = Promise.promise();
        context.runOnContext(ignored -> look(key).onComplete(promise));
        return promise.future();
    }

    private Future<Optional<Holding>> look(String key) {
        int slash = key.indexOf('/');
        Optional<ProjectName> project = ProjectName.parse(key.substring(0, Math.max(0, slash)));
        String name = key.substring(slash + 1);
        if (project.isEmpty() || !DistributionFilename.isSafe(name)) {
            return Future.succeededFuture(Optional.empty());
        }
        Future<Whereabouts> flight = flights.get(name);
        if (flight != null
                && flight.succeeded()
                && flight.result() instanceof Whereabouts.Arriving arriving
                && arriving.arrival().wanted().project().equals(project.get())) {
            return Future.succeededFuture(Optional.of(arriving.arrival().holding()));
        }
        return cache.openUnread(new CacheEntry(project.get(), name, Optional.empty()))
                .map(found -> found.map(file -> {
                    file.close();
                    return new Holding(Holders.State.WHOLE, file.sha256().map(Digest::hex), file.size());
                }));
    }
}
