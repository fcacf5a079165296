package io.cornucopia.http;

import io.cornucopia.storage.FileFacts;
import io.cornucopia.storage.StoredFile;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.OptionalLong;

/** The headers of files, which never change under their name. */
final class FileHeaders {
    private static final CharSequence FOR_EVER = HttpHeaders.createOptimized("public, immutable, max-age=31536000");
    private static final CharSequence FOR_EVER_PRIVATE =
            HttpHeaders.createOptimized("private, immutable, max-age=31536000");
    private static final CharSequence BYTES = HttpHeaders.createOptimized("bytes");
    private static final CharSequence NOSNIFF_NAME = HttpHeaders.createOptimized("x-content-type-options");
    private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");
    private static final CharSequence DISPOSITION = HttpHeaders.createOptimized("content-disposition");
    private static final CharSequence CONTENT_RANGE = HttpHeaders.createOptimized("content-range");

    private FileHeaders() {}

    static FileFacts facts(StoredFile file) {
        return new FileFacts(
                file.filename(), OptionalLong.of(file.size()), file.sha256(), Optional.of(file.lastModified()));
    }

    static Optional<String> etag(FileFacts facts) {
        return facts.sha256().map(digest -> '"' + digest.hex() + '"');
    }

    /** Begins the answer that {@code plan} is. */
    static void begin(Exchange exchange, FilePlan plan, FileFacts facts, String contentType) {
        if (plan instanceof FilePlan.Unsatisfiable unsatisfiable) {
            exchange.begin(416)
                    .putHeader(CONTENT_RANGE, "bytes */" + unsatisfiable.length())
                    .putHeader(HttpHeaders.ACCEPT_RANGES, BYTES)
                    .putHeader(HttpHeaders.CACHE_CONTROL, Exchange.NO_STORE);
            return;
        }
        if (plan instanceof FilePlan.NotModified) {
            validators(exchange, exchange.begin(304), facts);
            return;
        }
        HttpServerResponse response = exchange.begin(plan instanceof FilePlan.Part ? 206 : 200);
        validators(exchange, response, facts);
        response.putHeader(HttpHeaders.CONTENT_TYPE, contentType)
                .putHeader(DISPOSITION, "attachment; filename=\"" + quotable(facts.filename()) + '"')
                .putHeader(NOSNIFF_NAME, NOSNIFF)
                .putHeader(HttpHeaders.ACCEPT_RANGES, BYTES);
        if (plan instanceof FilePlan.Part part) {
            response.putHeader(CONTENT_RANGE, "bytes " + part.from() + '-' + (part.to() - 1) + '/' + part.length());
        }
    }

    private static void validators(Exchange exchange, HttpServerResponse response, FileFacts facts) {
        response.putHeader(HttpHeaders.CACHE_CONTROL, exchange.isPrivate() ? FOR_EVER_PRIVATE : FOR_EVER);
        etag(facts).ifPresent(etag -> response.putHeader(HttpHeaders.ETAG, etag));
        facts.lastModified()
                .ifPresent(moment -> response.putHeader(HttpHeaders.LAST_MODIFIED, HttpDates.format(moment)));
    }

    // Names are checked long before; this keeps a quoted string one even if a check should slip.
    private static String quotable(String filename) {
        StringBuilder safe = new StringBuilder(filename.length());
        for (int i = 0; i < filename.length(); i++) {
            char c = filename.charAt(i);
            safe.append(c < 0x20 || c > 0x7e || c == '"' || c == '\\' ? '_' : c);
        }
        return safe.toString();
    }
}
