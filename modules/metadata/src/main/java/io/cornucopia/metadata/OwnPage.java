package io.cornucopia.metadata;

import io.cornucopia.core.CoreMetadata;
import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.PageDocument;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectPage;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.core.UrlPath;
import io.cornucopia.core.Version;
import io.cornucopia.storage.Companion;
import io.cornucopia.storage.ProjectUploads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** What was uploaded to a project, as a page. Immutable. */
final class OwnPage {
    /** Where files are that are ours: no host has this scheme, so that nobody can be asked for them by mistake. */
    private static final String SCHEME = "cornucopia:/";

    private final ProjectPage page;
    private final String revision;
    private final Optional<ProjectStatus> status;
    private final boolean everUploaded;
    private final Map<String, DistributionFile> byFilename;
    private final Set<FileIdentity> identities;
    private final int weight;

    private OwnPage(ProjectPage page, Optional<ProjectStatus> status, boolean everUploaded) {
        this.page = page;
        this.status = status;
        this.everUploaded = everUploaded;
        byte[] document = PageDocument.write(page);
        this.revision = PageStore.revision(document, 0, document.length);
        this.byFilename = new HashMap<>();
        this.identities = new HashSet<>();
        for (DistributionFile file : page.files()) {
            byFilename.put(file.filename(), file);
            FileIdentity.of(page.name(), file.filename()).ifPresent(identities::add);
        }
        this.weight = CachedPage.weigh(page);
    }

    /** Makes a page of it. Takes its time for many files. */
    static OwnPage of(ProjectUploads uploads) {
        ProjectName project = uploads.project();
        List<UploadedFile> sorted = new ArrayList<>(uploads.files());
        sorted.sort(Comparator.comparing(UploadedFile::version, OwnPage::compareVersions)
                .thenComparing(UploadedFile::filename));
        List<DistributionFile> files = new ArrayList<>(sorted.size());
        Set<Version> versions = new TreeSet<>();
        List<String> strange = new ArrayList<>();
        for (UploadedFile file : sorted) {
            files.add(described(file));
            Version.parse(file.version()).ifPresentOrElse(versions::add, () -> strange.add(file.version()));
        }
        List<String> all = new ArrayList<>();
        versions.forEach(version -> all.add(version.toString()));
        strange.stream().distinct().forEach(all::add);
        ProjectStatus status = uploads.status().orElse(ProjectStatus.ACTIVE);
        return new OwnPage(
                new ProjectPage(project, status, OptionalLong.empty(), all, files),
                uploads.status(),
                uploads.everUploaded());
    }

    private static int compareVersions(String one, String other) {
        Optional<Version> first = Version.parse(one);
        Optional<Version> second = Version.parse(other);
        if (first.isPresent() && second.isPresent()) {
            return first.get().compareTo(second.get());
        }
        return first.isPresent() ? -1 : second.isPresent() ? 1 : one.compareTo(other);
    }

    private static DistributionFile described(UploadedFile file) {
        String url = SCHEME + file.project() + '/' + UrlPath.encodeSegment(file.filename());
        return new DistributionFile(
                file.filename(),
                url,
                file.digests().stream()
                        .sorted(Comparator.comparing(Digest::algorithm))
                        .toList(),
                OptionalLong.of(file.size()),
                file.requiresPython(),
                Optional.of(file.uploadTime()),
                file.yank(),
                file.coreMetadata().map(digest -> new CoreMetadata(Optional.of(digest))),
                file.hasProvenance() ? Optional.of(url + Companion.PROVENANCE.suffix()) : Optional.empty(),
                Optional.of(file.hasSignature()));
    }

    /** Our files, by version and then name; active if no status was set. */
    ProjectPage page() {
        return page;
    }

    /** Equal on every node for the same content. */
    String revision() {
        return revision;
    }

    /** The status, if one was ever set here. */
    Optional<ProjectStatus> status() {
        return status;
    }

    /** Whether anything was ever uploaded, also if all of it was deleted since. */
    boolean everUploaded() {
        return everUploaded;
    }

    /** The file of exactly that name. */
    Optional<DistributionFile> file(String filename) {
        return Optional.ofNullable(byFilename.get(filename));
    }

    /**
     * Whether a file of ours takes the place of upstream's of that name: it has the same name, or is the same release for the
     * same environments in another spelling, such as {@code Acme_Tools-1.0.tar.gz} and {@code acme-tools-1.0.tar.gz}.
     */
    boolean replaces(String filename) {
        return byFilename.containsKey(filename)
                || (!identities.isEmpty()
                        && FileIdentity.of(page.name(), filename)
                                .filter(identities::contains)
                                .isPresent());
    }

    /** About how many bytes of heap it takes. */
    int weight() {
        return weight;
    }

    @Override
    public String toString() {
        return page.name() + " with " + page.files().size() + " files of ours";
    }

    /** What {@link DistributionFilename} cannot tell apart for an installer. */
    record FileIdentity(Version version, DistributionFilename.Kind kind, String environment) {
        static Optional<FileIdentity> of(ProjectName project, String filename) {
            return DistributionFilename.parse(filename, project)
                    .map(reading -> new FileIdentity(
                            reading.version(),
                            reading.kind(),
                            switch (reading.kind()) {
                                case WHEEL -> tags(filename);
                                // However it is packed: an installer takes one of a release.
                                case SDIST -> "";
                                case EGG, INSTALLER -> folded(filename);
                            }));
        }

        /** Build tag and tags, each compressed set in its order. */
        private static String tags(String wheel) {
            String[] parts = wheel.toLowerCase(Locale.ROOT).split("-", -1);
            StringBuilder tags = new StringBuilder();
            for (int i = 2; i < parts.length; i++) {
                String part = i == parts.length - 1 ? parts[i].substring(0, parts[i].length() - 4) : parts[i];
                String[] set = part.split("\\.", -1);
                Arrays.sort(set);
                tags.append(String.join(".", set)).append('-');
            }
            return tags.toString();
        }

        private static String folded(String filename) {
            return filename.toLowerCase(Locale.ROOT).replace('_', '-').replaceAll("-+", "-");
        }
    }
}
