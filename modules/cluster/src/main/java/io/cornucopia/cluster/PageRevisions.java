package io.cornucopia.cluster;

import io.vertx.core.Future;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * The newest that any node knows of each project's page. Bodies stay where they are: whoever has an older one takes the
 * page from the member that is named. Nothing takes longer than a second, and nothing but {@link #progress} fails.
 */
public interface PageRevisions {
    /** What was last told of {@code project}'s page, within the last hour; empty if nothing, or if the cluster is ill. */
    Future<Optional<PageRevision>> of(String project);

    /**
     * Tells what upstream has just said to this node.
     *
     * @return completes when whoever asks from now on is told it, or when it could not be told
     */
    Future<Void> tell(String project, PageRevision revision);

    /**
     * Answers those who wait for what this node is asking upstream.
     *
     * @param underWay what comes of the question for a project that is under way here; complete and empty if there is none,
     *     or if nothing came of it. It may be called on any thread, and must not block it
     */
    void answer(Function<String, Future<Optional<PageRevision>>> underWay);

    /**
     * Waits for a member that is asking upstream for {@code project}, for a moment.
     *
     * @return how far it is; fails if that member answers nothing to anybody for twice {@code cluster.peer_timeout}
     */
    Future<Progress> progress(Member member, String project);

    /**
     * How far a question is.
     *
     * @param over whether it is not under way there any more: if it is, ask once more
     * @param revision what came of it, if anything did
     */
    record Progress(boolean over, Optional<PageRevision> revision) {
        public Progress {
            Objects.requireNonNull(revision, "revision");
        }
    }

    /** For a node that is alone: nobody knows anything that this node does not know better. */
    static PageRevisions alone() {
        return new PageRevisions() {
            @Override
            public Future<Optional<PageRevision>> of(String project) {
                return Future.succeededFuture(Optional.empty());
            }

            @Override
            public Future<Void> tell(String project, PageRevision revision) {
                return Future.succeededFuture();
            }

            @Override
            public void answer(Function<String, Future<Optional<PageRevision>>> underWay) {
                // Nobody waits.
            }

            @Override
            public Future<Progress> progress(Member member, String project) {
                return Future.succeededFuture(new Progress(true, Optional.empty()));
            }
        };
    }
}
