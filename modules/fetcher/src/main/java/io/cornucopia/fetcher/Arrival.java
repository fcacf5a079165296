package io.cornucopia.fetcher;

import io.cornucopia.bus.FailureException;
import io.cornucopia.cluster.Cluster;
import io.cornucopia.cluster.Holders;
import io.cornucopia.cluster.Holders.Holder;
import io.cornucopia.cluster.Holders.Holding;
import io.cornucopia.cluster.Leases.Claim;
import io.cornucopia.cluster.Leases.Lease;
import io.cornucopia.cluster.Member;
import io.cornucopia.cluster.PeerClient;
import io.cornucopia.cluster.PeerFailedException;
import io.cornucopia.core.Digest;
import io.cornucopia.storage.Download;
import io.cornucopia.upstream.Upstream;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file on its way in, from whoever has it. All nodes together ask upstream once: whoever gets the lease does, unless
 * another node has the file already, and who does not get it takes the bytes from who did, while they arrive there. When that
 * node is gone, frozen or cut off, the file goes on from the byte that is here: from another one that has it, or from
 * whoever takes the lease over, which may be this node.
 *
 * <p>The cluster saves work and is needed for nothing: whatever fails in it ends in upstream being asked. Everything happens on
 * the context that runs it.
 */
final class Arrival {
    // Who holds a lease and has nothing to show for it is asked so often before the lease is taken from it...
    private static final int PATIENCE_WITH_A_HOLDER = 3;
    // ... and so often in all, with nothing to show for it, before upstream is asked, whoever does so already.
    private static final int PATIENCE_WITH_ALL = 8;
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final Logger LOG = LoggerFactory.getLogger(Arrival.class);

    private final Vertx vertx;
    private final Upstream upstream;
    private final Cluster cluster;
    private final FetcherMeters meters;
    private final WantedFile wanted;
    private final Download download;
    private final String key;
    private final Set<String> failedMembers = new HashSet<>();
    private Optional<Lease> lease = Optional.empty();
    private boolean certain;
    private Promise<Boolean> choice = Promise.promise();
    private FetcherMeters.Source source = FetcherMeters.Source.UPSTREAM;
    private boolean tookFromPeers;
    private boolean follows;
    private int roundsWithoutProgress;
    private long receivedBefore;

    Arrival(
            Vertx vertx,
            Upstream upstream,
            Cluster cluster,
            FetcherMeters meters,
            WantedFile wanted,
            Download download) {
        this.vertx = vertx;
        this.upstream = upstream;
        this.cluster = cluster;
        this.meters = meters;
        this.wanted = wanted;
        this.download = download;
        this.key = "file/" + wanted.name();
    }

    WantedFile wanted() {
        return wanted;
    }

    Download download() {
        return download;
    }

    /**
     * Whether its bytes come from upstream, complete as soon as that is decided. Only then may other nodes take them from
     * here: whoever takes them from a third one is to ask that one.
     */
    Future<Boolean> isFromUpstream() {
        return choice.future();
    }

    /** What there is of it for other nodes. */
    Holding holding() {
        // Whoever has the lease is about to ask upstream, and whoever asks here hears if it comes otherwise.
        boolean fromUpstream = choice.future().isComplete() ? choice.future().result() : certain && lease.isPresent();
        return new Holding(
                fromUpstream ? Holders.State.ARRIVING : Holders.State.WANTED,
                wanted.facts().sha256().map(Digest::hex),
                download.received());
    }

    /** Whether another node gave any of its bytes. */
    boolean tookFromPeers() {
        return tookFromPeers;
    }

    /** @param askPeers whether other nodes may give it */
    void run(boolean askPeers) {
        meters.began();
        download.finished().onComplete(ended -> {
            giveLeaseBack();
            choice.tryComplete(false);
            meters.ended(ended.succeeded(), source);
            if (ended.failed()) {
                LOG.warn(
                        "{}: not downloaded: {}",
                        wanted.name(),
                        FailureException.of(ended.cause()).message());
            }
        });
        if (askPeers && cluster.peers().isPresent()) {
            decide();
        } else {
            askUpstream();
        }
    }

    private void decide() {
        if (isOver()) {
            return;
        }
        if (download.received() > 0 && wanted.promised().isEmpty()) {
            // Nothing but upstream's own tag can prove that the rest belongs to what is here.
            askUpstream();
        } else if (roundsWithoutProgress >= PATIENCE_WITH_ALL) {
            LOG.info("{}: no other node comes to anything; upstream is asked", wanted.name());
            askUpstream();
        } else {
            claim(() -> cluster.leases().claim(key));
        }
    }

    private void takeOver(Claim.Held held) {
        if (isOver()) {
            return;
        }
        roundsWithoutProgress++;
        claim(() -> cluster.leases().takeOver(key, held));
    }

    private void claim(Supplier<Future<Claim>> asking) {
        if (choice.future().isComplete()) {
            // As soon as it is granted others may ask here, before it is known whether there will be anything.
            choice = Promise.promise();
        }
        guarded(asking).onComplete(answer -> {
            if (answer.failed()) {
                LOG.warn(
                        "{}: no lease can be had: {}",
                        wanted.name(),
                        answer.cause().toString());
                askUpstream();
            } else if (answer.result() instanceof Claim.Granted granted) {
                lease = Optional.of(granted.lease());
                certain = granted.certain();
                if (isOver()) {
                    giveLeaseBack();
                } else {
                    lookForHolders();
                }
            } else if (!isOver()) {
                follow((Claim.Held) answer.result());
            }
        });
    }

