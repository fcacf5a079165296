package io.cornucopia.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.MalformedPageException;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.StatusDocument;
import io.cornucopia.core.UploadDocument;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.storage.Bucket.Document;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in a bucket of uploads. Nothing is taken for what it was: descriptions that were read before are kept in memory, and
 * used again when the bucket says that they are the same still. Thread-safe; everything blocks.
 */
final class BucketContents {
    private static final Logger LOG = LoggerFactory.getLogger(BucketContents.class);
    private static final int DESCRIPTIONS_KEPT = 20_000;

    /** A description in a listing: of which file, in which state. */
    record Entry(String filename, String tag) {}

    /** The names of a project's files, as one listing has them. */
    record Listing(List<Entry> described, Set<String> buried) {}

    /** A description, and the state that it has in the bucket. */
    record Described(UploadDocument document, String tag) {}

    private final Bucket bucket;
    private final BucketPaths paths;
    private final Cache<String, Described> read =
            Caffeine.newBuilder().maximumSize(DESCRIPTIONS_KEPT).build();

    BucketContents(Bucket bucket, BucketPaths paths) {
        this.bucket = bucket;
        this.paths = paths;
    }

    /** What {@link UploadStore#projects} says. */
    Set<ProjectName> projects() throws IOException {
        Set<ProjectName> projects = new HashSet<>();
        for (String name : bucket.directories(paths.descriptions())) {
            ProjectName.parse(name)
                    .filter(project -> project.value().equals(name))
                    .ifPresent(projects::add);
        }
        return projects;
    }

    /** Looks through that project's descriptions, and nobody else's. */
    Listing list(ProjectName project) throws IOException {
        List<Entry> described = new ArrayList<>();
        Set<String> buried = new HashSet<>();
        bucket.list(paths.descriptions(project), one -> {
            paths.described(project, one.key()).ifPresent(filename -> described.add(new Entry(filename, one.tag())));
            paths.buried(project, one.key()).ifPresent(buried::add);
        });
        return new Listing(described, buried);
    }

    /** The files of these entries. One damaged description does not take the other files of its project away. */
    List<UploadedFile> files(ProjectName project, List<Entry> entries) throws IOException {
        List<UploadedFile> files = new ArrayList<>();
        for (Entry entry : entries) {
            Described known = read.getIfPresent(paths.description(project, entry.filename()));
            try {
                Optional<Described> described = known != null && known.tag().equals(entry.tag())
                        ? Optional.of(known)
                        : description(project, entry.filename());
                described.ifPresent(one -> files.add(one.document().file()));
            } catch (BrokenFileException e) {
                LOG.error("{}; this file is not listed", e.getMessage());
            }
        }
        return files;
    }

    /** What was ever uploaded under that name, also if it was deleted since. */
    Optional<Described> description(ProjectName project, String filename) throws IOException {
        String key = paths.description(project, filename);
        Optional<Document> found = bucket.get(key);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Described described = new Described(
                parse(key, found.get(), project, filename), found.get().tag());
        read.put(key, described);
        return Optional.of(described);
    }

    private static UploadDocument parse(String key, Document found, ProjectName project, String filename)
            throws IOException {
        try {
            UploadDocument document = UploadDocument.read(found.input());
            UploadedFile file = document.file();
            if (!file.project().equals(project) || !file.filename().equals(filename)) {
                throw new BrokenFileException(
                        key + " describes another file, " + file.filename() + " of " + file.project());
            }
            if (document.place().isEmpty()) {
                throw new BrokenFileException(key + " does not say where its bytes are: restore it from a backup");
            }
            return document;
        } catch (MalformedPageException e) {
            throw new BrokenFileException(key + " is damaged (" + e.getMessage() + "): restore it from a backup");
        }
    }

    /** Whether that file was deleted. */
    boolean isBuried(ProjectName project, String filename) throws IOException {
        return bucket.has(paths.tombstone(project, filename));
    }

    /** The file of that name, if there is one and it was not deleted. */
    Optional<Described> live(ProjectName project, String filename) throws IOException {
        if (!DistributionFilename.isSafe(filename)) {
            return Optional.empty();
        }
        // In this order: what is not deleted after it was read was there.
        Optional<Described> described = description(project, filename);
        return described.isPresent() && isBuried(project, filename) ? Optional.empty() : described;
    }

    /** The project's status and its state, if it was ever set. */
    Optional<Document> statusDocument(ProjectName project) throws IOException {
        return bucket.get(paths.status(project));
    }

    /** The project's status, if it was ever set. */
    Optional<ProjectStatus> status(ProjectName project) throws IOException {
        Optional<Document> found = statusDocument(project);
        try {
            return found.isPresent()
                    ? Optional.of(StatusDocument.read(found.get().input()))
                    : Optional.empty();
        } catch (MalformedPageException e) {
            throw new BrokenFileException(
                    paths.status(project) + " is damaged (" + e.getMessage() + "): set the project's status again");
        }
    }
}
