package io.cornucopia.storage;

import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.MalformedPageException;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.StatusDocument;
import io.cornucopia.core.UploadDocument;
import io.cornucopia.core.UploadedFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in the directory of uploads. A file is there if it has a description that is no tombstone, and its bytes lie under
 * their name. Thread-safe; everything blocks.
 */
final class DirectoryContents {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryContents.class);

    private final DirectoryPaths paths;
    private final StoreInPlace inPlace;

    DirectoryContents(DirectoryPaths paths, StoreInPlace inPlace) {
        this.paths = paths;
        this.inPlace = inPlace;
    }

    /** What {@link UploadStore#projects} says. */
    Set<ProjectName> projects() throws IOException {
        inPlace.check();
        Set<ProjectName> projects = new HashSet<>();
        for (String name : names(paths.descriptions())) {
            Optional<ProjectName> project =
                    ProjectName.parse(name).filter(parsed -> parsed.value().equals(name));
            if (project.isPresent()
                    && names(paths.descriptions(project.get())).stream()
                            .anyMatch(file -> DirectoryPaths.described(file).isPresent())) {
                projects.add(project.get());
            }
        }
        return Set.copyOf(projects);
    }

    /** What {@link UploadStore#read} says. */
    ProjectUploads read(ProjectName project) throws IOException {
        inPlace.check();
        Set<String> present = Set.copyOf(names(paths.files(project)));
        List<UploadedFile> files = new ArrayList<>();
        Set<String> burned = new HashSet<>();
        boolean everUploaded = false;
        for (String name : names(paths.descriptions(project))) {
            Optional<String> filename = DirectoryPaths.described(name);
            if (filename.isPresent()) {
                everUploaded = true;
                Optional<UploadDocument> document = described(project, filename.get());
                document.flatMap(UploadDocument::live)
                        .filter(file -> present.contains(file.filename()))
                        .ifPresent(files::add);
                if (document.isPresent() && document.get().deleted().isPresent()) {
                    burned.add(filename.get());
                }
            }
        }
        return new ProjectUploads(project, status(project), everUploaded, files, burned);
    }

    /** One damaged description does not take the other files of its project away. */
    private Optional<UploadDocument> described(ProjectName project, String filename) throws IOException {
        try {
            return description(project, filename);
        } catch (BrokenFileException e) {
            LOG.error("{}; this file is not listed", e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<ProjectStatus> status(ProjectName project) throws IOException {
        Path path = paths.status(project);
        try {
            return Optional.of(StatusDocument.read(input(path)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (MalformedPageException e) {
            throw new BrokenFileException(
                    path + " is damaged (" + e.getMessage() + "): set the project's status again");
        }
    }

    /** What was ever uploaded under that name, also if it was deleted since. */
    Optional<UploadDocument> description(ProjectName project, String filename) throws IOException {
        Path path = paths.description(project, filename);
        try {
            UploadDocument document = UploadDocument.read(input(path));
            UploadedFile file = document.file();
            // Where the file system does not tell upper from lower case, a name is taken in every spelling.
            if (!file.project().equals(project) || !file.filename().equalsIgnoreCase(filename)) {
                throw new BrokenFileException(
                        path + " describes another file, " + file.filename() + " of " + file.project());
            }
            return Optional.of(document);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (MalformedPageException e) {
            throw new BrokenFileException(path + " is damaged (" + e.getMessage() + "): restore it from a backup");
        }
    }

    /** A document to be read. */
    static ByteArrayInputStream input(Path path) throws IOException {
        return new ByteArrayInputStream(Files.readAllBytes(path));
    }

    /** The names in a directory; none if it is not there. */
    static List<String> names(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                names.add(entry.getFileName().toString());
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    /** What {@link UploadStore#open(ProjectName, String)} says. */
    Optional<StoredFile> open(ProjectName project, String filename) throws IOException {
        Optional<UploadedFile> described = live(project, filename);
        if (described.isEmpty()) {
            return Optional.empty();
        }
        UploadedFile file = described.get();
        return open(paths.file(project, filename), channel -> {
            long size = channel.size();
            if (size != file.size()) {
                throw new BrokenFileException(paths.file(project, filename) + " has " + size
                        + " bytes where its description says " + file.size() + ": restore it from a backup");
            }
            return new StoredFile(filename, channel, size, file.sha256(), lastModified(file));
        });
    }

    /** What {@link UploadStore#open(ProjectName, String, Companion)} says. */
    Optional<StoredFile> open(ProjectName project, String filename, Companion beside) throws IOException {
        Optional<UploadedFile> described = live(project, filename).filter(beside::isDescribed);
        if (described.isEmpty() || !Files.exists(paths.file(project, filename))) {
            return Optional.empty();
        }
        UploadedFile file = described.get();
        Path path = paths.beside(project, filename, beside);
        return open(path, channel -> {
            // Small enough to be read through whenever it is opened; only of metadata it is known what it has to hash
            // to.
            Digest digest = FileVerification.sha256(read(channel));
            if (beside == Companion.CORE_METADATA && !file.coreMetadata().equals(Optional.of(digest))) {
                throw new BrokenFileException(path + " has " + digest + " where the description of its file says "
                        + file.coreMetadata().orElseThrow() + ": restore it from a backup");
            }
            return new StoredFile(filename + beside.suffix(), channel, channel.size(), digest, lastModified(file));
        });
    }

    private Optional<UploadedFile> live(ProjectName project, String filename) throws IOException {
        inPlace.check();
        return DistributionFilename.isSafe(filename)
                ? description(project, filename)
                        .flatMap(UploadDocument::live)
                        .filter(file -> file.filename().equals(filename))
                : Optional.empty();
    }

    private static Instant lastModified(UploadedFile file) {
        return file.uploadTime().truncatedTo(ChronoUnit.SECONDS);
    }

    private interface Opened {
        StoredFile file(FileChannel channel) throws IOException;
    }

    private static Optional<StoredFile> open(Path path, Opened opened) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            return Optional.of(opened.file(channel));
        } catch (IOException | RuntimeException e) {
            channel.close();
            if (e instanceof BrokenFileException) {
                LOG.error("{}; it is not served", e.getMessage());
            }
            throw e;
        }
    }

    private static byte[] read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
            // Read on.
        }
        return bytes.array();
    }

    /** The file of that name, if it is there. */
    Optional<UploadedFile> here(ProjectName project, String filename) throws IOException {
        return live(project, filename).filter(file -> Files.exists(paths.file(project, filename)));
    }
}
