package io.cornucopia.storage;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import io.cornucopia.testkit.ClientTools;
import io.cornucopia.testkit.HttpFaultProxy;
import io.cornucopia.testkit.S3Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the store in a bucket of moto")
class MotoBucketTest extends BucketSuite {
    private static final String BUCKET = "uploads";
    private static S3Server server;

    @BeforeAll
    static void start() {
        ClientTools.Preparation preparation = ClientTools.prepareServers(Path.of("..", "testkit", "target", "servers"));
        if (preparation instanceof ClientTools.Unavailable unavailable) {
            abort("moto, the S3 server of these tests, cannot be had here: " + unavailable.reason());
        }
        server = S3Server.moto(((ClientTools.Prepared) preparation).tools(), Path.of("target", "moto"));
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

    @Test
    @DisplayName("a bucket that would make anew what is there is not used")
    void makesAnew() {
        // Of moto alone: who looks at signatures sees that a header is missing.
        HttpFaultProxy proxy = proxy();
        proxy.act(asked -> new HttpFaultProxy.Act.Without("If-None-Match"));
        assertThatThrownBy(
                        () -> get(newStore(URI.create(proxy.url()), BUCKET, 0).open()))
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("If-None-Match")
                .hasMessageContaining(BUCKET);
    }
}
