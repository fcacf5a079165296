package io.cornucopia.metadata;

import io.vertx.core.Future;
import java.util.Optional;

/**
 * A question to upstream that is under way, shared by all who wait for its answer.
 *
 * @param outcome the answer
 * @param slow completes, at the latest, when those who have an older copy should wait no longer
 */
record Refresh(Future<Outcome> outcome, Future<Void> slow) {
    /**
     * What upstream said.
     *
     * @param page the page; empty if there is certainly none
     * @param changed whether it is another one than before
     */
    record Outcome(Optional<CachedPage> page, boolean changed) {}
}
