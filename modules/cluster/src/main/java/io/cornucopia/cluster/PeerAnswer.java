package io.cornucopia.cluster;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What another node has of a file or page. The head is as that node sent it; whether the bytes are what they should be is for
 * the caller to find out.
 *
 * @param from the position of the body's first byte: what was asked for, or 0 if the length is not known there yet
 * @param size how long the whole of it is, if that is known
 * @param sha256 what all of it hashes to, in lower-case hex, if that is known
 * @param revision of the page in it; of pages only
 * @param upstreamTag the strong ETag, in its quotes, that upstream gave to a file that is arriving
 * @param body paused; consume or discard it
 */
public record PeerAnswer(
        long from,
        OptionalLong size,
        Optional<String> sha256,
        Optional<String> revision,
        Optional<String> upstreamTag,
        PeerBody body) {
    public PeerAnswer {
        Objects.requireNonNull(size, "size");
        Objects.requireNonNull(sha256, "sha256");
        Objects.requireNonNull(revision, "revision");
        Objects.requireNonNull(upstreamTag, "upstreamTag");
        Objects.requireNonNull(body, "body");
    }
}
