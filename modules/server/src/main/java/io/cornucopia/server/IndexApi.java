package io.cornucopia.server;

import io.cornucopia.core.UrlPath;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The JSON API of a running index, as commands call it. Every call blocks. */
final class IndexApi {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final URI url;
    private final String token;
    private final HttpClient client;

    /**
     * @param url where the index is, with its base path
     * @param token sent to that place only: redirects are not followed
     * @param authority a PEM file with the only authorities to trust; empty: those that Java trusts
     * @throws CommandFailedException if {@code authority} cannot be used
     */
    IndexApi(URI url, String token, Optional<Path> authority) throws CommandFailedException {
        this.url = Objects.requireNonNull(url, "url");
        this.token = Objects.requireNonNull(token, "token");
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT);
        if (authority.isPresent()) {
            builder.sslContext(trusting(authority.get()));
        }
        client = builder.build();
    }

    /**
     * Asks for one thing.
     *
     * @param segments what the path is made of, below {@code /api/}
     * @throws CommandFailedException with what the server said, or why it said nothing
     */
    JsonObject call(String method, Optional<JsonObject> body, String... segments) throws CommandFailedException {
        String path = Stream.of(segments).map(UrlPath::encodeSegment).reduce("/api", (a, b) -> a + "/" + b);
        URI target = URI.create(url.toString().replaceAll("/+$", "") + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(target)
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token)
                .header("Accept", "application/json")
                .method(
                        method,
                        body.map(json -> BodyPublishers.ofString(json.encode())).orElseGet(BodyPublishers::noBody));
        body.ifPresent(json -> request.header("Content-Type", "application/json"));
        try {
            return result(client.send(request.build(), BodyHandlers.ofString()));
        } catch (ConnectException e) {
            throw new CommandFailedException(url + " cannot be reached; is the server up, and --url right?", e);
        } catch (IOException e) {
            throw new CommandFailedException(url + " did not answer (" + e + ")", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }

    private JsonObject result(HttpResponse<String> response) throws CommandFailedException {
        Optional<JsonObject> json = json(response.body());
        int status = response.statusCode();
        if (status == 200 && json.isPresent()) {
            return json.get();
        }
        if (status == 200) {
            throw new CommandFailedException(url + " answered with something other than JSON; is --url right?", null);
        }
        Optional<String> location = response.headers().firstValue("Location");
        if (status / 100 == 3 && location.isPresent()) {
            throw new CommandFailedException(
                    url + " redirects to " + plain(location.get())
                            + ", which is not followed since the token would go there; put it into --url if it is right",
                    null);
        }
        String said = json.flatMap(object -> Stream.of("message", "error")
                        .map(object::getValue)
                        .filter(Objects::nonNull)
                        .findFirst())
                .map(text -> plain(text.toString()))
                .orElse(url + " answered with status " + status);
        throw new CommandFailedException(said, null);
    }

    private static Optional<JsonObject> json(String body) {
        try {
            return Optional.of(new JsonObject(body));
        } catch (DecodeException e) {
            return Optional.empty();
        }
    }

    /** Without what would move the cursor of a terminal. */
    static String plain(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    private static SSLContext trusting(Path authority) throws CommandFailedException {
        try (InputStream pem = Files.newInputStream(authority)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int count = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                trusted.setCertificateEntry("authority-" + count++, certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new CommandFailedException(
                    "--ca: " + authority + " cannot be read as certificates in PEM (" + e + ")", e);
        }
    }
}
