package io.cornucopia.metadata;

import io.cornucopia.core.MalformedPageException;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads and keeps pages that came from other nodes, by this node's own settings. */
final class PeerDocuments {
    private static final Logger LOG = LoggerFactory.getLogger(PeerDocuments.class);

    private final Context context;
    private final PageStore store;
    private final FileHosts hosts;
    private final FilenameExceptions exceptions;
    private final InstantSource clock;

    PeerDocuments(
            Context context, PageStore store, FileHosts hosts, FilenameExceptions exceptions, InstantSource clock) {
        this.context = context;
        this.store = store;
        this.hosts = hosts;
        this.exceptions = exceptions;
        this.clock = clock;
    }

    /**
     * Keeps a page.
     *
     * @param wanted looks at it as the other node has it
     * @return the page as it is kept; empty if it is not what is wanted, lacks files that this node could have, or cannot be
     *     read. Never fails
     */
    Future<Optional<CachedPage>> keep(ProjectName project, Buffer document, Predicate<CachedPage> wanted) {
        return context.executeBlocking(() -> read(project, document, wanted), false)
                .otherwise(why -> {
                    LOG.warn("the page of {} that another node has cannot be read", project, why);
                    return Optional.empty();
                });
    }

    private Optional<CachedPage> read(ProjectName project, Buffer document, Predicate<CachedPage> wanted)
            throws IOException, MalformedPageException {
        CachedPage theirs = PageStore.parse(project, document.getBytes());
        if (!wanted.test(theirs) || hosts.misses(theirs)) {
            return Optional.empty();
        }
        FileHosts.Sifted sifted = hosts.sift(theirs.page());
        exceptions.learn(sifted.page());
        Instant now = clock.instant();
        Validators validators = theirs.validators();
        if (sifted.left() > 0) {
            validators = validators.refusing(sifted.refused());
        }
        // Clocks differ: what upstream said in the future counts as said now.
        return Optional.of(store.write(
                sifted.page(), validators.checkedAt().isAfter(now) ? validators.confirmed(now) : validators));
    }
}
