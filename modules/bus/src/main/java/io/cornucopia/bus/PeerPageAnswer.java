package io.cornucopia.bus;

import io.cornucopia.storage.StoredFile;
import java.util.Objects;

/**
 * A page as this node keeps it.
 *
 * @param document what lies on its disk, validators and all, and what those bytes hash to; whoever gets this closes it
 * @param revision of the page in it, as in {@link PageAnswer#revision}
 */
public record PeerPageAnswer(StoredFile document, String revision) {
    public PeerPageAnswer {
        Objects.requireNonNull(document, "document");
        Objects.requireNonNull(revision, "revision");
    }
}
