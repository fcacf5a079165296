package io.cornucopia.http;

import io.cornucopia.core.ProjectPage;
import io.cornucopia.core.Representation;
import io.cornucopia.core.SimpleHtmlWriter;
import io.cornucopia.core.SimpleJsonWriter;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** Makes bytes of a page. Takes a while with a long one: never on an event loop. */
final class PageRenderer {
    private static final int MIN_LENGTH_TO_CODE = 512;
    private static final int DIGEST_DIGITS = 32;
    private static final int GZIP_LEVEL = 6;

    private final String basePath;
    private final PageFiles files;

    /** @param files for what clients ask for: all that are in use know gzip */
    PageRenderer(String basePath, PageFiles files) {
        this.basePath = basePath;
        this.files = files;
    }

    RenderedPage render(ProjectPage page, String revision, Representation representation) {
        PageLinks links = new PageLinks(basePath, page.name());
        byte[] bytes = representation == Representation.JSON
                ? SimpleJsonWriter.write(page, links)
                : SimpleHtmlWriter.write(page, links);
        Optional<String> serial = page.serial().isPresent()
                ? Optional.of(Long.toString(page.serial().getAsLong()))
                : Optional.empty();
        return new RenderedPage(
                revision,
                digest(bytes),
                serial,
                new PageBytes.InMemory(Buffer.buffer(bytes)),
                gzip(bytes).map(files::keep));
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest).substring(0, DIGEST_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static Optional<byte[]> gzip(byte[] bytes) {
        if (bytes.length < MIN_LENGTH_TO_CODE) {
            return Optional.empty();
        }
        ByteArrayOutputStream coded = new ByteArrayOutputStream(bytes.length / 4);
        try (Gzip gzip = new Gzip(coded)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return coded.size() < bytes.length ? Optional.of(coded.toByteArray()) : Optional.empty();
    }

    /** Gzip of a set level; its header names no time, so the same bytes make the same bytes. */
    private static final class Gzip extends GZIPOutputStream {
        Gzip(ByteArrayOutputStream out) throws IOException {
            super(out);
            def.setLevel(GZIP_LEVEL);
        }
    }
}
