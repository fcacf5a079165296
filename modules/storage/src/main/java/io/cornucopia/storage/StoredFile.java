package io.cornucopia.storage;

import io.cornucopia.core.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A whole file, open for reading by many at once. It stays readable when its name is removed from the disk.
 *
 * <p>Its channel closes with the last reference. Safe for use from any thread; nothing here blocks except the
 * {@link #close()} of the last reference, which closes a descriptor.
 */
public final class StoredFile implements FileHandle {
    private final String filename;
    private final FileChannel channel;
    private final long size;
    private final Optional<Digest> sha256;
    private final Instant lastModified;
    private final AtomicInteger references = new AtomicInteger(1);

    /**
     * Takes over {@code channel}; the caller holds the first reference.
     *
     * @param size in bytes
     * @param sha256 what its bytes hash to: the file's identity, and its ETag
     * @param lastModified to the second; when it was uploaded to where it comes from, if that is known
     */
    public StoredFile(String filename, FileChannel channel, long size, Digest sha256, Instant lastModified) {
        this(filename, channel, size, Optional.of(sha256), lastModified);
    }

    /** One that nobody may have read through yet. */
    StoredFile(String filename, FileChannel channel, long size, Optional<Digest> sha256, Instant lastModified) {
        this.filename = Objects.requireNonNull(filename, "filename");
        this.channel = Objects.requireNonNull(channel, "channel");
        this.size = size;
        this.sha256 = Objects.requireNonNull(sha256, "sha256");
        this.lastModified = Objects.requireNonNull(lastModified, "lastModified");
    }

    @Override
    public String filename() {
        return filename;
    }

    /** The open channel; read it by absolute positions only, and only while holding a reference. */
    public FileChannel channel() {
        return channel;
    }

    /** Its length in bytes. */
    public long size() {
        return size;
    }

    /** What its bytes hash to; empty only in one that was opened unread ({@link FileCache#openUnread}). */
    public Optional<Digest> sha256() {
        return sha256;
    }

    /** When it was last modified, to the second. */
    public Instant lastModified() {
        return lastModified;
    }

    /**
     * Takes one more reference.
     *
     * @return whether it was to be had: false once the last one was given back
     */
    public boolean retain() {
        return references.getAndUpdate(count -> count == 0 ? 0 : count + 1) != 0;
    }

    @Override
    public void close() {
        int left = references.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("given back more often than taken: " + filename);
        }
        if (left == 0) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot close " + filename, e);
            }
        }
    }
}
