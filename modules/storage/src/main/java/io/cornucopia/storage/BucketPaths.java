package io.cornucopia.storage;

import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.UploadDocument;
import io.cornucopia.core.UploadPlace;
import java.util.Optional;

/**
 * Where things lie in a bucket of uploads.
 *
 * @param prefix what all keys begin with: empty, or ending in a slash
 */
record BucketPaths(String prefix) {
    private static final String DESCRIPTION_SUFFIX = ".json";
    private static final String TOMBSTONE_SUFFIX = ".deleted";

    /** Below it the descriptions of all files, by project. */
    String descriptions() {
        return prefix + "meta/";
    }

    String descriptions(ProjectName project) {
        return descriptions() + project.value() + "/";
    }

    String description(ProjectName project, String filename) {
        return descriptions(project) + filename + DESCRIPTION_SUFFIX;
    }

    /** The document that says that a file was deleted. */
    String tombstone(ProjectName project, String filename) {
        return descriptions(project) + filename + TOMBSTONE_SUFFIX;
    }

    /** The filename that a key among a project's descriptions describes; empty if it is no description. */
    Optional<String> described(ProjectName project, String key) {
        return filename(project, key, DESCRIPTION_SUFFIX);
    }

    /** The filename of which a key among a project's descriptions says that it was deleted; empty if it is no tombstone. */
    Optional<String> buried(ProjectName project, String key) {
        return filename(project, key, TOMBSTONE_SUFFIX);
    }

    private Optional<String> filename(ProjectName project, String key, String suffix) {
        String directory = descriptions(project);
        return key.startsWith(directory) && key.endsWith(suffix)
                ? Optional.of(key.substring(directory.length(), key.length() - suffix.length()))
                        .filter(DistributionFilename::isSafe)
                : Optional.empty();
    }

    /** Apart from the descriptions, so that what lies there tells which projects have uploads. */
    String status(ProjectName project) {
        return prefix + "status/" + project.value() + DESCRIPTION_SUFFIX;
    }

    /** Below it a file, and what lies beside it, of that upload and of no other one. */
    String upload(ProjectName project, UploadPlace place) {
        return prefix + "packages/" + project.value() + "/" + place.id() + "/";
    }

    String file(UploadDocument document) {
        return upload(document.file().project(), document.place().orElseThrow())
                + document.file().filename();
    }

    String beside(UploadDocument document, Companion companion) {
        return file(document) + companion.suffix();
    }

    /** Below it what is on its way. */
    String incoming() {
        return prefix + "incoming/";
    }

    /** The document of an upload or a deletion that is on its way: what is to be in the store when it has happened. */
    String incoming(String id) {
        return incoming() + id + DESCRIPTION_SUFFIX;
    }

    /** What is made to see whether the bucket refuses to make it once more. */
    String probe(String id) {
        return prefix + "probe/" + id;
    }
}
