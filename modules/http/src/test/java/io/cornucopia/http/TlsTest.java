package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.cornucopia.access.Permission;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.PageAnswer.Origin;
import io.cornucopia.storage.Download;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** HTTPS: over HTTP/2 and HTTP/1.1 everything is as it is without. */
class TlsTest {
    private static final String WHEEL = "demo-1.0-py3-none-any.whl";

    @TempDir
    private Path directory;

    private final List<String> certificates = new CopyOnWriteArrayList<>();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private HttpSettings.Tls tls;
    private Site site;
    private String token;

    @BeforeEach
    void start() throws Exception {
        logged.start();
        ((Logger) LoggerFactory.getLogger(IdentityWatch.class)).addAppender(logged);
        tls = TlsFiles.in(directory);
        TlsFiles.write(tls, "first", true, true);
        site = new Site(
                directory, "", HttpSettings.Readers.TOKEN, new HttpSettings.Upload(true, 1 << 20), Optional.of(tls));
        token = site.token("secret", Map.of(Permission.READ, List.of("*"), Permission.UPLOAD, List.of("*")));
    }

    @AfterEach
    void stop() {
        site.close();
        ((Logger) LoggerFactory.getLogger(IdentityWatch.class)).detachAppender(logged);
    }

    private boolean isLogged(String text) {
        return List.copyOf(logged.list).stream()
                .anyMatch(event -> event.getFormattedMessage().contains(text));
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private HttpClient client(Version version) throws Exception {
        return HttpClient.newBuilder()
                .version(version)
                .sslContext(TlsFiles.trusting(certificate ->
                        certificates.add(certificate.getSubjectX500Principal().getName())))
                .build();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + site.port() + path))
                .header("Authorization", token.substring("Authorization: ".length()));
    }

    private HttpResponse<byte[]> get(HttpClient client, String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofByteArray());
    }

    private HttpRequest upload(byte[] form) {
        return request("/legacy/")
                .header("Content-Type", Form.TYPE.substring("Content-Type: ".length()))
                .POST(BodyPublishers.ofByteArray(form))
                .build();
    }

    @ParameterizedTest
    @DisplayName("E1 pages and files over HTTP/1.1 and HTTP/2, of one connection")
    @EnumSource(Version.class)
    void answers(Version version) throws Exception {
        byte[] large = bytes(5 << 20);
        site.files.put(WHEEL, large);
        site.page("demo", 3000, Origin.UPSTREAM, "r1");
        HttpClient client = client(version);
        HttpResponse<byte[]> file = get(client, "/packages/" + WHEEL);
        assertThat(file.version()).isEqualTo(version);
        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(file.body()).isEqualTo(large);
        assertThat(file.headers().firstValue("content-length")).contains(Integer.toString(large.length));
        HttpResponse<byte[]> part = client.send(
                request("/packages/" + WHEEL).header("Range", "bytes=10-99999").build(), BodyHandlers.ofByteArray());
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(large, 10, 100_000));
        HttpResponse<byte[]> page = get(client, "/simple/demo/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body().length).isGreaterThan(100_000);
        assertThat(get(client, "/simple/").statusCode()).isEqualTo(200);
        assertThat(get(client, "/nowhere").statusCode()).isEqualTo(404);
        HttpResponse<byte[]> refused = client.send(
                HttpRequest.newBuilder(request("/simple/").build().uri()).build(), BodyHandlers.ofByteArray());
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("www-authenticate")).isPresent();
        Awaitility.await()
                .until(() -> site.handedOut.stream()
                        .noneMatch(handed -> handed.channel().isOpen()));
        assertThat(certificates).containsExactly("CN=first");
    }

    @ParameterizedTest
    @DisplayName("G1 G9 G10 uploads over HTTP/1.1 and HTTP/2")
    @EnumSource(Version.class)
    void uploads(Version version) throws Exception {
        HttpClient client = client(version);
        byte[] content = bytes(1 << 20);
        HttpResponse<String> taken = client.send(upload(Form.of(content).end()), BodyHandlers.ofString());
        assertThat(taken.statusCode()).isEqualTo(200);
        assertThat(taken.body()).isEqualTo("File " + WHEEL + " uploaded successfully");
        assertThat(site.uploads.get(0).content().path()).hasBinaryContent(content);

        HttpResponse<String> tooLarge =
                client.send(upload(Form.of(bytes(8 << 20)).end()), BodyHandlers.ofString());
        assertThat(tooLarge.statusCode()).isEqualTo(413);
        assertThat(tooLarge.body()).startsWith("File too large");
        site.refusal = Optional.of(new Failure.Conflict("File already exists"));
        HttpResponse<String> conflict = client.send(upload(Form.of(content).end()), BodyHandlers.ofString());
        assertThat(conflict.statusCode()).isEqualTo(409);
        assertThat(conflict.body()).isEqualTo("File already exists");
        assertThat(certificates).containsExactly("CN=first");
    }

    @ParameterizedTest
    @DisplayName("I a client that leaves in the middle leaves nothing behind")
    @EnumSource(Version.class)
    void abort(Version version) throws Exception {
        HttpClient client = client(version);
        Promise<Void> left = Promise.promise();
        byte[] begin = Form.of(bytes(500_000)).unfinished();
        InputStream body = new InputStream() {
            private final InputStream bytes = new ByteArrayInputStream(begin);

            @Override
            public int read() throws IOException {
                int read = bytes.read();
                if (read < 0) {
                    Awaitility.await().until(() -> !site.store.received.isEmpty());
                    left.complete();
                    throw new IOException("that is all");
                }
                return read;
            }
        };
        HttpRequest request = request("/legacy/")
                .header("Content-Type", Form.TYPE.substring("Content-Type: ".length()))
                .POST(BodyPublishers.ofInputStream(() -> body))
                .build();
        assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString())).isInstanceOf(IOException.class);
        left.future().await();
        Awaitility.await().untilAsserted(() -> {
            assertThat(site.store.received).hasSize(1).allMatch(file -> file.discarded);
            assertThat(site.store.files()).isZero();
        });
        assertThat(site.uploads).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("a broken body never looks whole, and over HTTP/2 does not take others with it")
    @EnumSource(Version.class)
    void broken(Version version) throws Exception {
        site.files.put(WHEEL, bytes(1000));
        HttpClient client = client(version);
        assertThat(get(client, "/packages/" + WHEEL).version()).isEqualTo(version);
        byte[] content = bytes(1 << 20);
        Download download = site.growing("broken.zip", OptionalLong.empty(), List.of(Site.digest(bytes(3))));
        CompletableFuture<HttpResponse<InputStream>> answer =
                client.sendAsync(request("/packages/broken.zip").build(), BodyHandlers.ofInputStream());
        download.write(Buffer.buffer(content));
        // Whoever asks after the download has failed is told so with a status.
        InputStream body = answer.get(20, TimeUnit.SECONDS).body();
        assertThat(get(client, "/packages/" + WHEEL).statusCode()).isEqualTo(200);
        download.end();
        assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
        assertThat(get(client, "/packages/" + WHEEL).statusCode()).isEqualTo(200);
        if (version == Version.HTTP_2) {
            assertThat(certificates).hasSize(1);
        }
    }

    // Not Java's own client, which drops everything when it hears that the server goes away.
    @ParameterizedTest
    @DisplayName("draining lets what is in progress finish")
    @EnumSource(
            value = HttpVersion.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void drain(HttpVersion version) throws Exception {
        Promise<Void> publishing = Promise.promise();
        site.published = publishing.future();
        HttpClientAgent client = site.vertx.createHttpClient(new HttpClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setUseAlpn(true)
                .setProtocolVersion(version));
        Future<HttpClientResponse> answer = client.request(HttpMethod.POST, site.port(), "127.0.0.1", "/legacy/")
                .compose(request -> request.putHeader("Authorization", token.substring("Authorization: ".length()))
                        .putHeader("Content-Type", Form.TYPE.substring("Content-Type: ".length()))
                        .send(Buffer.buffer(Form.of(bytes(100_000)).end())));
        Awaitility.await().until(() -> !site.uploads.isEmpty());
        site.readiness.drain();
        Future<?> drained =
                Future.all(site.verticles.stream().map(HttpVerticle::drain).toList());
        Awaitility.await().until(this::isClosed);
        assertThat(drained.isComplete()).isFalse();
        publishing.complete();
        assertThat(answer.await(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(answer.result().version()).isEqualTo(version);
        drained.await();
        client.close();
    }

    private boolean isClosed() {
        try (RawClient client = new RawClient(site.port())) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    @DisplayName("a new certificate is shown to new connections on every event loop, a broken pair changes nothing")
    void renewed() throws Exception {
        assertThat(shown()).containsOnly("CN=first");
        TlsFiles.write(tls, "half", true, false);
        Awaitility.await().until(() -> isLogged("does not fit the certificate"));
        assertThat(shown()).containsOnly("CN=first");
        TlsFiles.write(tls, "second", true, true);
        Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> shown().contains("CN=second"));
        assertThat(shown()).containsOnly("CN=second");
        Files.delete(tls.key());
        Awaitility.await().until(() -> isLogged("there is no such file"));
        HttpClient client = client(Version.HTTP_2);
        assertThat(get(client, "/health").version()).isEqualTo(Version.HTTP_2);
        assertThat(shown()).containsOnly("CN=second");
    }

    /** What so many connections are shown that each event loop has some of them. */
    private List<String> shown() throws Exception {
        certificates.clear();
        for (int i = 0; i < 4; i++) {
            get(client(Version.HTTP_1_1), "/health");
        }
        return new ArrayList<>(certificates);
    }

    @Test
    @DisplayName("a key that does not fit its certificate, or is none, is refused at start")
    void refused() throws Exception {
        TlsFiles.write(tls, "other", false, true);
        assertThatThrownBy(() -> ServerIdentity.read(tls))
                .hasMessageContaining("does not fit the certificate")
                .hasMessageContaining("key.pem");
        Files.writeString(tls.key(), "nonsense");
        assertThatThrownBy(() -> ServerIdentity.read(tls)).hasMessageContaining("server.tls.key");
        Files.delete(tls.certificate());
        assertThatThrownBy(() -> ServerIdentity.read(tls))
                .hasMessageContaining("server.tls.cert")
                .hasMessageContaining("there is no such file");
        assertThatThrownBy(() -> new Site(
                        directory,
                        "",
                        HttpSettings.Readers.TOKEN,
                        new HttpSettings.Upload(true, 1 << 20),
                        Optional.of(tls)))
                .hasMessageContaining("there is no such file");
    }
}
