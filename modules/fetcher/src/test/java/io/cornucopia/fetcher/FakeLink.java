package io.cornucopia.fetcher;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What happens to a node's bytes on their way to others. Safe for use from several threads. */
final class FakeLink {
    final AtomicInteger questions = new AtomicInteger();
    final Set<FakePeerBody> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong cutAfter = new AtomicLong(Long.MAX_VALUE);
    private volatile boolean dead;
    private volatile boolean frozen;
    private volatile boolean garbled;
    private volatile Optional<String> slowTo = Optional.empty();
    private volatile long slowAfter;

    void die() {
        dead = true;
        open.forEach(FakePeerBody::breakOff);
    }

    boolean isDead() {
        return dead;
    }

    /** Neither a byte nor an answer leaves any more. */
    void freeze() {
        frozen = true;
        open.forEach(FakePeerBody::giveUp);
    }

    boolean isFrozen() {
        return frozen;
    }

    /** One byte of each answer is another from now on. */
    void garble() {
        garbled = true;
    }

    boolean isGarbled() {
        return garbled;
    }

    /** Cuts the connection over which the byte of that number goes, once. */
    void cutOnceAfter(long bytes) {
        cutAfter.set(bytes);
    }

    /** @return whether to cut now */
    boolean sent(int bytes) {
        long left = cutAfter.get();
        if (left == Long.MAX_VALUE || cutAfter.addAndGet(-bytes) > 0) {
            return false;
        }
        cutAfter.set(Long.MAX_VALUE);
        return true;
    }

    /** Lets only so many bytes of each answer through to one node. */
    void slow(String to, long bytes) {
        slowAfter = bytes;
        slowTo = Optional.of(to);
    }

    long mostBytes(String to) {
        return slowTo.equals(Optional.of(to)) ? slowAfter : Long.MAX_VALUE;
    }
}
