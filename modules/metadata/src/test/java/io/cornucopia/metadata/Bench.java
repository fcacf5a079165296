package io.cornucopia.metadata;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.AsIsCodec;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.ListedFile;
import io.cornucopia.bus.ListedFileQuery;
import io.cornucopia.bus.OwnProjectsAnswer;
import io.cornucopia.bus.OwnProjectsQuery;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.bus.PageQuery;
import io.cornucopia.bus.ProjectChanged;
import io.cornucopia.bus.RootAnswer;
import io.cornucopia.bus.RootQuery;
import io.cornucopia.cluster.Cluster;
import io.cornucopia.cluster.HostPort;
import io.cornucopia.cluster.Member;
import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.OriginRules;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectPattern;
import io.cornucopia.core.Representation;
import io.cornucopia.upstream.Upstream;
import io.cornucopia.upstream.UpstreamSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;

/** A metadata verticle in a process of its own, between a scripted index and a test. */
final class Bench implements AutoCloseable {
    static final Duration TTL = Duration.ofMinutes(10);
    static final Duration NEGATIVE_TTL = Duration.ofMinutes(1);

    private static final HostPort NOWHERE = new HostPort("localhost", 1);

    final Vertx vertx;
    final ScriptedIndex index;
    final SettableClock clock;
    final List<ProjectName> changed = new CopyOnWriteArrayList<>();
    final Path directory;
    final MemoryUploads uploads;

    SimpleMeterRegistry metrics;
    MetadataSettings.Root root = MetadataSettings.Root.KNOWN;
    Duration readTimeout = Duration.ofSeconds(10);
    List<String> fileHosts = List.of();
    boolean offline;
    Cluster cluster = Cluster.alone(new Member("alone", NOWHERE, NOWHERE, "1", true));
    OriginRules origins = OriginRules.NONE;

    private String deployment;
    private Upstream upstream;

    Bench(Path directory) {
        this(directory, null, Vertx.vertx());
    }

    /** @param other a bench whose index and uploads are this one's too; null: it has its own */
    Bench(Path directory, Bench other) {
        this(directory, other, Vertx.vertx());
    }

    /** On a Vert.x that is made already; it is closed with this. */
    Bench(Path directory, Bench other, Vertx vertx) {
        this.directory = directory;
        this.vertx = vertx;
        index = other == null ? new ScriptedIndex(vertx).up() : other.index;
        uploads = other == null ? new MemoryUploads(vertx) : other.uploads;
        clock = new SettableClock();
        AsIsCodec.register(vertx);
        Addresses.PROJECT_CHANGED.listen(vertx, (ProjectChanged news) -> changed.add(news.project()));
    }

    Bench start() {
        metrics = new SimpleMeterRegistry();
        upstream = new Upstream(
                vertx,
                new UpstreamSettings(
                        index.url(), fileHosts, Optional.empty(), 0, Duration.ofSeconds(2), readTimeout, offline),
                metrics);
        deployment = await(vertx.deployVerticle(new MetadataVerticle(
                new MetadataSettings(directory, TTL, NEGATIVE_TTL, root, "/simple/", origins),
                upstream,
                cluster,
                uploads,
                metrics,
                clock)));
        return this;
    }

    /** As if the process ended. */
    void stop() {
        await(vertx.undeploy(deployment));
    }

    Bench restart() {
        stop();
        return start();
    }

    /** Rules by pattern, such as {@code "acme-*", "PRIVATE"}. */
    Bench rules(String... patternsAndOrigins) {
        Map<ProjectPattern, OriginRules.Origin> rules = new HashMap<>();
        for (int i = 0; i < patternsAndOrigins.length; i += 2) {
            rules.put(
                    ProjectPattern.parse(patternsAndOrigins[i]).orElseThrow(),
                    OriginRules.Origin.valueOf(patternsAndOrigins[i + 1]));
        }
        origins = new OriginRules(rules);
        return this;
    }

    /** Tells of a change to uploads, as the intake does: when this returns, an uploader would get 200. */
    void announce(String project) {
        await(Addresses.ANNOUNCE.ask(vertx, new ProjectChanged(new ProjectName(project))));
    }

    /** An upload from beginning to end. */
    void upload(String project, String version, String filename) {
        uploads.put(project, version, filename);
        announce(project);
    }

    List<OwnProjectsAnswer.OwnProject> ownProjects() {
        return await(Addresses.OWN_PROJECTS.ask(vertx, new OwnProjectsQuery())).projects();
    }

    Future<PageAnswer> ask(String project) {
        return Addresses.PAGE.ask(vertx, new PageQuery(new ProjectName(project)));
    }

    PageAnswer page(String project) {
        return await(ask(project));
    }

    List<String> filenames(String project) {
        return page(project).page().files().stream()
                .map(DistributionFile::filename)
                .toList();
    }

    Failure pageFailure(String project) {
        return failure(ask(project));
    }

    Future<ListedFile> askFile(String filename, ListedFileQuery.Effort effort) {
        return Addresses.LISTED_FILE.ask(vertx, new ListedFileQuery(filename, effort));
    }

    String projectOf(String filename) {
        return await(askFile(filename, ListedFileQuery.Effort.ANY_AGE))
                .project()
                .value();
    }

    Failure fileFailure(String filename) {
        return failure(askFile(filename, ListedFileQuery.Effort.ANY_AGE));
    }

    Future<RootAnswer> askRoot(Representation representation, boolean gzip) {
        return Addresses.ROOT.ask(vertx, new RootQuery(representation, gzip));
    }

    RootAnswer rootAnswer(Representation representation, boolean gzip) {
        return await(askRoot(representation, gzip));
    }

    String rootText(Representation representation) {
        return text(rootAnswer(representation, false), false);
    }

    static String text(RootAnswer answer, boolean gzip) {
        try {
            ByteBuffer bytes = ByteBuffer.allocate((int) answer.body().size());
            while (bytes.hasRemaining() && answer.body().channel().read(bytes, bytes.position()) > 0) {
                // Until all of it was read.
            }
            byte[] raw = bytes.array();
            if (gzip) {
                raw = new GZIPInputStream(new ByteArrayInputStream(raw)).readAllBytes();
            }
            return new String(raw, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            answer.body().close();
        }
    }

    double count(String name, String... tags) {
        return metrics.get(name).tags(tags).counter().count();
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

    @Override
    public void close() {
        await(vertx.close());
    }
}
