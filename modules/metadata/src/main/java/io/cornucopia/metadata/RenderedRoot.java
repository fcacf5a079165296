package io.cornucopia.metadata;

import io.cornucopia.bus.RootAnswer;
import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectList;
import io.cornucopia.core.Representation;
import io.cornucopia.core.SimpleRootWriter;
import io.cornucopia.storage.StoredFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;

/**
 * The root list, written to a file in one variant.
 *
 * @param path where it lies; it may have been deleted
 * @param body its bytes, which stay readable then
 * @param tag what its content hashes to, whatever the coding: equal on every node
 */
record RenderedRoot(RootVariant variant, Path path, StoredFile body, String tag) {
    private static final int TAG_LENGTH = 32;

    /** Writes the list. Blocks, and needs no more memory for more names. */
    static RenderedRoot write(
            Path directory,
            AtomicWrite writes,
            RootVariant variant,
            ProjectList projects,
            String simplePath,
            Instant now)
            throws IOException {
        MessageDigest content = sha256();
        MessageDigest coded = sha256();
        // A name that no other node can take, whose list may be the same: whoever gives its own up deletes it.
        Path path = writes.ownIn(directory, variant.suffix());
        try {
            try (OutputStream file = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW);
                    OutputStream outer = new DigestOutputStream(new BufferedOutputStream(file, 1 << 16), coded);
                    OutputStream coding = variant.gzip() ? new GZIPOutputStream(outer, 1 << 16) : outer;
                    OutputStream inner = new BufferedOutputStream(new DigestOutputStream(coding, content), 1 << 16)) {
                if (variant.json()) {
                    SimpleRootWriter.writeJson(projects, OptionalLong.empty(), inner);
                } else {
                    SimpleRootWriter.writeHtml(projects, simplePath, inner);
                }
            }
            String tag = Digest.of(HashAlgorithm.SHA256, content.digest()).hex().substring(0, TAG_LENGTH);
            Digest sha256 = Digest.of(HashAlgorithm.SHA256, coded.digest());
            long size = Files.size(path);
            StoredFile body = new StoredFile(
                    path.getFileName().toString(),
                    FileChannel.open(path, StandardOpenOption.READ),
                    size,
                    sha256,
                    now.truncatedTo(ChronoUnit.SECONDS));
            return new RenderedRoot(variant, path, body, tag);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /** An answer with a reference of its own; empty if this was given up. */
    Optional<RootAnswer> answer(Representation representation, Instant checkedAt, BooleanSupplier holds) {
        if (!body.retain()) {
            return Optional.empty();
        }
        String etag = '"'
                + tag
                + (representation == Representation.TEXT_HTML ? "-text" : "")
                + (variant.gzip() ? "-gzip" : "")
                + '"';
        return Optional.of(new RootAnswer(body, etag, checkedAt, holds));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
