package io.cornucopia.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadDocument;
import io.cornucopia.core.Yank;
import io.cornucopia.storage.UploadStore.Publication;
import io.cornucopia.testkit.HttpFaultProxy;
import io.cornucopia.testkit.HttpFaultProxy.Act;
import io.cornucopia.testkit.HttpFaultProxy.Asked;
import io.cornucopia.testkit.S3Server;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** What a store in a bucket does, beside what every store does, against a real S3 server. */
abstract class BucketSuite extends UploadStoreSuite {
    private static final Act PASS = new Act.Pass();
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    private final String prefix = "test-" + UUID.randomUUID() + "/";
    private final List<BucketStore> stores = new ArrayList<>();
    private final List<Path> nodes = new ArrayList<>();
    private final List<HttpFaultProxy> proxies = new ArrayList<>();
    private final List<Vertx> others = new ArrayList<>();
    private final BucketPaths paths = new BucketPaths(prefix);
    private S3Client raw;

    /** Where the S3 server is. */
    protected abstract URI endpoint();

    /** A bucket that is there. */
    protected abstract String bucket();

    @BeforeAll
    static void proveWhoThisIs() {
        be(S3Server.ACCESS_KEY, S3Server.SECRET_KEY);
    }

    /** Says by which key the bucket is asked. */
    protected static void be(String accessKey, String secretKey) {
        System.setProperty("aws.accessKeyId", accessKey);
        System.setProperty("aws.secretAccessKey", secretKey);
    }

    @AfterAll
    static void beNobody() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @AfterEach
    void closeStores() {
        stores.forEach(BucketStore::close);
        proxies.forEach(HttpFaultProxy::close);
        others.forEach(own -> get(own.close()));
        if (raw != null) {
            raw.close();
        }
    }

    private BucketSettings settings(URI url, String name, int retries, Path node) {
        return new BucketSettings(
                name,
                prefix,
                Optional.of(url),
                "us-east-1",
                true,
                5L * MIB,
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                retries,
                node.resolve("incoming"));
    }

    @Override
    protected UploadStore newStore() {
        return newStore(endpoint(), bucket(), 3);
    }

    protected final BucketStore newStore(URI url, String name, int retries) {
        return newStore(vertx, url, name, retries);
    }

    private BucketStore newStore(Vertx own, URI url, String name, int retries) {
        Path node = directory.resolve("node-" + nodes.size());
        nodes.add(node);
        FileCache cache = new FileCache(
                own, node, OptionalLong.empty(), new OpenFiles(100, Duration.ofMinutes(1)), new SimpleMeterRegistry());
        get(cache.open());
        BucketStore made = new BucketStore(own, settings(url, name, retries, node), cache);
        stores.add(made);
        return made;
    }

    protected final HttpFaultProxy proxy() {
        HttpFaultProxy proxy = HttpFaultProxy.before(endpoint());
        proxies.add(proxy);
        return proxy;
    }

    /** A store that speaks to the bucket by way of {@code proxy}. */
    private BucketStore behind(HttpFaultProxy proxy, int retries) {
        BucketStore made = newStore(URI.create(proxy.url()), bucket(), retries);
        get(made.open());
        return made;
    }

    private S3Client raw() {
        if (raw == null) {
            raw = BucketClient.of(settings(endpoint(), bucket(), 3, directory));
        }
        return raw;
    }

    private List<String> keys(String below) {
        return raw()
                .listObjectsV2Paginator(request -> request.bucket(bucket()).prefix(prefix + below))
                .contents()
                .stream()
                .map(object -> object.key().substring(prefix.length()))
                .toList();
    }

    private void write(String key, byte[] bytes) {
        raw().putObject(request -> request.bucket(bucket()).key(key), RequestBody.fromBytes(bytes));
    }

    @Override
    protected long onTheirWay() throws IOException {
        long count = keys("incoming/").size();
        for (Path node : nodes) {
            if (Files.isDirectory(node.resolve("incoming"))) {
                try (Stream<Path> stages = Files.list(node.resolve("incoming"))) {
                    count += stages.count();
                }
            }
        }
        return count + unfinishedParts();
    }

    private long unfinishedParts() {
        return raw().listMultipartUploads(request -> request.bucket(bucket()).prefix(prefix))
                .uploads()
                .size();
    }

    private static Function<Asked, Act> always(Predicate<Asked> which, Act act) {
        return asked -> which.test(asked) ? act : PASS;
    }

