package io.cornucopia.metadata;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cornucopia.bus.FailureException;
import io.cornucopia.core.ProjectName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What went wrong with upstream lately, so that it is left alone for a moment, and told about once a minute only. */
final class Mishaps {
    private static final Logger LOG = LoggerFactory.getLogger(Mishaps.class);
    private static final int LIMIT = 10_000;
    private static final Duration HOLD_WITH_COPY = Duration.ofSeconds(5);
    private static final Duration HOLD_WITHOUT_COPY = Duration.ofSeconds(1);
    private static final Duration HOLD_EVERYTHING = Duration.ofSeconds(2);
    private static final Duration TELL_AGAIN = Duration.ofMinutes(1);

    private final Duration holdWithCopy;
    private final InstantSource clock;
    private final Cache<ProjectName, Mishap> mishaps =
            Caffeine.newBuilder().maximumSize(LIMIT).executor(Runnable::run).build();
    private final Cache<ProjectName, Instant> told =
            Caffeine.newBuilder().maximumSize(LIMIT).executor(Runnable::run).build();
    private Mishap outage = new Mishap(null, Instant.MIN);

    private record Mishap(FailureException failure, Instant at) {}

    Mishaps(Duration ttl, InstantSource clock) {
        this.holdWithCopy = ttl.compareTo(HOLD_WITH_COPY) < 0 ? ttl : HOLD_WITH_COPY;
        this.clock = clock;
    }

    void failed(ProjectName project, FailureException failure) {
        mishaps.put(project, new Mishap(failure, clock.instant()));
    }

    /**
     * Upstream did not answer at all, or with a server's error, or takes long: then it is most likely ill for every project,
     * and an installation that needs fifty of them should not have to find that out fifty times.
     */
    void outage(FailureException failure) {
        outage = new Mishap(failure, clock.instant());
    }

    void recovered(ProjectName project) {
        mishaps.invalidate(project);
        outage = new Mishap(null, Instant.MIN);
    }

    /** Until when a project of which there is a copy is not asked for again, if it is to be left alone now. */
    Optional<Instant> holdUntil(ProjectName project) {
        Instant now = clock.instant();
        Instant own = Optional.ofNullable(mishaps.getIfPresent(project))
                .map(mishap -> mishap.at().plus(holdWithCopy))
                .orElse(Instant.MIN);
        Instant all = outage.failure() == null ? Instant.MIN : outage.at().plus(HOLD_EVERYTHING);
        Instant latest = own.isAfter(all) ? own : all;
        return latest.isAfter(now) ? Optional.of(latest) : Optional.empty();
    }

    /** Why {@link #holdUntil} holds. */
    Optional<FailureException> reason(ProjectName project) {
        return Optional.ofNullable(mishaps.getIfPresent(project))
                .or(() -> Optional.of(outage))
                .map(Mishap::failure);
    }

    /** What a project of which there is no copy failed with just now. */
    Optional<FailureException> justFailed(ProjectName project) {
        Instant now = clock.instant();
        return Optional.ofNullable(mishaps.getIfPresent(project))
                .filter(mishap -> mishap.at().plus(HOLD_WITHOUT_COPY).isAfter(now))
                .map(Mishap::failure);
    }

    /** Logs that an old copy is served, not more often for each project than is of use to anybody. */
    void tellStale(CachedPage copy, Throwable why) {
        ProjectName project = copy.page().name();
        if (isTimeToTell(project)) {
            LOG.warn("serving the page of {} as of {}: {}", project, copy.checkedAt(), why.getMessage());
        }
    }

    /** Logs, as seldom, that of a page that is both ours and upstream's only our part is served. */
    void tellIncomplete(ProjectName project, Throwable why) {
        if (isTimeToTell(project)) {
            LOG.warn("serving the page of {} without upstream's files: {}", project, why.getMessage());
        }
    }

    private boolean isTimeToTell(ProjectName project) {
        Instant now = clock.instant();
        Instant before = told.getIfPresent(project);
        if (before != null && now.isBefore(before.plus(TELL_AGAIN))) {
            return false;
        }
        told.put(project, now);
        return true;
    }
}
