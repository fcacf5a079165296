package io.cornucopia.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** Gathers what a page of an index says, and leaves out what has no place on the page of that project. */
final class PageCollector {
    private final ProjectName project;
    private final Set<String> filenames = new HashSet<>();
    private final List<DistributionFile> files = new ArrayList<>();
    private final Set<String> versions = new LinkedHashSet<>();
    private final Set<Version> versionsOfFiles = new TreeSet<>();

    PageCollector(ProjectName project) {
        this.project = project;
    }

    /** Takes a version that the index lists, as it is written there. */
    void version(String version) {
        if (!version.isBlank() && version.length() <= Version.MAX_LENGTH) {
            versions.add(version);
        }
    }

    /** Takes a file whose name may belong to the project; of those of the same name the first counts. */
    void file(DistributionFile file) {
        if (filenames.add(file.filename())) {
            files.add(file);
            DistributionFilename.parse(file.filename(), project)
                    .ifPresent(reading -> versionsOfFiles.add(reading.version()));
        }
    }

    /** The page, its versions being those listed and then those that only files have, in their order. */
    ProjectPage page(ProjectStatus status, OptionalLong serial) {
        List<String> all = new ArrayList<>(versions);
        Set<Version> listed = new HashSet<>();
        for (String version : versions) {
            Version.parse(version).ifPresent(listed::add);
        }
        for (Version version : versionsOfFiles) {
            if (!listed.contains(version)) {
                all.add(version.toString());
            }
        }
        return new ProjectPage(project, status, serial, all, files);
    }

    boolean hasFiles() {
        return !files.isEmpty();
    }

    /** The status of that marker; one that is not known counts as active. */
    static ProjectStatus status(Optional<String> marker, Optional<String> reason) {
        return marker.flatMap(ProjectStatus.Marker::ofWireName)
                .map(known -> new ProjectStatus(known, reason))
                .orElse(ProjectStatus.ACTIVE);
    }
}
