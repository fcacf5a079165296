package io.cornucopia.metadata;

import io.cornucopia.core.CoreMetadata;
import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.PageDocument;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectPage;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.core.Version;
import io.cornucopia.storage.ProjectUploads;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What was uploaded to a project, as a page. Immutable; making one may take a moment. */
final class OwnPage {
    private static final Pattern SEPARATORS = Pattern.compile("[-_.]+");

    private final ProjectPage page;
    private final String revision;
    private final Optional<ProjectStatus> status;
    private final Map<String, DistributionFile> byFilename = new HashMap<>();
    private final Map<String, DistributionFile> bySpelling = new HashMap<>();

    private OwnPage(ProjectPage page, Optional<ProjectStatus> status) {
        this.page = page;
        this.revision = PageStore.revision(PageDocument.write(page));
        this.status = status;
        for (DistributionFile file : page.files()) {
            byFilename.put(file.filename(), file);
            bySpelling.put(spelling(file.filename()), file);
        }
    }

    /** The page of what was uploaded; empty if nothing ever was, and nothing else was said of the project. */
    static Optional<OwnPage> of(ProjectUploads uploads) {
        if (!uploads.everUploaded() && uploads.status().isEmpty()) {
            return Optional.empty();
        }
        List<DistributionFile> files =
                uploads.files().stream().map(OwnPage::described).toList();
        List<String> versions = uploads.files().stream()
                .map(UploadedFile::version)
                .distinct()
                .sorted(Comparator.comparing(
                        text -> Version.parse(text).orElse(null), Comparator.nullsFirst(Comparator.naturalOrder())))
                .toList();
        ProjectStatus status = uploads.status().orElse(ProjectStatus.ACTIVE);
        return Optional.of(new OwnPage(
                new ProjectPage(uploads.project(), status, OptionalLong.empty(), versions, files), uploads.status()));
    }

    private static DistributionFile described(UploadedFile file) {
        // Links are made when a page is rendered; this only says that the bytes are here.
        String url = "cornucopia:/" + file.project() + '/' + file.filename();
        return new DistributionFile(
                file.filename(),
                url,
                file.digests(),
                OptionalLong.of(file.size()),
                file.requiresPython(),
                Optional.of(file.uploadTime()),
                file.yank(),
                file.coreMetadata().map(digest -> new CoreMetadata(Optional.of(digest))),
                file.hasProvenance() ? Optional.of(url + ".provenance") : Optional.empty(),
                Optional.of(file.hasSignature()));
    }

    ProjectName project() {
        return page.name();
    }

    ProjectPage page() {
        return page;
    }

    /** The same wherever the same was uploaded. */
    String revision() {
        return revision;
    }

    /** The file of exactly that name. */
    Optional<DistributionFile> file(String filename) {
        return Optional.ofNullable(byFilename.get(filename));
    }

    /** Whether a file of that name, in whatever spelling, is among these: then upstream's is not to be had. */
    boolean hides(String filename) {
        return bySpelling.containsKey(spelling(filename));
    }

    /** About how many bytes of heap it takes. */
    int weight() {
        return 2_000 + 1_500 * page.files().size();
    }

    /** The page of both: our files, and those of upstream's that ours do not hide. */
    ProjectPage merge(ProjectPage upstream) {
        List<DistributionFile> files = new ArrayList<>(page.files());
        upstream.files().stream().filter(file -> !hides(file.filename())).forEach(files::add);
        List<String> versions = new ArrayList<>(upstream.versions());
        page.versions().stream().filter(version -> !versions.contains(version)).forEach(versions::add);
        return new ProjectPage(page.name(), status.orElse(upstream.status()), upstream.serial(), versions, files);
    }

    // Acme_Tools-1.0.tar.gz and acme-tools-1.0.tar.gz are one file to an installer.
    private static String spelling(String filename) {
        return DistributionFilename.isSafe(filename)
                ? SEPARATORS.matcher(filename).replaceAll("-").toLowerCase(java.util.Locale.ROOT)
                : filename;
    }
}
