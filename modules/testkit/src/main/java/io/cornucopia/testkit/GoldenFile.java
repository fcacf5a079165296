package io.cornucopia.testkit;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A distribution file as an index would hold it.
 *
 * @param project the normalised name of its project
 * @param filename its name
 * @param content its bytes
 * @param metadata the bytes of its METADATA, for a wheel whose index serves them
 * @param requiresPython what it says about the Python that it needs
 * @param uploadTime when it is said to have been uploaded
 * @param yanked why it was yanked, empty text for no reason given
 */
public record GoldenFile(
        String project,
        String filename,
        Content content,
        Optional<byte[]> metadata,
        Optional<String> requiresPython,
        Optional<Instant> uploadTime,
        Optional<String> yanked) {

    private static final Pattern SDIST =
            Pattern.compile("(?<stem>.+?)(?:\\.tar\\.gz|\\.tgz|\\.zip|\\.tar\\.bz2|\\.tar\\.xz|\\.tar|\\.egg|\\.exe)");

    /** A large opaque file, made up from its seed whenever it is read. */
    public static GoldenFile blob(String project, String filename, long size, long seed) {
        return of(project, filename, Content.random(seed, size));
    }

    /** A file that says nothing about itself. */
    public static GoldenFile of(String project, String filename, Content content) {
        return new GoldenFile(
                GoldenNames.normalised(project),
                filename,
                content,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The SHA-256 of its bytes, in lower-case hex. */
    public String sha256() {
        return content.sha256();
    }

    /** How long it is. */
    public long size() {
        return content.length();
    }

    /** All its bytes, in memory. */
    public byte[] bytes() {
        return content.bytes();
    }

    /** The version that its name speaks of. */
    public String version() {
        if (isWheel()) {
            return filename.split("-", -1)[1];
        }
        Matcher sdist = SDIST.matcher(filename);
        String stem = sdist.matches() ? sdist.group("stem") : filename;
        return stem.substring(stem.lastIndexOf('-') + 1);
    }

    /** Whether its name is a wheel's. */
    public boolean isWheel() {
        return filename.endsWith(".whl");
    }

    /** The same file with other bytes. */
    public GoldenFile withContent(Content other) {
        return new GoldenFile(project, filename, other, metadata, requiresPython, uploadTime, yanked);
    }

    /** The same file with this METADATA beside it. */
    public GoldenFile withMetadata(byte[] bytes) {
        return new GoldenFile(project, filename, content, Optional.of(bytes), requiresPython, uploadTime, yanked);
    }

    /** The same file, needing this Python. */
    public GoldenFile withRequiresPython(String specifier) {
        return new GoldenFile(project, filename, content, metadata, Optional.of(specifier), uploadTime, yanked);
    }

    /** The same file, uploaded then. */
    public GoldenFile withUploadTime(Instant time) {
        return new GoldenFile(project, filename, content, metadata, requiresPython, Optional.of(time), yanked);
    }

    /** The same file, yanked; the reason may be empty. */
    public GoldenFile withYanked(String reason) {
        return new GoldenFile(project, filename, content, metadata, requiresPython, uploadTime, Optional.of(reason));
    }
}
