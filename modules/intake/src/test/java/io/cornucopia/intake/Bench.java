package io.cornucopia.intake;

import io.cornucopia.access.AuditLog;
import io.cornucopia.access.Permission;
import io.cornucopia.access.Principal;
import io.cornucopia.bus.Actor;
import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.AsIsCodec;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.ManageAnswer;
import io.cornucopia.bus.ManageQuery;
import io.cornucopia.bus.UploadAnswer;
import io.cornucopia.bus.UploadQuery;
import io.cornucopia.core.OriginRules;
import io.cornucopia.core.ProjectPattern;
import io.cornucopia.storage.IncomingFile;
import io.cornucopia.testkit.GoldenFile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.crypto.digests.Blake2bDigest;

/** An intake between a test and a store in memory, with an audit log and listeners that remember. */
final class Bench implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-11-24T12:00:00.123456789Z");
    static final Principal ANYBODY = principal("ci", Map.of(Permission.UPLOAD, "*", Permission.MANAGE, "*"));

    final Vertx vertx = Vertx.vertx();
    final MemoryStore store = new MemoryStore();
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final List<AuditLog.Act> acts = new CopyOnWriteArrayList<>();
    /** The projects of which all nodes were told. */
    final List<String> told = new CopyOnWriteArrayList<>();

    /** When all nodes have heard it. */
    Future<Void> heard = Future.succeededFuture();

    private final Path incoming;

    Bench(Path directory) {
        this(directory, Map.of(), IntakeSettings.Identical.CONFLICT);
    }

    Bench(Path directory, Map<String, OriginRules.Origin> origins, IntakeSettings.Identical identical) {
        this.incoming = directory;
        AsIsCodec.register(vertx);
        Addresses.ANNOUNCE.serve(vertx, news -> {
            told.add(news.project().value());
            return heard;
        });
        OriginRules rules = new OriginRules(origins.entrySet().stream()
                .collect(Collectors.toMap(
                        rule -> ProjectPattern.parse(rule.getKey()).orElseThrow(), Map.Entry::getValue)));
        await(vertx.deployVerticle(
                new IntakeVerticle(new IntakeSettings(rules, identical), store, acts::add, metrics, () -> NOW)));
    }

    static Principal principal(String name, Map<Permission, String> allowed) {
        return new Principal(
                name,
                allowed.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                entry -> List.of(
                                        ProjectPattern.parse(entry.getValue()).orElseThrow()))),
                Optional.empty());
    }

    static Actor actor(Principal principal) {
        return new Actor(principal, "192.0.2.7");
    }

    Future<ManageAnswer> manage(ManageQuery query) {
        return Addresses.MANAGE.ask(vertx, query);
    }

    /** An upload of that file, with a form that fits. */
    Sending sending(String filename, byte[] content) {
        return new Sending(filename, content);
    }

    Sending sending(GoldenFile file) {
        return new Sending(file.filename(), file.bytes())
                .with("name", file.project())
                .with("version", file.version());
    }

    /** The temporary files that are left. */
    List<Path> left() {
        try (Stream<Path> files = Files.list(incoming)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    double counted(String outcome) {
        return metrics.get("cornucopia.uploads")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    static Failure failure(Future<?> future) {
        try {
            Object answer = future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
            throw new AssertionError("expected a failure, got " + answer);
        } catch (ExecutionException e) {
            return FailureException.of(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    static String hash(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static String blake2(byte[] content) {
        Blake2bDigest digest = new Blake2bDigest(256);
        digest.update(content, 0, content.length);
        byte[] hash = new byte[32];
        digest.doFinal(hash, 0);
        return HexFormat.of().formatHex(hash);
    }

    @Override
    public void close() {
        await(vertx.close());
    }

    /** A form that can still be changed, and its file. */
    final class Sending {
        private final String filename;
        private final byte[] content;
        private final Map<String, List<String>> fields = new HashMap<>();
        private Principal principal = ANYBODY;

        private Sending(String filename, byte[] content) {
            this.filename = filename;
            this.content = content;
            with(":action", "file_upload");
            with("protocol_version", "1");
            with("sha256_digest", hash("SHA-256", content));
        }

        Sending with(String field, String... values) {
            fields.put(field, List.of(values));
            return this;
        }

        Sending without(String... names) {
            Arrays.asList(names).forEach(fields::remove);
            return this;
        }

        Sending by(Principal other) {
            principal = other;
            return this;
        }

        Future<UploadAnswer> send() {
            Path file = incoming.resolve(UUID.randomUUID().toString());
            try {
                Files.write(file, content);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            IncomingFile.Received received = new IncomingFile.Received(
                    content.length, hash("SHA-256", content), hash("MD5", content), blake2(content));
            return Addresses.UPLOAD.ask(
                    vertx,
                    new UploadQuery(
                            actor(principal), fields, filename, MemoryStore.arrived(file, content.length), received));
        }
    }
}
