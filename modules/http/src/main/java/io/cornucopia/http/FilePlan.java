package io.cornucopia.http;

import io.cornucopia.storage.FileFacts;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.MultiMap;
import java.util.Optional;

/** What to answer to a request for a file. */
sealed interface FilePlan {
    /** That the client has it already. */
    record NotModified() implements FilePlan {}

    /** That there are no such bytes. */
    record Unsatisfiable(long length) implements FilePlan {}

    /** All of it. */
    record Whole() implements FilePlan {}

    /** Bytes {@code from} to before {@code to}, of {@code length} in all. */
    record Part(long from, long to, long length) implements FilePlan {}

    /** Works it out. While the length is not known, a range cannot be answered and is passed over. */
    static FilePlan of(MultiMap headers, FileFacts facts) {
        Optional<String> etag = FileHeaders.etag(facts);
        if (Preconditions.isNotModified(headers, etag, facts.lastModified())) {
            return new NotModified();
        }
        String range = headers.get(HttpHeaderNames.RANGE);
        if (range == null
                || facts.size().isEmpty()
                || !Preconditions.isRangeWanted(headers, etag, facts.lastModified())) {
            return new Whole();
        }
        long length = facts.size().getAsLong();
        ByteRange asked = ByteRange.of(range, length);
        if (asked instanceof ByteRange.Part part) {
            return new Part(part.from(), part.to(), length);
        }
        return asked instanceof ByteRange.Unsatisfiable ? new Unsatisfiable(length) : new Whole();
    }
}
