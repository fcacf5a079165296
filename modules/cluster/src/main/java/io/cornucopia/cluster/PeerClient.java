package io.cornucopia.cluster;

import io.cornucopia.core.ProjectName;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * Asks other nodes, over their internal ports, for what they have: their disks, and what is arriving there from upstream. None
 * of them fetches anything for that.
 *
 * <p>Thread-safe. To be called on a context; futures complete and bodies flow on the one that asked.
 */
public interface PeerClient {
    /**
     * Asks for a file.
     *
     * @param name the name it has on disk, with the suffix of what lies beside a distribution file
     * @param offset the first byte that is wanted
     * @return the answer, its body paused; empty if that node does not have it. Fails with {@link PeerFailedException} if it
     *     cannot be reached, does not prove that it knows the secret, or shows no sign of life for
     *     {@code cluster.peer_timeout}
     */
    Future<Optional<PeerAnswer>> file(Member member, ProjectName project, String name, long offset);

    /** Asks for the mirrored page of a project, as that node keeps it; otherwise like {@link #file}. */
    Future<Optional<PeerAnswer>> page(Member member, ProjectName project);
}