    private void lookForHolders() {
        guarded(() -> cluster.holders().of(PeerFiles.key(wanted.project(), wanted.name())))
                .otherwise(List.of())
                .onSuccess(holders -> {
                    if (isOver()) {
                        giveLeaseBack();
                        return;
                    }
                    List<Holder> ofUse = holders.stream().filter(this::isOfUse).toList();
                    Optional<Holder> source = ofUse.stream()
                            .filter(holder -> holder.holding().state() != Holders.State.WANTED)
                            .findFirst();
                    if (source.isPresent()) {
                        giveLeaseBack();
                        takeFrom(source.get().member(), this::decide, this::decide);
                    } else if (ofUse.stream().anyMatch(this::goesFirst)) {
                        leaveItToOthers();
                    } else {
                        askUpstream();
                    }
                });
    }

    private boolean isOfUse(Holder holder) {
        Optional<String> promised = wanted.facts().sha256().map(Digest::hex);
        Optional<String> has = holder.holding().sha256();
        return !failedMembers.contains(holder.member().id())
                && (promised.isEmpty() || has.isEmpty() || promised.equals(has));
    }

    /**
     * Whether {@code other}, who wants the file as well and has lost the same holder, is to ask upstream: it need not be asked for
     * bytes that are here or there. Among those who have equally many, and whom no lease decides, somebody has to be the first.
     */
    private boolean goesFirst(Holder other) {
        long received = other.holding().received();
        return received > download.received()
                || (!certain
                        && received == download.received()
                        && other.member()
                                        .id()
                                        .compareTo(cluster.members().self().id())
                                < 0);
    }

    /** It notices no later than this node did that there is nobody to take the file from. */
    private void leaveItToOthers() {
        giveLeaseBack();
        choose(false);
        roundsWithoutProgress++;
        later(this::decide);
    }

    private void follow(Claim.Held held) {
        Optional<Member> holder = cluster.members()
                .find(held.member())
                .filter(member -> !member.self() && !failedMembers.contains(member.id()));
        if (holder.isEmpty()) {
            takeOver(held);
            return;
        }
        if (!follows) {
            follows = true;
            meters.followed();
        }
        takeFrom(
                holder.get(),
                () -> takeOver(held),
                // It has ended in this moment, well or not, or it takes the file from somebody else.
                () -> {
                    if (roundsWithoutProgress < PATIENCE_WITH_A_HOLDER) {
                        decide();
                    } else {
                        takeOver(held);
                    }
                });
    }

    /** @param whenFailed what to do if there is no use in asking it again */
    private void takeFrom(Member member, Runnable whenFailed, Runnable whenNotThere) {
        choose(false);
        source = FetcherMeters.Source.PEER;
        PeerClient client = cluster.peers().orElseThrow();
        guarded(() -> new PeerTransfer(vertx, client, member, wanted, download, this::countPeerBytes).run())
                .onComplete(end -> {
                    boolean progress = download.received() > receivedBefore;
                    receivedBefore = download.received();
                    roundsWithoutProgress = progress ? 0 : roundsWithoutProgress + 1;
                    if (end.succeeded() && end.result() == PeerTransfer.End.WHOLE) {
                        download.end();
                    } else if (end.succeeded()) {
                        later(whenNotThere);
                    } else if (progress && !isSilent(end.cause())) {
                        goingOn(end.cause());
                        later(this::decide);
                    } else {
                        goingOn(end.cause());
                        failedMembers.add(member.id());
                        whenFailed.run();
                    }
                });
    }

    private static boolean isSilent(Throwable thrown) {
        return thrown instanceof PeerFailedException failure && failure.isSilent();
    }

    private void goingOn(Throwable reason) {
        if (!download.failed()) {
            LOG.info("{}: {}; going on from byte {}", wanted.name(), reason.getMessage(), download.received());
        }
    }

    private void later(Runnable what) {
        vertx.setTimer(FIRST_PAUSE_MILLIS << roundsWithoutProgress, fired -> what.run());
    }

    private void countPeerBytes(int bytes) {
        tookFromPeers = true;
        meters.received(FetcherMeters.Source.PEER, bytes);
    }

    private void askUpstream() {
        choose(true);
        if (source == FetcherMeters.Source.PEER) {
            meters.tookOver();
        }
        source = FetcherMeters.Source.UPSTREAM;
        new UpstreamTransfer(
                        vertx,
                        upstream,
                        wanted,
                        download,
                        bytes -> meters.received(FetcherMeters.Source.UPSTREAM, bytes))
                .run();
    }

    private void choose(boolean fromUpstream) {
        if (choice.future().isComplete()) {
            choice = Promise.promise();
        }
        choice.complete(fromUpstream);
    }

    /** Whether there is nothing left to do: it has failed, or all of its bytes are here. */
    private boolean isOver() {
        OptionalLong size = download.facts().size();
        if (!download.failed() && size.isPresent() && size.getAsLong() > 0 && download.received() == size.getAsLong()) {
            download.end();
            return true;
        }
        return download.failed();
    }

    private void giveLeaseBack() {
        lease.ifPresent(Lease::release);
        lease = Optional.empty();
    }

    private static <T> Future<T> guarded(Supplier<Future<T>> what) {
        try {
            return what.get();
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }
}
