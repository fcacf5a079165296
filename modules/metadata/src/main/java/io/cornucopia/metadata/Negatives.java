package io.cornucopia.metadata;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cornucopia.core.ProjectName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The projects that upstream said it does not have, for as long as that is believed; not more than a bounded number. */
final class Negatives {
    static final int LIMIT = 100_000;

    private final Duration ttl;
    private final InstantSource clock;
    private final Cache<ProjectName, Instant> until =
            Caffeine.newBuilder().maximumSize(LIMIT).executor(Runnable::run).build();

    Negatives(Duration ttl, InstantSource clock) {
        this.ttl = ttl;
        this.clock = clock;
    }

    /** @param saidAt when upstream said so, to this node or to another */
    void add(ProjectName project, Instant saidAt) {
        Instant now = clock.instant();
        until.put(project, (saidAt.isAfter(now) ? now : saidAt).plus(ttl));
    }

    void clear() {
        until.invalidateAll();
    }

    void remove(ProjectName project) {
        until.invalidate(project);
    }

    boolean has(ProjectName project) {
        Instant end = until.getIfPresent(project);
        if (end == null) {
            return false;
        }
        if (clock.instant().isBefore(end)) {
            return true;
        }
        until.invalidate(project);
        return false;
    }

    long size() {
        until.cleanUp();
        return until.estimatedSize();
    }
}
