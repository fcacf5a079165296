package io.cornucopia.server;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The index that a {@link Rehearsal} mirrors: one project with one file. */
final class RehearsalUpstream {
    static final String FILENAME = "rehearsal-1.0-py3-none-any.whl";

    private static final byte[] FILE = new byte[300_000];
    private static final byte[] METADATA =
            "Metadata-Version: 2.1\nName: rehearsal\nVersion: 1.0\n".getBytes(StandardCharsets.UTF_8);

    private RehearsalUpstream() {}

    /** @return the port of 127.0.0.1 that it listens on, until {@code vertx} is closed */
    static Future<Integer> start(Vertx vertx) {
        return vertx.createHttpServer()
                .requestHandler(RehearsalUpstream::answer)
                .listen(0, "127.0.0.1")
                .map(HttpServer::actualPort);
    }

    private static void answer(HttpServerRequest request) {
        switch (request.path()) {
            case "/simple/rehearsal/" ->
                request.response()
                        .putHeader("Content-Type", "application/vnd.pypi.simple.v1+json")
                        .putHeader("ETag", "\"rehearsal\"")
                        .end(page());
            case "/files/" + FILENAME -> request.response().end(Buffer.buffer(FILE));
            case "/files/" + FILENAME + ".metadata" -> request.response().end(Buffer.buffer(METADATA));
            default -> request.response().setStatusCode(404).end();
        }
    }

    private static String page() {
        return """
                {"meta": {"api-version": "1.4"}, "name": "rehearsal", "versions": ["1.0"],
                 "files": [{"filename": "%1$s", "url": "/files/%1$s", "size": %2$d, "requires-python": ">=3",
                            "hashes": {"sha256": "%3$s"}, "core-metadata": {"sha256": "%4$s"},
                            "upload-time": "2024-01-02T03:04:05.678901Z", "yanked": false}]}
                """.formatted(FILENAME, FILE.length, sha256(FILE), sha256(METADATA));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
