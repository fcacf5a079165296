package io.cornucopia.acceptance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The real PyPI. Whether it can be reached is asked once; whoever asks for it where it cannot be is skipped. */
final class RealIndex {
    static final String URL = "https://pypi.org/simple/";
    static final String JSON = "application/vnd.pypi.simple.v1+json";

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private static final String UNREACHABLE = whyUnreachable();

    private RealIndex() {}

    static void assumeReachable() {
        assumeTrue(UNREACHABLE.isEmpty(), () -> "the real PyPI cannot be reached from here: " + UNREACHABLE);
    }

    /** A project's page as PyPI itself gives it, JSON. */
    static String page(String project) {
        try {
            return ask(project + "/").body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String whyUnreachable() {
        try {
            int status = ask("six/").statusCode();
            return status == 200 ? "" : URL + "six/ answered " + status;
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static HttpResponse<String> ask(String path) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(URL + path))
                .header("Accept", JSON)
                .timeout(Duration.ofSeconds(30))
                .build();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
