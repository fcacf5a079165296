package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.BasicCredentials;
import io.cornucopia.testkit.ClientTools;
import io.cornucopia.testkit.ClientTools.Outcome;
import io.cornucopia.testkit.FreePorts;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.UploadForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS without a proxy in front. */
class TlsTest {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final Path JAR = Path.of("..", "server", "target", "cornucopia.jar");

    @TempDir
    Path directory;

    private Path certificateFile;
    private Path keyFile;

    @BeforeEach
    void files() {
        certificateFile = directory.resolve("cert.pem");
        keyFile = directory.resolve("key.pem");
    }

    private List<String> command(int port) {
        List<String> command = new ArrayList<>(List.of("--set", "server.host=127.0.0.1"));
        for (String setting : List.of(
                "server.port=" + port,
                "server.tls.cert=" + certificateFile,
                "server.tls.key=" + keyFile,
                "upload.token=" + PrivateIndex.TOKEN,
                "upstream.offline=true",
                "cache.dir=" + directory.resolve("cache"),
                "upload.store=" + directory.resolve("store"))) {
            command.addAll(List.of("--set", setting));
        }
        return command;
    }

    @Test
    @DisplayName(
            "HTTP/1.1 and HTTP/2 over TLS: a client publishes, another installs, and a new certificate is taken up")
    void served() throws Exception {
        Certificate first = Certificate.selfSigned(directory);
        first.write(certificateFile, keyFile);
        int port = FreePorts.take();
        String url = "https://127.0.0.1:" + port;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                JAR.toAbsolutePath().toString()));
        command.addAll(command(port));
        Path log = directory.resolve("log.txt");
        Process server = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Thread reaper = new Thread(server::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(reaper);
        try {
            await(
                    "it serves",
                    WITHIN,
                    () -> !server.isAlive()
                            || serial(url, HttpClient.Version.HTTP_2).isPresent());
            assertThat(server.isAlive()).as(Files.readString(log)).isTrue();
            for (HttpClient.Version version : HttpClient.Version.values()) {
                assertThat(get(url + "/health", version).version()).isEqualTo(version);
                assertThat(serial(url, version)).contains(first.serial());
            }
            assertThat(Files.readString(log)).contains("https://127.0.0.1:" + port);

            published(url);

            Certificate second = Certificate.selfSigned(directory);
            second.write(certificateFile, keyFile);
            await(
                    "the new certificate",
                    WITHIN,
                    () -> serial(url, HttpClient.Version.HTTP_2).equals(Optional.of(second.serial())));
            // Half of a change is not taken up: what was served before goes on.
            Certificate.selfSigned(directory).write(directory.resolve("unused.pem"), keyFile);
            await("a complaint", WITHIN, () -> read(log).contains("key.pem"));
            assertThat(serial(url, HttpClient.Version.HTTP_1_1)).contains(second.serial());
        } finally {
            server.destroyForcibly();
            assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
            Runtime.getRuntime().removeShutdownHook(reaper);
        }
    }

    private void published(String url) throws Exception {
        GoldenFile large = GoldenWheel.of("acme-tls", "2.0").payload(5 << 20).build();
        UploadForm form = UploadForm.of(large);
        HttpResponse<String> uploaded = client(HttpClient.Version.HTTP_2)
                .send(
                        HttpRequest.newBuilder(URI.create(url + "/legacy/"))
                                .header("Authorization", BasicCredentials.of("__token__", PrivateIndex.TOKEN))
                                .header("Content-Type", form.contentType())
                                .POST(HttpRequest.BodyPublishers.ofByteArray(
                                        form.body().bytes()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(uploaded.statusCode()).as(uploaded.body()).isEqualTo(200);
        assertThat(uploaded.version()).isEqualTo(HttpClient.Version.HTTP_2);

        ClientTools tools = Clients.tools();
        GoldenFile small = GoldenWheel.of("acme-tls", "1.0").build();
        Path dist = Files.createDirectory(directory.resolve("dist"));
        Files.write(dist.resolve(small.filename()), small.bytes());
        Outcome twine = tools.run(
                directory,
                // The second is what a machine may have set for all, and would go before the first.
                Map.of("TWINE_CERT", certificateFile.toString(), "REQUESTS_CA_BUNDLE", certificateFile.toString()),
                Duration.ofMinutes(1),
                "twine",
                "upload",
                "--non-interactive",
                "--repository-url",
                url + "/legacy/",
                "-u",
                "__token__",
                "-p",
                PrivateIndex.TOKEN,
                dist.resolve(small.filename()).toString());
        assertThat(twine.exit()).as(twine.output()).isZero();
        Path project = Files.createDirectory(directory.resolve("project"));
        Outcome pip = Installer.PIP.install(
                tools,
                project,
                url + "/simple/",
                List.of("acme-tls"),
                Map.of("PIP_CERT", certificateFile.toString(), "REQUESTS_CA_BUNDLE", certificateFile.toString()));
        assertThat(pip.exit()).as(pip.output()).isZero();
        assertThat(Installer.installed(project)).containsExactly("acme_tls-2.0");
    }

    @Test
    @DisplayName("a key that does not fit its certificate, or a file that is none, is refused at start in one line")
    void misfit() throws IOException {
        Certificate.selfSigned(directory).write(certificateFile, directory.resolve("other.pem"));
        Certificate.selfSigned(directory).write(directory.resolve("other.pem"), keyFile);
        JarCommand.Ended misfit = JarCommand.run(directory, Map.of(), command(FreePorts.take()));
        assertThat(misfit.exit()).as(misfit.toString()).isEqualTo(2);
        assertThat(misfit.err().strip()).contains("key.pem").doesNotContain("\n");
        Files.writeString(certificateFile, "no certificate");
        JarCommand.Ended senseless = JarCommand.run(directory, Map.of(), command(FreePorts.take()));
        assertThat(senseless.exit()).as(senseless.toString()).isEqualTo(2);
        assertThat(senseless.err().strip()).contains("cert.pem").doesNotContain("\n");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpResponse<String> get(String url, HttpClient.Version version) throws IOException {
        try {
            return client(version)
                    .send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .timeout(Duration.ofSeconds(10))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The serial number of the certificate that a new connection is served with; empty if there is none to be had. */
    private static Optional<BigInteger> serial(String url, HttpClient.Version version) {
        try {
            java.security.cert.Certificate served =
                    get(url + "/health", version).sslSession().orElseThrow().getPeerCertificates()[0];
            return Optional.of(((X509Certificate) served).getSerialNumber());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static HttpClient client(HttpClient.Version version) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Trusting()}, null);
            return HttpClient.newBuilder()
                    .version(version)
                    .sslContext(context)
                    .connectTimeout(Duration.ofSeconds(10))
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Trusts everybody: which certificate it is is what the test looks at. */
    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
