package io.cornucopia.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/**
 * How often credentials from an address were wrong lately, and how long the next wrong ones have to wait for that. Whoever
 * has an IPv6 address has as many as there are below one /64, so those count as one. Thread-safe; never blocks.
 */
final class FailedAttempts {
    /** So many in a {@link #PERIOD} wait for nothing. */
    static final int FREE = 10;

    static final Duration PERIOD = Duration.ofMinutes(1);

    /** Longer than that nobody waits. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    private static final int ADDRESSES = 10_000;
    private static final int NETWORK_BYTES = 8;

    // Once nobody has failed for so long, every bucket is full again: forgetting one forgives nothing.
    private static final Duration REMEMBERED = PERIOD.plus(LONGEST).multipliedBy(2);

    private final TimeMeter time;
    private final Cache<String, Bucket> buckets;

    FailedAttempts(InstantSource clock) {
        time = new Clock(clock);
        buckets = Caffeine.newBuilder()
                .maximumSize(ADDRESSES)
                .expireAfterAccess(REMEMBERED)
                .ticker(time::currentTimeNanos)
                .build();
    }

    /** Counts one more; the answer is how long it has to wait, each time longer, up to {@link #LONGEST}. */
    Duration count(String address) {
        Bucket bucket = buckets.get(network(address), ignored -> bucket());
        // Debts are bounded, or else many attempts at once would have the address wait for hours.
        Duration owed = Duration.ofNanos(bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill());
        if (owed.compareTo(LONGEST) >= 0) {
            return LONGEST;
        }
        Duration wait = Duration.ofNanos(bucket.consumeIgnoringRateLimits(1));
        return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
    }

    private Bucket bucket() {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(FREE).refillGreedy(FREE, PERIOD))
                .withCustomTimePrecision(time)
                .build();
    }

    private static String network(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            int zone = address.indexOf('%');
            // With a colon in it, this is read as an address or refused: nobody is asked for a name.
            InetAddress parsed = InetAddress.getByName(zone < 0 ? address : address.substring(0, zone));
            return parsed instanceof Inet6Address
                    ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), NETWORK_BYTES))
                    : parsed.getHostAddress();
        } catch (UnknownHostException e) {
            return address;
        }
    }

    /** The clock as buckets read it. */
    private record Clock(InstantSource source) implements TimeMeter {
        @Override
        public long currentTimeNanos() {
            Instant now = source.instant();
            return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        }

        @Override
        public boolean isWallClockBased() {
            return true;
        }
    }
}
