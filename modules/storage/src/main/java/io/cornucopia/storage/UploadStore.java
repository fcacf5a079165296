package io.cornucopia.storage;

import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The durable store of uploads: the only thing to back up. A filename is taken once and for ever: the store itself refuses a
 * second file of that name, also after the first was deleted. What was published survives a crash at any moment; what was
 * not leaves nothing behind that is ever listed.
 *
 * <p>Thread-safe. Every method may be called on any context, completes on the caller's, and blocks nobody. Futures fail with
 * an {@link java.io.IOException} when the store does.
 */
public interface UploadStore {
    /** The longest filename that can be stored: what lies beside a file has a longer name, and file systems end at 255. */
    int LONGEST_FILENAME =
            DistributionFilename.MAX_LENGTH - Companion.ATTESTATIONS.suffix().length();

    /**
     * Makes itself ready: finishes what a crash interrupted after it was decided, and sweeps what was not. It may be called
     * again at any time, for what other processes that shared the store left when they died; nobody who is at work is disturbed.
     *
     * @return the projects of which files have come or gone by that
     */
    Future<Set<ProjectName>> open();

    /** A place for the bytes of an upload that is about to arrive. The caller publishes or discards it. */
    Future<IncomingFile> receive();

    /**
     * Makes an upload durable under its name. Takes over {@code content}, which must be ended, whatever comes of it.
     *
     * @param file its description; its size and SHA-256 are those of {@code content}, it tells of a companion exactly if
     *     {@code beside} has it, and its name is not longer than {@link #LONGEST_FILENAME}: otherwise the future fails with an
     *     {@link IllegalArgumentException}
     * @param beside what is to lie beside it
     * @return whether it is there now, completed only once it is durable
     */
    Future<Publication> publish(IncomingFile content, UploadedFile file, Map<Companion, Buffer> beside);

    /** Every project to which something was ever uploaded, also if all of it was deleted since. */
    Future<Set<ProjectName>> projects();

    /** What is here of a project; empty lists if nothing. Deleted files are not among it. */
    Future<ProjectUploads> read(ProjectName project);

    /**
     * The bytes of a file that was uploaded, with a reference for the caller; empty if there is none. They are whole on a disk of
     * this node, or arrive there from where the store keeps them.
     */
    Future<Optional<FileHandle>> open(ProjectName project, String filename);

    /** The same of what lies beside a file. */
    Future<Optional<FileHandle>> open(ProjectName project, String filename, Companion beside);

    /** Rewrites the description of a file that is here; false if it is not. Only its yank may differ. */
    Future<Boolean> update(UploadedFile file);

    /** Deletes a file; its name stays taken. False if there is none. */
    Future<Boolean> delete(ProjectName project, String filename);

    /** Sets a project's status, also of one to which nothing was uploaded yet. */
    Future<Void> setStatus(ProjectName project, ProjectStatus status);

    /** What came of publishing. */
    sealed interface Publication {
        /** It is durable and has its name. */
        record Done() implements Publication {}

        /**
         * A file of that name is there already; nothing was changed.
         *
         * @param finished whether it has come by this call, in the place of a process that died before it could finish
         */
        record Exists(UploadedFile existing, boolean finished) implements Publication {
            public Exists(UploadedFile existing) {
                this(existing, false);
            }
        }

        /** A file of that name was there and was deleted: the name is not to be had again. */
        record Burned() implements Publication {}
    }
}
