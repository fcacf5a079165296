package io.cornucopia.fetcher;

import io.cornucopia.cluster.Announcements;
import io.cornucopia.cluster.Cluster;
import io.cornucopia.cluster.Holders;
import io.cornucopia.cluster.HostPort;
import io.cornucopia.cluster.KnownNames;
import io.cornucopia.cluster.Leases;
import io.cornucopia.cluster.Leases.Claim;
import io.cornucopia.cluster.Member;
import io.cornucopia.cluster.Members;
import io.cornucopia.cluster.PageRevisions;
import io.cornucopia.cluster.PeerClient;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** What the fetchers of several nodes in this process share: one map of leases, and faults. */
final class FakeCluster {
    private final Map<String, String> leases = new HashMap<>();
    private final List<Node> nodes = new CopyOnWriteArrayList<>();
    private final AtomicInteger epochs = new AtomicInteger();

    /** What is wrong with what nodes share. */
    enum Illness {
        /** Every call throws. */
        THROWS,
        /** Every future fails. */
        FAILS,
        /** Every lease is granted, and nobody hears of anybody: as leases and holders are to behave when they are ill. */
        APART,
        /** Every lease is granted, though nodes can hear of one another. */
        UNANSWERED
    }

    volatile Optional<Illness> illness = Optional.empty();

    /** How often somebody asked for a lease, or for holders. */
    final AtomicInteger questions = new AtomicInteger();

    synchronized Cluster join(Vertx vertx) {
        Node node = new Node("node-" + nodes.size(), vertx);
        nodes.add(node);
        return node;
    }

    Node node(String id) {
        return nodes.stream().filter(node -> node.id.equals(id)).findFirst().orElseThrow();
    }

    /** A lease that nobody works for. */
    synchronized void leaseTo(Node node, String key) {
        leases.put(key, node.id + " 0");
    }

    synchronized Map<String, String> leases() {
        return Map.copyOf(leases);
    }

    private synchronized Claim claim(Node node, String key, Optional<String> instead) {
        String mine = node.id + " " + epochs.incrementAndGet();
        String before = leases.get(key);
        if (illness.isPresent()) {
            return new Claim.Granted(() -> {}, false);
        }
        if (before == null || (instead.isPresent() && before.equals(instead.get())) || isGone(before)) {
            leases.put(key, mine);
            return new Claim.Granted(() -> release(key, mine));
        }
        String holder = before.substring(0, before.indexOf(' '));
        return holder.equals(node.id) ? new Claim.Granted(() -> {}) : new Claim.Held(holder, before);
    }

    private boolean isGone(String record) {
        return nodes.stream().noneMatch(node -> !node.left && record.startsWith(node.id + " "));
    }

    private synchronized void release(String key, String mine) {
        leases.remove(key, mine);
    }

    private <T> Future<T> ill(Supplier<T> what) {
        questions.incrementAndGet();
        if (illness.equals(Optional.of(Illness.THROWS))) {
            throw new IllegalStateException("on purpose");
        }
        return illness.equals(Optional.of(Illness.FAILS))
                ? Future.failedFuture("on purpose")
                : Future.succeededFuture(what.get());
    }

    /** One of the nodes, as it sees the others. */
    final class Node implements Cluster, Members, Leases, Holders {
        final String id;
        final Vertx vertx;
        /** What this node's bytes do on their way to others. */
        final FakeLink link = new FakeLink();

        private volatile boolean left;
        private volatile Function<String, Future<Optional<Holding>>> lookUp =
                file -> Future.succeededFuture(Optional.empty());

        Node(String id, Vertx vertx) {
            this.id = id;
            this.vertx = vertx;
        }

        /** As kill -9 does: its connections break, and the others notice that it is gone. */
        void die() {
            left = true;
            link.die();
        }

        @Override
        public Members members() {
            return this;
        }

        @Override
        public Leases leases() {
            return this;
        }

        @Override
        public Holders holders() {
            return this;
        }

        @Override
        public PageRevisions pages() {
            return PageRevisions.alone();
        }

        @Override
        public KnownNames known() {
            return KnownNames.alone();
        }

        @Override
        public Announcements announcements() {
            return Announcements.alone();
        }

        @Override
        public Optional<PeerClient> peers() {
            return Optional.of(new FakePeerClient(FakeCluster.this, this));
        }

        @Override
        public Future<Void> leave() {
            return Future.succeededFuture();
        }

        private Member member(boolean self) {
            HostPort nowhere = new HostPort(id, 1);
            return new Member(id, nowhere, nowhere, "1", self);
        }

        @Override
        public Member self() {
            return member(true);
        }

        @Override
        public List<Member> all() {
            return nodes.stream()
                    .filter(node -> !node.left)
                    .map(node -> node.member(node == this))
                    .toList();
        }

        @Override
        public void listen(Listener listener) {
            // Nobody listens here.
        }

        @Override
        public void reportInFlight(IntSupplier inFlight) {
            // Nobody asks here.
        }

        @Override
        public Future<Map<String, Integer>> inFlight() {
            return Future.succeededFuture(Map.of());
        }

        @Override
        public Future<Optional<Lease>> acquire(String key) {
            return claim(key)
                    .map(claim ->
                            claim instanceof Claim.Granted granted ? Optional.of(granted.lease()) : Optional.empty());
        }

        @Override
        public Future<Claim> claim(String key) {
            return ill(() -> FakeCluster.this.claim(this, key, Optional.empty()));
        }

        @Override
        public Future<Claim> takeOver(String key, Claim.Held from) {
            return ill(() -> FakeCluster.this.claim(this, key, Optional.of(from.record())));
        }

        @Override
        public void answer(Function<String, Future<Optional<Holding>>> lookUp) {
            this.lookUp = lookUp;
        }

        /** What this node tells others that it has. */
        Future<Optional<Holding>> holding(String file) {
            return lookUp.apply(file);
        }

        @Override
        public Future<List<Holder>> of(String file) {
            return ill(() -> !illness.equals(Optional.of(Illness.APART)))
                    .compose(well -> well ? askOthers(file) : Future.succeededFuture(List.of()));
        }

        private Future<List<Holder>> askOthers(String file) {
            Context context = vertx.getOrCreateContext();
            List<Future<Optional<Holder>>> asked = nodes.stream()
                    .filter(node -> node != this && !node.left && !node.link.isFrozen())
                    .map(node -> node.lookUp
                            .apply(file)
                            .map(found -> found.map(holding -> new Holder(node.member(false), holding))))
                    .toList();
            Promise<List<Holder>> promise = Promise.promise();
            Future.join(asked).onComplete(all -> {
                List<Holder> holders = new ArrayList<>();
                asked.forEach(one -> one.result().ifPresent(holders::add));
                holders.sort(Comparator.comparing(holder -> holder.holding().state()));
                context.runOnContext(ignored -> promise.complete(holders));
            });
            return promise.future();
        }
    }
}
