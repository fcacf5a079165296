package io.cornucopia.storage;

import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.StatusDocument;
import io.cornucopia.core.UploadDocument;
import io.cornucopia.core.UploadedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done to files in the directory of uploads, and to projects. The tombstone of a file that goes is made in a stage, and
 * renamed over the description under a second name. Its stage then says, as that of a file that comes does, that bytes and
 * companions are to be removed. The tombstone keeps the filename taken. Thread-safe; everything blocks.
 */
final class DirectoryChanges {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryChanges.class);

    private final DirectoryPaths paths;
    private final DurableDirectories directories;
    private final DirectoryContents contents;
    private final DirectoryStages stages;
    private final DirectoryRecovery recovery;

    DirectoryChanges(
            DirectoryPaths paths,
            DurableDirectories directories,
            DirectoryContents contents,
            DirectoryStages stages,
            DirectoryRecovery recovery) {
        this.paths = paths;
        this.directories = directories;
        this.contents = contents;
        this.stages = stages;
        this.recovery = recovery;
    }

    /** What {@link UploadStore#update} says. */
    boolean update(UploadedFile changed) throws IOException {
        return contents.here(changed.project(), changed.filename()).isPresent()
                && ProjectLock.holding(paths.lock(changed.project()), () -> updateLocked(changed));
    }

    private boolean updateLocked(UploadedFile changed) throws IOException {
        Optional<UploadedFile> file = contents.here(changed.project(), changed.filename());
        if (file.isEmpty()) {
            return false;
        }
        Fit.checkChange(file.get(), changed);
        replace(
                paths.description(changed.project(), changed.filename()),
                UploadDocument.of(changed).write());
        return true;
    }

    /** What {@link UploadStore#setStatus} says. */
    void setStatus(ProjectName project, ProjectStatus status) throws IOException {
        replace(paths.status(project), StatusDocument.write(status));
    }

    private void replace(Path document, byte[] bytes) throws IOException {
        directories.make(document.getParent());
        Stage stage = stages.begin();
        try {
            DurableDirectories.write(stage.replacement(), bytes);
            Files.move(stage.replacement(), document, StandardCopyOption.ATOMIC_MOVE);
            DurableDirectories.sync(document.getParent());
        } finally {
            stage.remove();
        }
    }

    /** What {@link UploadStore#delete} says. */
    boolean delete(ProjectName project, String filename, Instant now) throws IOException {
        return contents.here(project, filename).isPresent()
                && ProjectLock.holding(paths.lock(project), () -> deleteLocked(project, filename, now));
    }

    private boolean deleteLocked(ProjectName project, String filename, Instant now) throws IOException {
        Optional<UploadedFile> file = contents.here(project, filename);
        if (file.isEmpty()) {
            return false;
        }
        Path description = paths.description(project, filename);
        Stage stage = stages.begin();
        try {
            DurableDirectories.write(
                    stage.description(),
                    UploadDocument.tombstone(file.get(), now).write());
            Files.createLink(stage.replacement(), stage.description());
            stage.sync();
            Files.move(stage.replacement(), description, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            stage.remove();
            throw e;
        }
        try {
            DurableDirectories.sync(description.getParent());
            recovery.removeFiles(file.get());
        } catch (IOException | RuntimeException e) {
            LOG.error("{}: is deleted, and its bytes cannot be removed; the next start tries again", filename, e);
            stage.leave();
            throw e;
        }
        stage.remove();
        return true;
    }
}
