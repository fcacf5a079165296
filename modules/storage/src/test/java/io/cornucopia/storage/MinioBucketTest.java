package io.cornucopia.storage;

import static org.junit.jupiter.api.Assumptions.abort;

import io.cornucopia.testkit.S3Server;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("the store in a bucket of MinIO")
class MinioBucketTest extends BucketSuite {
    private static final String BUCKET = "uploads";
    private static S3Server server;

    @BeforeAll
    static void start(@TempDir Path data) {
        Path program = S3Server.minioProgram()
                .orElseGet(() -> abort("MinIO is not here; with Go: go install github.com/minio/minio@latest"));
        server = S3Server.minio(program, data);
        server.makeBucket(BUCKET);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected URI endpoint() {
        return URI.create(server.url());
    }

    @Override
    protected String bucket() {
        return BUCKET;
    }
}
