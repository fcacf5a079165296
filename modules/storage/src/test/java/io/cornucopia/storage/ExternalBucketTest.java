package io.cornucopia.storage;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

/**
 * Against any S3 server that speaks plain HTTP: {@code -Dcornucopia.s3.endpoint=http://host:port -Dcornucopia.s3.bucket=…
 * -Dcornucopia.s3.access_key=… -Dcornucopia.s3.secret_key=…}. What it leaves there lies below {@code test-…/}.
 */
@DisplayName("the store in a bucket of a server that the caller names")
class ExternalBucketTest extends BucketSuite {
    private static final String ENDPOINT = System.getProperty("cornucopia.s3.endpoint", "");

    @BeforeAll
    static void start() {
        assumeTrue(
                !ENDPOINT.isEmpty(),
                "no S3 server is named: -Dcornucopia.s3.endpoint, .bucket, .access_key and .secret_key do that");
        be(property("access_key"), property("secret_key"));
    }

    private static String property(String name) {
        return System.getProperty("cornucopia.s3." + name, "");
    }

    @Override
    protected URI endpoint() {
        return URI.create(ENDPOINT);
    }

    @Override
    protected String bucket() {
        return property("bucket");
    }
}
