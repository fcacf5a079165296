package io.cornucopia.http;

import io.cornucopia.bus.PageAnswer.Origin;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.Representation;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * A mirrored project's page, for as long as it may be served unasked and is of the same revision.
 *
 * @param pages where it is kept
 * @param meters what counts that it was at hand
 * @param project whose page
 * @param representation in which form
 * @param revision of which the answer was made
 * @param isCoded whether in the coding gzip
 * @param isKnown whether the client had it already
 */
record SamePage(
        RenderedPages pages,
        RequestMeters meters,
        ProjectName project,
        Representation representation,
        String revision,
        boolean isCoded,
        boolean isKnown)
        implements Repeatable {
    private static final PageBytes NOTHING = new PageBytes.InMemory(Buffer.buffer());

    @Override
    public Optional<Again> again() {
        Optional<RenderedPages.Current> fresh = pages.fresh(project, representation);
        if (fresh.isEmpty()
                || fresh.get().origin() != Origin.UPSTREAM
                || !fresh.get().page().revision().equals(revision)) {
            return Optional.empty();
        }
        meters.page(true);
        return Optional.of(new Again.Page(
                Negotiation.ageSeconds(fresh.get().checkedAt()),
                isKnown ? NOTHING : fresh.get().page().body(isCoded)));
    }
}
