package io.cornucopia.intake;

import io.cornucopia.bus.FailureException;
import io.cornucopia.core.CoreMetadataDocument;
import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.DistributionFilename.Kind;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.MalformedMetadataException;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What was found out about an upload by its form, its filename and what is in it, all three of one opinion.
 *
 * @param filename the filename, read as the project's
 * @param version the version as its metadata writes it
 * @param requiresPython what its metadata says, which goes before the form
 * @param coreMetadata METADATA, of a wheel only
 */
record CheckedUpload(
        DistributionFilename filename, String version, Optional<String> requiresPython, Optional<byte[]> coreMetadata) {
    /** So that the suffixes of what lies beside a file still fit in what file systems take for a name. */
    static final int MAX_FILENAME = 230;

    /**
     * Checks whether the name is one that may be uploaded; the rest is for {@link #of}.
     *
     * @throws FailureException with what is wrong
     */
    static void checkFilename(String filename) {
        if (!DistributionFilename.isSafe(filename) || filename.length() > MAX_FILENAME) {
            throw Refusal.invalid("the filename \"" + ArchiveBounds.shown(filename) + "\" is not one of at most "
                    + MAX_FILENAME + " letters, digits and - _ . +");
        }
        if (!filename.endsWith(".whl") && !filename.endsWith(".tar.gz") && !filename.endsWith(".zip")) {
            throw Refusal.invalid("the filename \"" + filename
                    + "\" ends neither in .whl nor in .tar.gz nor in .zip, which are taken");
        }
    }

    /**
     * The reading of the filename that the form confirms (section G5).
     *
     * @throws FailureException if there is none
     */
    static DistributionFilename reading(String filename, ProjectName project, Optional<Version> version) {
        DistributionFilename reading = DistributionFilename.parse(filename, project)
                .orElseThrow(
                        () -> Refusal.invalid("the filename \"" + filename + "\" is not that of a file of " + project));
        version.filter(said -> !said.equals(reading.version())).ifPresent(said -> {
            throw Refusal.invalid("the filename \"" + filename + "\" is of version " + reading.version()
                    + ", and the form says " + said);
        });
        return reading;
    }

    /**
     * Opens the archive and holds it against the rest. Blocks.
     *
     * @throws FailureException with what is wrong
     */
    static CheckedUpload of(String name, DistributionFilename filename, Optional<String> filetype, Path path) {
        filetype.filter(said -> !said.equals(filename.kind() == Kind.WHEEL ? "bdist_wheel" : "sdist"))
                .ifPresent(said -> {
                    throw Refusal.invalid(
                            "filetype: \"" + ArchiveBounds.shown(said) + "\" is not what " + name + " is");
                });
        ArchiveContents contents = contents(name, filename, path);
        CoreMetadataDocument metadata = contents.metadata();
        if (!metadata.project().equals(filename.project())) {
            throw Refusal.invalid(
                    "the metadata in " + name + " is of project " + metadata.project() + ", not " + filename.project());
        }
        if (!Version.parse(metadata.version()).equals(Optional.of(filename.version()))) {
            throw Refusal.invalid(
                    "the metadata in " + name + " is of version " + metadata.version() + ", not " + filename.version());
        }
        return new CheckedUpload(
                filename,
                metadata.version(),
                metadata.requiresPython(),
                filename.kind() == Kind.WHEEL ? Optional.of(contents.document()) : Optional.empty());
    }

    private static ArchiveContents contents(String name, DistributionFilename filename, Path path) {
        try {
            if (filename.kind() == Kind.WHEEL) {
                return Wheel.read(path, filename);
            }
            return name.endsWith(".zip") ? Sdist.readZip(path, filename) : Sdist.readTarGz(path, filename);
        } catch (FailureException e) {
            throw e;
        } catch (MalformedMetadataException e) {
            throw Refusal.invalid("the metadata in " + name + " cannot be taken: " + e.getMessage());
        } catch (IOException | RuntimeException e) {
            // Whatever a broken archive makes of the library that reads it.
            throw Refusal.invalid(name + " cannot be read as what it is named: "
                    + ArchiveBounds.shown(String.valueOf(e.getMessage())));
        }
    }

    /** The SHA-256 of METADATA, if there is one. */
    Optional<Digest> coreMetadataDigest() {
        return coreMetadata.map(bytes -> {
            try {
                return Digest.of(
                        HashAlgorithm.SHA256,
                        java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
            } catch (java.security.NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        });
    }
}
