package io.cornucopia.testkit;

import java.time.Instant;
import java.util.Optional;

/**
 * A distribution file to put into an index.
 *
 * @param project the project's name as its owner spells it
 * @param filename the file's name
 * @param content its bytes
 * @param metadata its METADATA, for wheels that have one
 * @param requiresPython what the index says it needs
 * @param uploadTime what the index says about its upload
 * @param yanked why it was yanked (perhaps empty), if it was
 */
public record GoldenFile(
        String project,
        String filename,
        Content content,
        Optional<byte[]> metadata,
        Optional<String> requiresPython,
        Optional<Instant> uploadTime,
        Optional<String> yanked) {

    /** An opaque file of {@code size} bytes, whatever its name says it is. */
    public static GoldenFile blob(String project, String filename, long size, long seed) {
        return new GoldenFile(
                project,
                filename,
                Content.random(seed, size),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** What its bytes hash to, in lower-case hexadecimal. */
    public String sha256() {
        return content.sha256();
    }
}