    private static Function<Asked, Act> times(int count, Predicate<Asked> which, Act act) {
        AtomicInteger left = new AtomicInteger(count);
        return asked -> which.test(asked) && left.getAndDecrement() > 0 ? act : PASS;
    }

    private static Predicate<Asked> isDescription(SampleUpload upload) {
        return asked -> asked.is("PUT", "/meta/" + upload.project() + "/" + upload.filename() + ".json");
    }

    private static Predicate<Asked> isPart(int number) {
        return asked -> asked.method().equals("PUT") && asked.query().contains("partNumber=" + number);
    }

    private static Predicate<Asked> isBytes(String method, SampleUpload upload) {
        return asked -> asked.is(method, "/" + upload.filename());
    }

    @Test
    @DisplayName(
            "of fifty uploads of one name at once, through ten nodes, exactly one is done and the others are told which")
    void fiftyWriters() throws Exception {
        // Each with threads of its own, so that all fifty are under way together.
        List<UploadStore> writers = new ArrayList<>();
        while (writers.size() < 10) {
            Vertx own = Vertx.vertx();
            others.add(own);
            writers.add(newStore(own, endpoint(), bucket(), 3));
        }
        for (int round = 0; round < 2; round++) {
            List<SampleUpload> uploads = new ArrayList<>();
            List<IncomingFile> sent = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                uploads.add(SampleUpload.sdist(DEMO, "1." + round, 500 + i, i));
                sent.add(get(uploads.get(i).send(writers.get(i % 10))));
            }
            List<Future<Publication>> outcomes = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                outcomes.add(
                        writers.get(i % 10).publish(sent.get(i), uploads.get(i).file(), Map.of()));
            }
            List<SampleUpload> winners = new ArrayList<>();
            List<Publication> losers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Publication outcome = get(outcomes.get(i));
                if (outcome instanceof Publication.Done) {
                    winners.add(uploads.get(i));
                } else {
                    losers.add(outcome);
                }
            }
            assertThat(winners).hasSize(1);
            assertThat(losers)
                    .hasSize(49)
                    .containsOnly(new Publication.Exists(winners.get(0).file()));
            assertWhole(winners.get(0));
        }
        assertThat(keys("packages/")).as("what lost is gone").hasSize(2);
        assertThat(onTheirWay()).isZero();
    }

    @Test
    @DisplayName("the bucket reads as it is documented")
    void layout() {
        SampleUpload wheel = SampleUpload.wheel(DEMO, "1.0", 1000);
        get(wheel.publish(store));
        get(store.setStatus(DEMO, ProjectStatus.ACTIVE));
        String name = wheel.filename();
        assertThat(keys("meta/")).containsExactly("meta/demo/" + name + ".json");
        assertThat(keys("status/")).containsExactly("status/demo.json");
        assertThat(keys("packages/"))
                .hasSize(1 + Companion.values().length)
                .allSatisfy(key -> assertThat(key).matches("packages/demo/[0-9a-f-]{36}/" + name + "(\\.[a-z]+)?"));
        get(store.delete(DEMO, name));
        assertThat(keys(""))
                .containsExactly("meta/demo/" + name + ".deleted", "meta/demo/" + name + ".json", "status/demo.json");
    }

    @Test
    @DisplayName("a bucket that answers 500 or 503 now and then takes uploads all the same")
    void illForAMoment() throws Exception {
        HttpFaultProxy proxy = proxy();
        store = behind(proxy, 3);
        int version = 0;
        for (int status : List.of(500, 503)) {
            AtomicInteger requests = new AtomicInteger();
            proxy.act(asked -> requests.incrementAndGet() % 3 == 0 ? new Act.Status(status) : PASS);
            SampleUpload upload = SampleUpload.wheel(DEMO, "1." + version++, 100_000);
            assertThat(get(upload.publish(store))).isEqualTo(new Publication.Done());
            assertWhole(upload);
            assertThat(get(store.update(upload.file().withYank(Optional.of(new Yank("no"))))))
                    .isTrue();
            assertThat(get(store.delete(DEMO, upload.filename()))).isTrue();
        }
        proxy.heal();
        assertThat(onTheirWay()).isZero();
    }

    @Test
    @DisplayName(
            "a bucket that answers nothing but errors, or nothing, fails every question with a reason, and loses nothing")
    void ill() throws Exception {
        HttpFaultProxy proxy = proxy();
        store = behind(proxy, 1);
        SampleUpload before = SampleUpload.wheel(DEMO, "1.0", 1000);
        get(before.publish(store));
        SampleUpload upload = SampleUpload.sdist(DEMO, "2.0", 1000, 1);
        for (Act act : List.of(new Act.Status(500), new Act.Status(503), new Act.Silence())) {
            IncomingFile sent = get(upload.send(store));
            proxy.act(asked -> act);
            List<Future<?>> questions = List.of(
                    store.publish(sent, upload.file(), Map.of()),
                    store.read(DEMO),
                    store.projects(),
                    store.open(DEMO, before.filename()),
                    store.update(before.file()),
                    store.delete(DEMO, before.filename()),
                    store.setStatus(DEMO, ProjectStatus.ACTIVE));
            for (Future<?> question : questions) {
                assertThatThrownBy(() -> get(question))
                        .hasCauseInstanceOf(IOException.class)
                        .hasMessageContaining("s3://" + bucket() + "/" + prefix)
                        .hasMessageContaining(
                                act instanceof Act.Status status ? "answered " + status.code() : "no answer")
                        .hasMessageContaining(act instanceof Act.Status ? "try again later" : "upload.s3.");
            }
            proxy.heal();
        }
        assertWhole(before);
        assertAbsent(upload);
        assertThat(get(upload.publish(store))).isEqualTo(new Publication.Done());
        assertWhole(upload);
    }

    @Test
    @DisplayName("a connection that is cut in the middle of a part is made anew, and that part is sent again")
    void cutOnce() throws Exception {
        HttpFaultProxy proxy = proxy();
        store = behind(proxy, 3);
        SampleUpload large = SampleUpload.sdist(DEMO, "1.0", 12 * MIB, 1);
        proxy.act(times(1, isPart(2), new Act.CutRequest(2L * MIB)));
        proxy.asked();
        assertThat(get(large.publish(store))).isEqualTo(new Publication.Done());
        List<Asked> asked = proxy.asked();
        assertThat(asked.stream().filter(isPart(1))).hasSize(1);
        assertThat(asked.stream().filter(isPart(2))).hasSize(2);
        assertThat(asked.stream().filter(isPart(3))).hasSize(1);
        assertWhole(large);
        assertThat(onTheirWay()).isZero();
    }

    @Test
    @DisplayName("an upload whose part is cut off each time fails, and leaves no part of it")
    void cutAlways() throws Exception {
        HttpFaultProxy proxy = proxy();
        store = behind(proxy, 1);
        SampleUpload large = SampleUpload.sdist(DEMO, "1.0", 12 * MIB, 1);
        proxy.act(always(isPart(3), new Act.CutRequest(MIB)));
        assertThatThrownBy(() -> get(large.publish(store)))
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining(large.filename());
        proxy.heal();
        assertAbsent(large);
        assertThat(unfinishedParts()).isZero();
        assertThat(keys("packages/")).isEmpty();
        assertThat(get(large.publish(store))).isEqualTo(new Publication.Done());
        assertWhole(large);
    }

    @Test
    @DisplayName("when the answer to what was done is lost, it is found out that it was done")
    void lostAnswers() throws Exception {
        HttpFaultProxy proxy = proxy();
        for (int retries : List.of(0, 2)) {
            store = behind(proxy, retries);
            String version = "1." + retries;
            SampleUpload upload = SampleUpload.wheel(DEMO, version, 1000);
            proxy.act(always(isDescription(upload), new Act.LoseAnswer()));
            assertThat(get(upload.publish(store))).isEqualTo(new Publication.Done());
            assertWhole(upload);

            SampleUpload late = SampleUpload.wheel(DEMO, version, 2000);
            assertThat(get(late.publish(store))).isEqualTo(new Publication.Exists(upload.file()));

            proxy.act(always(asked -> asked.is("PUT", ".deleted"), new Act.LoseAnswer()));
            assertThat(get(store.delete(DEMO, upload.filename()))).isTrue();
            assertAbsent(upload);
            proxy.heal();
        }
        SampleUpload large = SampleUpload.sdist(OTHER, "1.0", 6 * MIB, 1);
        proxy.act(always(
                asked -> asked.method().equals("POST") && asked.query().contains("uploadId="), new Act.LoseAnswer()));
        assertThat(get(large.publish(store))).isEqualTo(new Publication.Done());
        assertWhole(large);
        proxy.heal();
        assertThat(onTheirWay()).isZero();
    }

    @Test
    @DisplayName(
            "when it cannot be said whether an upload has happened, nobody is told that it has, and nothing is removed")
    void undecided() throws Exception {
        HttpFaultProxy proxy = proxy();
        store = behind(proxy, 0);
        SampleUpload upload = SampleUpload.wheel(DEMO, "1.0", 1000);
        Predicate<Asked> description = asked -> asked.path().endsWith("/meta/demo/" + upload.filename() + ".json");
        IncomingFile sent = get(upload.send(store));
        AtomicInteger looks = new AtomicInteger();
        // The first look, the description, whose answer is lost, and the look for it, which fails.
        proxy.act(asked -> !description.test(asked)
                ? PASS
                : switch (looks.getAndIncrement()) {
                    case 0 -> PASS;
                    case 1 -> new Act.LoseAnswer();
                    default -> new Act.Status(500);
                });
        assertThatThrownBy(() -> get(store.publish(sent, upload.file(), upload.buffers())))
                .hasCauseInstanceOf(IOException.class);
        proxy.heal();
        assertWhole(upload);
        assertThat(get(upload.publish(store))).isEqualTo(new Publication.Exists(upload.file()));
        assertThat(onTheirWay()).isEqualTo(1);
        sweep();
        assertThat(onTheirWay()).isZero();
        assertWhole(upload);
    }

    /** Sweeps as if a day had passed. */
    private void sweep() throws IOException {
        try (Bucket own = new Bucket(settings(endpoint(), bucket(), 3, directory))) {
            new BucketSweep(own, paths, new BucketContents(own, paths))
                    .run(Instant.now().plusSeconds(120));
        }
    }

    @Test
    @DisplayName(
            "what a node leaves behind that dies before it is decided, or in the middle of a deletion, is swept when it is old")
    void swept() throws Exception {
        HttpFaultProxy proxy = proxy();
        store = behind(proxy, 0);
        SampleUpload deleted = SampleUpload.wheel(DEMO, "1.0", 1000);
        get(deleted.publish(store));
        // As if it had died there: nothing that it would do afterwards gets through.
        proxy.act(always(asked -> asked.method().equals("DELETE"), new Act.Status(500)));
        assertThatThrownBy(() -> get(store.delete(DEMO, deleted.filename()))).hasCauseInstanceOf(IOException.class);
        SampleUpload upload = SampleUpload.wheel(DEMO, "2.0", 1000);
        proxy.act(always(
                asked ->
                        asked.method().equals("DELETE") || isDescription(upload).test(asked),
                new Act.Status(500)));
        assertThatThrownBy(() -> get(upload.publish(store))).hasCauseInstanceOf(IOException.class);
        proxy.heal();
        assertAbsent(deleted);
        assertAbsent(upload);
        assertThat(keys("packages/")).isNotEmpty();
        get(store.open());
        assertThat(onTheirWay()).as("what is young may be at work").isEqualTo(2);
        SampleUpload stays = SampleUpload.wheel(DEMO, "3.0", 1000);
        get(stays.publish(store));
        sweep();
        assertThat(onTheirWay()).isZero();
        assertThat(keys("packages/")).hasSize(1 + Companion.values().length);
        assertWhole(stays);
        assertThat(get(deleted.publish(store))).isEqualTo(new Publication.Burned());
        assertThat(get(upload.publish(store))).isEqualTo(new Publication.Done());
    }

    @Test
    @DisplayName(
            "bytes that were changed in the bucket are never handed out whole, nor kept, nor are other ones in the cache")
    void tampered() throws Exception {
        SampleUpload small = SampleUpload.wheel(DEMO, "1.0", 10_000);
        SampleUpload large = SampleUpload.sdist(DEMO, "2.0", 300_000, 2);
        for (SampleUpload upload : List.of(small, large)) {
            get(upload.publish(store));
        }
        for (String key : keys("packages/")) {
            byte[] bytes = raw().getObjectAsBytes(
                            request -> request.bucket(bucket()).key(prefix + key))
                    .asByteArray();
            bytes[bytes.length / 2] ^= 1;
            write(prefix + key, bytes);
        }
        for (int i = 0; i < 2; i++) {
            refused(store.open(DEMO, small.filename()), 0);
            refused(store.open(DEMO, large.filename()), 300_000 - Download.HOLD_BACK);
            for (Companion companion : Companion.values()) {
                refused(store.open(DEMO, small.filename(), companion), 0);
            }
        }
        SampleUpload cut = SampleUpload.sdist(OTHER, "3.0", 100_000, 3);
        get(cut.publish(store));
        write(prefix + keys("packages/" + OTHER).get(0), SampleUpload.random(50_000, 3));
        refused(store.open(OTHER, cut.filename()), 0);
        for (Path node : nodes) {
            assertThat(node.resolve("packages/.uploads")).doesNotExist();
        }
    }

    /** That whoever opens it gets an error before its last bytes. */
    private static void refused(Future<Optional<FileHandle>> opening, long mostReadable) {
        assertThatThrownBy(() -> {
                    FileHandle file = get(opening).orElseThrow();
                    try (file) {
                        awaitWhole(file);
                    } finally {
                        if (file instanceof GrowingFile growing) {
                            assertThat(growing.readable()).isLessThanOrEqualTo(mostReadable);
                        }
                    }
                })
                .hasCauseInstanceOf(BrokenFileException.class)
                .hasMessageContaining("promised");
    }

    @Test
    @DisplayName(
            "a file is read by many at once while it arrives, fetched once, and from the disk after that, also if that was changed")
    void arriving() throws Exception {
        HttpFaultProxy proxy = proxy();
        store = behind(proxy, 3);
        SampleUpload upload = SampleUpload.sdist(DEMO, "1.0", 2 * MIB, 3);
        get(upload.publish(store));
        proxy.asked();
        proxy.act(always(isBytes("GET", upload), new Act.HoldAnswer(MIB)));
        List<Future<Optional<FileHandle>>> opening = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            opening.add(store.open(DEMO, upload.filename()));
        }
        List<GrowingFile> open = new ArrayList<>();
        for (Future<Optional<FileHandle>> one : opening) {
            open.add((GrowingFile) get(one).orElseThrow());
        }
        GrowingFile first = open.get(0);
        get(first.readableBeyond(MIB / 2));
        assertThat(first.facts().size()).hasValue(2L * MIB);
        assertThat(first.readable()).isLessThanOrEqualTo(MIB);
        proxy.heal();
        for (GrowingFile one : open) {
            assertThat(bytes(one)).isEqualTo(upload.bytes());
        }
        assertThat(proxy.asked().stream().filter(isBytes("GET", upload))).hasSize(1);
        await().until(() -> {
            try (FileHandle file = get(store.open(DEMO, upload.filename())).orElseThrow()) {
                return file instanceof StoredFile;
            }
        });
        assertWhole(upload);
        assertThat(proxy.asked().stream().filter(isBytes("GET", upload))).isEmpty();

        Path kept = nodes.get(nodes.size() - 1).resolve("packages/.uploads/demo/" + upload.filename());
        Files.write(kept, SampleUpload.random(2 * MIB, 4));
        assertWhole(upload);
        assertThat(proxy.asked().stream().filter(isBytes("GET", upload))).hasSize(1);
    }

    @Test
    @DisplayName("a file whose transfer breaks off goes on from the byte that is here")
    void brokenOff() throws Exception {
        HttpFaultProxy proxy = proxy();
        store = behind(proxy, 3);
        SampleUpload upload = SampleUpload.sdist(DEMO, "1.0", 2 * MIB, 3);
        get(upload.publish(store));
        proxy.act(times(2, isBytes("GET", upload), new Act.CutAnswer(700_000)));
        assertWhole(upload);
        assertThat(proxy.asked().stream().filter(isBytes("GET", upload))).hasSize(3);
    }

    @Test
    @DisplayName("no question looks through more than the one project that it is about, however much the bucket holds")
    void listings() throws Exception {
        HttpFaultProxy proxy = proxy();
        store = behind(proxy, 3);
        SampleUpload upload = SampleUpload.wheel(DEMO, "1.0", 1000);
        get(upload.publish(store));
        int projects = 1005;
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < projects; i++) {
            numbers.add(i);
        }
        numbers.parallelStream().forEach(i -> {
            ProjectName project = new ProjectName("filler-" + i);
            SampleUpload filler = SampleUpload.sdist(project, "1.0", 1, i);
            write(
                    paths.description(project, filler.filename()),
                    UploadDocument.of(
                                    filler.file(),
                                    new io.cornucopia.core.UploadPlace("0000-" + Integer.toHexString(i), Map.of()))
                            .write());
        });
        proxy.asked();
        SampleUpload more = SampleUpload.wheel(DEMO, "2.0", 1000);
        get(more.publish(store));
        assertThat(files(DEMO)).containsExactly(upload.file(), more.file());
        assertWhole(more);
        assertThat(get(store.update(more.file()))).isTrue();
        assertThat(get(store.delete(DEMO, more.filename()))).isTrue();
        List<String> listings = proxy.asked().stream()
                .filter(asked -> asked.method().equals("GET") && asked.query().contains("prefix="))
                .filter(asked -> !asked.query().startsWith("uploads"))
                .map(asked -> java.net.URLDecoder.decode(asked.query(), StandardCharsets.UTF_8))
                .toList();
        assertThat(listings).as("of the two questions what is there").hasSize(2);
        assertThat(listings).allSatisfy(query -> assertThat(query).contains("prefix=" + prefix + "meta/demo/"));

        assertThat(get(store.projects())).hasSize(projects + 1);
        assertThat(proxy.asked()).as("a thousand projects a request").hasSize(2);

        get(store.open());
        assertThat(proxy.asked())
                .as("the notes of what is on its way")
                .singleElement()
                .satisfies(asked -> assertThat(asked.query()).contains("incoming"));
    }

    @Test
    @DisplayName("descriptions that are the same still are not read again")
    void unchanged() throws Exception {
        HttpFaultProxy proxy = proxy();
        store = behind(proxy, 3);
        for (int i = 0; i < 30; i++) {
            get(SampleUpload.sdist(DEMO, "1." + i, 10, i).publish(store));
        }
        assertThat(files(DEMO)).hasSize(30);
        proxy.asked();
        assertThat(files(DEMO)).hasSize(30);
        assertThat(proxy.asked()).as("a listing and the status").hasSize(2);
        UploadStore other = opened();
        SampleUpload one = SampleUpload.sdist(DEMO, "1.7", 10, 7);
        get(other.update(one.file().withYank(Optional.of(new Yank("no")))));
        get(other.delete(DEMO, "demo-1.8.tar.gz"));
        assertThat(files(DEMO)).hasSize(29).contains(one.file().withYank(Optional.of(new Yank("no"))));
        assertThat(proxy.asked()).as("and what changed").hasSize(3);
    }

    @Test
    @DisplayName("one damaged description does not take the other files of its project away")
    void damaged() {
        SampleUpload good = SampleUpload.sdist(DEMO, "1.0", 10, 1);
        SampleUpload bad = SampleUpload.sdist(DEMO, "2.0", 10, 1);
        get(good.publish(store));
        get(bad.publish(store));
        write(paths.description(DEMO, bad.filename()), "{".getBytes(StandardCharsets.US_ASCII));
        assertThat(files(DEMO)).containsExactly(good.file());
        assertThat(get(store.read(DEMO)).everUploaded()).isTrue();
        assertThatThrownBy(() -> get(store.open(DEMO, bad.filename())))
                .hasCauseInstanceOf(BrokenFileException.class)
                .hasMessageContaining("restore it from a backup");
    }

    @Test
    @DisplayName("a bucket that is not there, or cannot be reached, is not used, and people are told what to do")
    void unusable() throws Exception {
        HttpFaultProxy proxy = proxy();
        assertThatThrownBy(() -> get(newStore(endpoint(), "no-such-bucket", 0).open()))
                .hasMessageContaining("404 NoSuchBucket; make the bucket no-such-bucket, or correct upload.store");
        proxy.close();
        proxies.remove(proxy);
        assertThatThrownBy(
                        () -> get(newStore(URI.create(proxy.url()), bucket(), 0).open()))
                .hasMessageContaining("no answer")
                .hasMessageContaining("is upload.s3.endpoint right");
    }

    @Test
    @DisplayName("who has no credentials is told how to give them")
    void nobody() {
        String accessKey = System.clearProperty("aws.accessKeyId");
        System.setProperty("aws.disableEc2Metadata", "true");
        try {
            assertThatThrownBy(() -> get(newStore(endpoint(), bucket(), 0).open()))
                    .hasMessageContaining("was not asked, since no credentials were found; set AWS_ACCESS_KEY_ID")
                    .hasMessageContaining("AWS_WEB_IDENTITY_TOKEN_FILE");
        } finally {
            System.setProperty("aws.accessKeyId", accessKey);
            System.clearProperty("aws.disableEc2Metadata");
        }
    }
}
