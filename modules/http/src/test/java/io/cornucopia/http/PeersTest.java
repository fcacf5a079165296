package io.cornucopia.http;

import static io.cornucopia.http.PeerSite.await;
import static io.cornucopia.http.PeerSite.failure;
import static io.cornucopia.http.PeerSite.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cornucopia.cluster.PeerAnswer;
import io.cornucopia.cluster.PeerClient;
import io.cornucopia.cluster.PeerFailedException;
import io.cornucopia.cluster.PeerSignature;
import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.Download;
import io.cornucopia.storage.StoredFile;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.RequestOptions;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one node takes from another over the internal port. */
class PeersTest {
    private static final String NAME = "thing-1.0+a b-py3-none-any.whl";
    private static final String TARGET = "/files/thing/thing-1.0%2Ba%20b-py3-none-any.whl";
    private static final byte[] MEGABYTE = bytes(1024 * 1024);
    private static final int HALF = MEGABYTE.length / 2;

    @TempDir
    private Path directory;

    private PeerSite site;
    private PeerClient client;

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void start() {
        site = new PeerSite(directory);
        client = site.client(PeerSite.SECRET);
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private PeerSite.Reading read(long offset) {
        return site.read(client, member(site.port()), NAME, offset);
    }

    private static void write(Download download, int from, int to) {
        download.write(Buffer.buffer(Arrays.copyOfRange(MEGABYTE, from, to)));
    }

    private static void end(Download download) {
        download.end();
        await(download.finished()).ifPresent(StoredFile::close);
    }

    @Nested
    class Files {
        @Test
        @DisplayName("a whole file comes whole, with its digest and length")
        void whole() {
            site.whole(NAME, MEGABYTE);
            PeerSite.Reading reading = read(0);
            await(reading.end.future());
            assertThat(reading.bytes()).isEqualTo(MEGABYTE);
            PeerAnswer head = await(reading.head.future());
            assertThat(head.from()).isZero();
            assertThat(head.size()).hasValue(MEGABYTE.length);
            assertThat(head.sha256()).hasValue(PeerSite.sha256(MEGABYTE));
        }

        @Test
        @DisplayName("the rest of a file comes from the byte that is missing")
        void rest() {
            site.whole(NAME, MEGABYTE);
            PeerSite.Reading reading = read(HALF);
            await(reading.end.future());
            assertThat(reading.bytes()).isEqualTo(Arrays.copyOfRange(MEGABYTE, HALF, MEGABYTE.length));
            assertThat(await(reading.head.future()).from()).isEqualTo(HALF);
            assertThat(await(reading.head.future()).size()).hasValue(MEGABYTE.length);
        }

        @Test
        @DisplayName("an arriving file streams while it arrives, with what upstream calls it")
        void arriving() {
            Download download = site.arriving(NAME, OptionalLong.of(MEGABYTE.length));
            download.tag(Optional.of("\"upstream's\""));
            PeerSite.Reading reading = read(0);
            PeerSite.Reading rest = read(HALF);
            write(download, 0, HALF);
            await().until(() -> reading.bytes().length > HALF / 2);
            assertThat(await(reading.head.future()).upstreamTag()).hasValue("\"upstream's\"");
            assertThat(rest.head.future().isComplete()).isFalse();
            write(download, HALF, MEGABYTE.length);
            end(download);
            await(reading.end.future());
            assertThat(reading.bytes()).isEqualTo(MEGABYTE);
            await(rest.end.future());
            assertThat(rest.bytes()).isEqualTo(Arrays.copyOfRange(MEGABYTE, HALF, MEGABYTE.length));
        }

        @Test
        @DisplayName("an arriving file of unknown length comes from its first byte on, whatever was asked for")
        void unknownLength() {
            Download download = site.arriving(NAME, OptionalLong.empty());
            PeerSite.Reading reading = read(HALF);
            write(download, 0, HALF);
            assertThat(await(reading.head.future()).from()).isZero();
            assertThat(await(reading.head.future()).size()).isEmpty();
            write(download, HALF, MEGABYTE.length);
            end(download);
            await(reading.end.future());
            assertThat(reading.bytes()).isEqualTo(MEGABYTE);
        }

        @Test
        @DisplayName("an arriving file that fails breaks off, its length known or not")
        void breaksOff() {
            for (OptionalLong size : new OptionalLong[] {OptionalLong.of(MEGABYTE.length), OptionalLong.empty()}) {
                Download download = site.arriving(NAME, size);
                PeerSite.Reading reading = read(0);
                write(download, 0, HALF);
                await(reading.head.future());
                download.fail(new EOFException("on purpose"));
                assertThat(failure(reading.end.future()))
                        .isInstanceOfSatisfying(
                                PeerFailedException.class,
                                failure -> assertThat(failure.isSilent()).isFalse());
                assertThat(reading.bytes().length).isLessThan(MEGABYTE.length);
            }
        }

        @Test
        @DisplayName("what is not there is said to be not there")
        void notThere() {
            assertThat(failure(read(0).end.future())).hasMessage("not there");
        }

        @Test
        @DisplayName("what nodes ask is in no client's log, and not among what clients got")
        void unlogged() {
            site.whole(NAME, MEGABYTE);
            await(read(0).end.future());
            await().untilAsserted(() -> assertThat(site.metrics
                            .get("cornucopia.http.requests")
                            .tags("route", "peer", "status", "200")
                            .counter()
                            .count())
                    .isEqualTo(1));
            assertThat(site.metrics.get("cornucopia.http.bytes.out").counter().count())
                    .isZero();
            site.accessLog.close();
            assertThat(site.log.size()).isZero();
        }
    }

    @Test
    @DisplayName("a page comes as it lies on the disk there, with its revision and the digest of the document")
    void page() {
        byte[] document = "{\"a page\":1}".getBytes(StandardCharsets.UTF_8);
        site.pages.put("thing", document);
        Promise<Optional<PeerAnswer>> asked = Promise.promise();
        PeerSite.Reading reading = new PeerSite.Reading();
        site.vertx.runOnContext(ignored -> client.page(member(site.port()), PeerSite.PROJECT)
                .onSuccess(found -> reading.begin(found.orElseThrow()))
                .onComplete(asked));
        PeerAnswer head = await(asked.future()).orElseThrow();
        assertThat(head.revision()).hasValue("revision-" + document.length);
        assertThat(head.sha256()).hasValue(PeerSite.sha256(document));
        await(reading.end.future());
        assertThat(reading.bytes()).isEqualTo(document);

        Promise<Optional<PeerAnswer>> other = Promise.promise();
        site.vertx.runOnContext(ignored ->
                client.page(member(site.port()), new ProjectName("other")).onComplete(other));
        assertThat(await(other.future())).isEmpty();
    }

    @Nested
    class Silence {
        private Wire wire;

        @BeforeEach
        void lay() throws IOException {
            wire = new Wire(site.port());
        }

        @AfterEach
        void take() {
            wire.close();
        }

        private PeerSite.Reading readByWire() {
            return site.read(client, member(wire.port()), NAME, 0);
        }

        private void assertSilent(PeerSite.Reading reading) {
            assertThat(failure(reading.end.future())).isInstanceOfSatisfying(PeerFailedException.class, failure -> {
                assertThat(failure.isSilent()).isTrue();
                assertThat(failure).hasMessageContaining("127.0.0.1:" + wire.port());
            });
        }

        @Test
        @DisplayName("a node that waits for upstream itself is waited for, before its first byte and after")
        void waits() {
            Download download = site.arriving(NAME, OptionalLong.of(MEGABYTE.length));
            PeerSite.Reading reading = readByWire();
            // Each is a question whether there is more by now, asked after half of the patience.
            await().until(() -> site.fileQuestions.get() > 6);
            write(download, 0, HALF);
            await(reading.head.future());
            int asked = site.fileQuestions.get();
            await().until(() -> site.fileQuestions.get() > asked + 6);
            write(download, HALF, MEGABYTE.length);
            end(download);
            await(reading.end.future());
            assertThat(reading.bytes()).isEqualTo(MEGABYTE);
        }

        @Test
        @DisplayName("a frozen node is given up, before its first byte and after")
        void frozen() {
            Download download = site.arriving(NAME, OptionalLong.of(MEGABYTE.length));
            PeerSite.Reading reading = readByWire();
            write(download, 0, HALF);
            await(reading.head.future());
            wire.freeze();
            assertSilent(reading);
            assertSilent(readByWire());
            download.fail(new EOFException("test is over"));
        }

        @Test
        @DisplayName("a node that says it has more and does not send it is given up")
        void stuck() {
            Download download = site.arriving(NAME, OptionalLong.of(MEGABYTE.length));
            PeerSite.Reading reading = readByWire();
            write(download, 0, HALF);
            await().until(() -> reading.bytes().length > HALF / 2);
            await(reading.head.future());
            wire.freezeStanding();
            write(download, HALF, MEGABYTE.length);
            assertSilent(reading);
            end(download);
        }

        @Test
        @DisplayName("a node that takes connections and no more is given up")
        void accepts() throws IOException {
            try (ServerSocket deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                PeerSite.Reading reading = site.read(client, member(deaf.getLocalPort()), NAME, 0);
                assertThat(failure(reading.end.future())).isInstanceOf(PeerFailedException.class);
            }
        }

        @Test
        @DisplayName("a freeze of our own is no silence")
        void asleep() {
            Download download = site.arriving(NAME, OptionalLong.of(MEGABYTE.length));
            Context context = site.vertx.getOrCreateContext();
            PeerSite.Reading reading = new PeerSite.Reading();
            context.runOnContext(ignored -> client.file(member(site.port()), PeerSite.PROJECT, NAME, 0)
                    .map(Optional::orElseThrow)
                    .onSuccess(reading::begin));
            write(download, 0, HALF);
            await().until(() -> reading.bytes().length == HALF);
            Promise<Void> awake = Promise.promise();
            context.runOnContext(ignored -> {
                sleep(PeerSite.PATIENCE.multipliedBy(2));
                // It looks for silence, which was due before that.
                site.vertx.setTimer(50, woken -> awake.complete());
            });
            await(awake.future());
            write(download, HALF, MEGABYTE.length);
            end(download);
            await(reading.end.future());
            assertThat(reading.bytes()).isEqualTo(MEGABYTE);
        }

        /** Stops the loop that this is called on, as if the process were frozen. */
        private void sleep(Duration time) {
            try {
                Thread.sleep(time.toMillis());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Test
        @DisplayName("a pause of our own is no silence")
        void paused() {
            site.whole(NAME, MEGABYTE);
            Promise<PeerAnswer> answered = Promise.promise();
            site.vertx.runOnContext(ignored -> client.file(member(wire.port()), PeerSite.PROJECT, NAME, 0)
                    .map(Optional::orElseThrow)
                    .onComplete(answered));
            PeerAnswer answer = await(answered.future());
            PeerSite.Reading reading = new PeerSite.Reading();
            // Longer than the patience, on a clock that runs no faster.
            Promise<Void> later = Promise.promise();
            site.vertx.setTimer(PeerSite.PATIENCE.toMillis() * 2, fired -> later.complete());
            await(later.future());
            site.vertx.runOnContext(ignored -> reading.begin(answer));
            await(reading.end.future());
            assertThat(reading.bytes()).isEqualTo(MEGABYTE);
        }

        @Test
        @DisplayName("a connection that is cut is told at once, and is no silence")
        void cut() {
            Download download = site.arriving(NAME, OptionalLong.of(MEGABYTE.length));
            PeerSite.Reading reading = readByWire();
            write(download, 0, HALF);
            await(reading.head.future());
            wire.cut();
            assertThat(failure(reading.end.future()))
                    .isInstanceOfSatisfying(
                            PeerFailedException.class,
                            failure -> assertThat(failure.isSilent()).isFalse());
            download.fail(new EOFException("test is over"));
        }
    }

    @Nested
    class Strangers {
        // Vert.x closes a client that nobody holds any more, whatever it is waiting for.
        private final List<HttpClient> clients = new ArrayList<>();

        @BeforeEach
        void lay() {
            site.whole(NAME, MEGABYTE);
        }

        private Future<HttpClientResponse> ask(HttpClientOptions options, String target, Optional<String> signature) {
            HttpClient http = site.vertx.createHttpClient(options);
            clients.add(http);
            RequestOptions request = new RequestOptions()
                    .setMethod(HttpMethod.GET)
                    .setHost("127.0.0.1")
                    .setPort(site.port())
                    .setURI(target);
            signature.ifPresent(value -> request.putHeader(PeerSignature.REQUEST_HEADER, value));
            return http.request(request).compose(sending -> sending.send());
        }

        private HttpClientOptions node() {
            return PeerSite.SECRET.tls().client(new HttpClientOptions());
        }

        @Test
        @DisplayName("with another secret get nothing")
        void otherSecret() {
            PeerSite.Reading reading = site.read(site.client(PeerSite.OTHER_SECRET), member(site.port()), NAME, 0);
            assertThat(failure(reading.end.future())).isInstanceOf(PeerFailedException.class);
            assertThat(site.fileQuestions).hasValue(0);
        }

        @Test
        @DisplayName("with no key get nothing, whatever they believe of the other side")
        void noKey() {
            HttpClientOptions options =
                    new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false);
            assertThat(failure(ask(options, TARGET, Optional.empty()))).isInstanceOf(Exception.class);
            assertThat(site.fileQuestions).hasValue(0);
        }

        @Test
        @DisplayName("that speak plain HTTP get not one byte of HTTP")
        void plain() throws IOException {
            try (Socket socket = new Socket("127.0.0.1", site.port())) {
                socket.getOutputStream()
                        .write(("GET " + TARGET + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                byte[] read = socket.getInputStream().readAllBytes();
                assertThat(new String(read, StandardCharsets.ISO_8859_1)).doesNotContain("HTTP");
            }
        }

        @Test
        @DisplayName("that sign nothing, or with another secret, are cut off alike, whether the file is there or not")
        void unsigned() {
            String signed = PeerSite.OTHER_SECRET
                    .signature("stranger", System::currentTimeMillis)
                    .sign("GET", TARGET, "")
                    .header();
            for (Optional<String> signature : List.of(Optional.<String>empty(), Optional.of(signed))) {
                for (String target : new String[] {TARGET, "/files/thing/none.whl", "/pages/none", "/", "/metrics"}) {
                    assertThat(failure(ask(node(), target, signature)))
                            .as(target)
                            .hasMessageContaining("closed");
                }
            }
            assertThat(site.fileQuestions).hasValue(0);
        }

        @Test
        @DisplayName("that repeat what they heard, or ask for something else with it, are cut off")
        void replayed() {
            PeerSignature signature = PeerSite.SECRET.signature("node", System::currentTimeMillis);
            String signed = signature.sign("GET", TARGET, "").header();
            HttpClientResponse first = await(ask(node(), TARGET, Optional.of(signed)));
            assertThat(first.statusCode()).isEqualTo(200);
            first.request().reset();
            assertThatThrownBy(() -> await(ask(node(), TARGET, Optional.of(signed))))
                    .hasStackTraceContaining("closed");
            String other = signature.sign("GET", "/files/thing/none.whl", "").header();
            assertThatThrownBy(() -> await(ask(node(), TARGET, Optional.of(other))))
                    .hasStackTraceContaining("closed");
            assertThat(site.fileQuestions).hasValue(1);
        }

        @Test
        @DisplayName("that answer in a node's place are not believed")
        void answers() {
            // Even with the right key: what is answered has to be signed for the very question.
            HttpServer impostor = await(site.vertx
                    .createHttpServer(PeerSite.SECRET.tls().server(new HttpServerOptions()))
                    .requestHandler(request -> request.response()
                            .putHeader(PeerSignature.ANSWER_HEADER, "0".repeat(64))
                            .end("not what you want"))
                    .listen(0, "127.0.0.1"));
            PeerSite.Reading reading = site.read(client, member(impostor.actualPort()), NAME, 0);
            assertThat(failure(reading.end.future()))
                    .isInstanceOf(PeerFailedException.class)
                    .hasMessageContaining("cluster.secret");
            assertThat(reading.bytes()).isEmpty();
        }
    }
}
