package io.cornucopia.fetcher;

import io.cornucopia.bus.FileQuery.Part;
import io.cornucopia.bus.ListedFile;
import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.CacheEntry;
import io.cornucopia.storage.FileFacts;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file that is to be had from upstream, or what lies beside one.
 *
 * @param listed the distribution file and its project
 * @param part which of the things under its name
 * @param url where upstream keeps it
 * @param size in bytes, if the page says
 * @param promised what it must hash to, as far as the page says
 * @param since what {@link io.cornucopia.storage.OpenFiles#forgotten()} was before the page was asked
 */
record WantedFile(ListedFile listed, Part part, URI url, OptionalLong size, List<Digest> promised, long since) {
    /** What is wanted; empty if upstream does not offer it. */
    static Optional<WantedFile> of(ListedFile listed, Part part, long since) {
        DistributionFile file = listed.file();
        URI url = URI.create(file.url());
        return switch (part) {
            case FILE -> Optional.of(new WantedFile(listed, part, url, file.size(), file.digests(), since));
            case CORE_METADATA ->
                file.coreMetadata()
                        .map(metadata -> beside(
                                listed, part, url, metadata.digest().stream().toList(), since));
            case SIGNATURE ->
                file.gpgSignature().orElse(true)
                        ? Optional.of(beside(listed, part, url, List.of(), since))
                        : Optional.empty();
            case PROVENANCE ->
                file.provenance()
                        .map(provenance -> new WantedFile(
                                listed, part, URI.create(provenance), OptionalLong.empty(), List.of(), since));
        };
    }

    private static WantedFile beside(ListedFile listed, Part part, URI url, List<Digest> promised, long since) {
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        String path = url.toString().substring(0, url.toString().length() - query.length());
        return new WantedFile(
                listed, part, URI.create(path + part.suffix() + query), OptionalLong.empty(), promised, since);
    }

    /** The name it has here. */
    String name() {
        return listed.file().filename() + part.suffix();
    }

    ProjectName project() {
        return listed.project();
    }

    CacheEntry entry() {
        return new CacheEntry(project(), name(), listed.file().uploadTime(), since);
    }

    FileFacts facts() {
        Optional<Digest> sha256 = promised.stream()
                .filter(digest -> digest.algorithm() == HashAlgorithm.SHA256)
                .findFirst();
        return new FileFacts(name(), size, sha256, listed.file().uploadTime());
    }
}
