package io.cornucopia.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leases in a map that all nodes share. */
final class SharedLeases implements Leases {
    /** How long a lease lives without being renewed. */
    static final Duration TTL = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(SharedLeases.class);

    private final String self;
    private final Predicate<String> left;
    private final SharedMap map;
    private final LeaseMeters meters;
    private final AtomicLong epochs = new AtomicLong();
    private final Map<String, Shared> held = new ConcurrentHashMap<>();

    /** @param left whether a member was here once and is no more */
    SharedLeases(Vertx vertx, String self, Predicate<String> left, SharedMap map, LeaseMeters meters) {
        this.self = self;
        this.left = left;
        this.map = map;
        this.meters = meters;
        vertx.setPeriodic(TTL.toMillis() / 3, fired -> held.values().forEach(Shared::renew));
    }

    @Override
    public Future<Optional<Lease>> acquire(String key) {
        return claim(key)
                .map(claim -> claim instanceof Claim.Granted granted ? Optional.of(granted.lease()) : Optional.empty());
    }

    @Override
    public Future<Claim> claim(String key) {
        Shared lease = new Shared(key, new LeaseRecord(self, epochs.incrementAndGet()).text());
        return measured(lease, () -> claim(lease));
    }

    private Future<Claim> claim(Shared lease) {
        return map.run(lease.key, CompareAndSet.putIfAbsent(lease.mine, TTL), lease::settle)
                .compose(before -> {
                    if (before.isEmpty() || before.get().equals(lease.mine)) {
                        return granted(lease);
                    }
                    Claim.Held other = heldBy(before.get());
                    return left.test(other.member()) ? replace(lease, other) : answer(other);
                });
    }

    @Override
    public Future<Claim> takeOver(String key, Claim.Held from) {
        Shared lease = new Shared(key, new LeaseRecord(self, epochs.incrementAndGet()).text());
        return measured(lease, () -> replace(lease, from));
    }

    private Future<Claim> measured(Shared lease, Supplier<Future<Claim>> asking) {
        long since = System.nanoTime();
        return asking.get().onSuccess(claim -> meters.answered(claim, since)).otherwise(unavailable -> {
            meters.unanswered(since);
            return new Claim.Granted(lease, false);
        });
    }

    private Future<Claim> replace(Shared lease, Claim.Held from) {
        return map.run(
                        lease.key,
                        CompareAndSet.replace(from.record(), lease.mine, TTL),
                        before -> lease.settle(before.filter(found -> !found.equals(from.record()))))
                .compose(before -> {
                    if (before.isEmpty()) {
                        // It was released, or its time was up, in this very moment.
                        return claim(lease);
                    }
                    return before.get().equals(from.record()) || before.get().equals(lease.mine)
                            ? granted(lease)
                            : answer(heldBy(before.get()));
                });
    }

    private static Claim.Held heldBy(String record) {
        return new Claim.Held(LeaseRecord.parse(record).map(LeaseRecord::member).orElse(""), record);
    }

    private Future<Claim> granted(Shared lease) {
        lease.hold();
        return Future.succeededFuture(new Claim.Granted(lease));
    }

    private Future<Claim> answer(Claim.Held other) {
        // Two claims of one node do not stand in each other's way: single flight is what keeps its own work single.
        return Future.succeededFuture(other.member().equals(self) ? new Claim.Granted(() -> {}) : other);
    }

    /** Gives everything back; completes when the others can know. Never fails. */
    Future<Void> releaseAll() {
        List<Future<Void>> released =
                held.values().stream().map(Shared::giveBack).toList();
        return Future.join(released).transform(done -> Future.succeededFuture());
    }

    int count() {
        return held.size();
    }

    private final class Shared implements Lease {
        private final String key;
        private final String mine;
        private boolean released;

        Shared(String key, String mine) {
            this.key = key;
            this.mine = mine;
        }

        synchronized void hold() {
            if (released) {
                giveBack();
            } else {
                held.put(key, this);
            }
        }

        /** The answer to a claim that was given up, and granted for want of one. */
        void settle(Optional<String> before) {
            if (before.isEmpty() || before.get().equals(mine)) {
                hold();
            }
        }

        void renew() {
            map.run(key, CompareAndSet.replace(mine, mine, TTL))
                    .compose(before -> before.isPresent()
                            ? Future.succeededFuture(before)
                            // Its time was up while the cluster did not answer, or it was lost with nodes that died.
                            : map.run(key, CompareAndSet.putIfAbsent(mine, TTL)))
                    .onSuccess(before -> {
                        if (before.isPresent() && !before.get().equals(mine)) {
                            LOG.info("lease {} is another node's by now: {}", key, before.get());
                            held.remove(key, this);
                        } else if (isReleased()) {
                            giveBack();
                        }
                    });
        }

        private synchronized boolean isReleased() {
            return released;
        }

        @Override
        public void release() {
            synchronized (this) {
                if (released) {
                    return;
                }
                released = true;
            }
            giveBack();
        }

        Future<Void> giveBack() {
            held.remove(key, this);
            Promise<Void> done = Promise.promise();
            map.run(key, CompareAndSet.removeIf(mine)).onComplete(whatever -> done.complete());
            return done.future();
        }
    }
}
