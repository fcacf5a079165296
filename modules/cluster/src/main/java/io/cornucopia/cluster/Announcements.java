package io.cornucopia.cluster;

import io.vertx.core.Future;
import java.util.Objects;

/**
 * News for every node. Whoever answers a client after an announcement was heard can be sure that no node answers another one
 * in ignorance of it.
 */
public interface Announcements {
    /**
     * Tells every node, this one among them.
     *
     * @return completes, on the caller's context, when each has heard and done what is to be done, or has left, or has
     *     kept everybody waiting for {@link #LONGEST_WAIT_SECONDS} seconds. The last one was frozen or is cut off; a
     *     frozen one knows that it was as soon as it wakes ({@link #current}), one that was cut off is told as soon as
     *     it is there again. Never fails
     */
    Future<Void> announce(Change change);

    /** What this node does when there are news. */
    void listen(Listener listener);

    /**
     * Whether this node has heard all that there was to hear, as far as it can know: false from the moment in which it
     * wakes from a sleep that was so long that others went on without it, until it has dropped what it kept. Costs next to nothing: ask before
     * something is served from memory.
     */
    boolean current();

    /** Completes when {@link #current}, on the caller's context; at once, usually. Never fails. */
    Future<Void> caughtUp();

    /** For how long an announcement waits for a node that does not answer. */
    int LONGEST_WAIT_SECONDS = 5;

    /** Hears news, on a thread of the cluster's. Must not block it. */
    interface Listener {
        /** Completes when nothing that is answered from now on is older than {@code change}. May be told twice. */
        Future<Void> changed(Change change);

        /** News may have been missed. Completes when nothing that is answered from now on was made before this call. */
        Future<Void> missed();
    }

    /** What happened. */
    record Change(Kind kind, String project) {
        public Change {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(project, "project");
        }
    }

    /** What kind of thing happened. */
    enum Kind {
        /** Something was uploaded, yanked, deleted, or has another status: {@code Addresses.UPLOADS_CHANGED}. */
        UPLOADS,
        /** Upstream has something new: {@code Addresses.PROJECT_CHANGED}. */
        PAGE
    }

    /** For a node that is alone: its own listeners hear. */
    static Announcements alone() {
        return new AnnouncementsAlone();
    }
}
