package io.cornucopia.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Writes a tar archive of files and links, also of ones that no honest archive has. */
public final class RawTar {

    private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

    /** Adds a file. */
    public RawTar file(String path, byte[] content) {
        Tar.append(tar, path, '0', "", content);
        return this;
    }

    /** Adds a file of text. */
    public RawTar file(String path, String text) {
        return file(path, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a symbolic link. */
    public RawTar symlink(String path, String target) {
        Tar.append(tar, path, '2', target, new byte[0]);
        return this;
    }

    /** The archive. */
    public byte[] plain() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(tar.toByteArray());
        whole.writeBytes(Tar.end());
        return whole.toByteArray();
    }

    /** The archive, compressed. */
    public byte[] gzipped() {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
