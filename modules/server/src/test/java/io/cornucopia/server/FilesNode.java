package io.cornucopia.server;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.ListedFile;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.cluster.ClusterSettings;
import io.cornucopia.cluster.JoinFailedException;
import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.fetcher.FetcherVerticle;
import io.cornucopia.storage.DirectoryStore;
import io.cornucopia.storage.FileCache;
import io.cornucopia.storage.OpenFiles;
import io.cornucopia.storage.UploadStore;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.HttpProbe;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** A node that serves files, a member of a cluster, in this process; pages say what the upstream of the test has. */
final class FilesNode extends TestMember {
    private FilesNode(ClusterSettings settings, Path directory, FakeUpstream upstream, List<GoldenFile> files)
            throws JoinFailedException {
        super(settings);
        Addresses.LISTED_FILE.serve(
                vertx,
                query -> files.stream()
                        .filter(file -> file.filename().equals(query.filename()))
                        .findFirst()
                        .map(file -> Future.succeededFuture(listed(file, upstream)))
                        .orElseGet(() -> Future.failedFuture("not listed")));
        OpenFiles openFiles = new OpenFiles(100, Duration.ofMinutes(1));
        UploadStore uploads = new DirectoryStore(vertx, directory.resolve("data"));
        await(vertx.deployVerticle(new FetcherVerticle(
                new FileCache(vertx, directory.resolve("cache"), OptionalLong.empty(), openFiles, metrics),
                asking(upstream),
                openFiles,
                uploads,
                cluster,
                metrics)));
        openDoors(openFiles, uploads);
    }

    private static ListedFile listed(GoldenFile file, FakeUpstream upstream) {
        DistributionFile described = new DistributionFile(
                file.filename(),
                upstream.fileUrl(file),
                List.of(new Digest(HashAlgorithm.SHA256, file.sha256())),
                OptionalLong.of(file.size()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new ListedFile(
                new ProjectName(file.project()), ProjectStatus.ACTIVE, described, PageAnswer.Origin.UPSTREAM);
    }

    /** Several that know one another, and see one another. */
    static List<FilesNode> start(int count, Path directory, FakeUpstream upstream, List<GoldenFile> files) {
        return start(
                count,
                settings -> new FilesNode(settings, directory.resolve("node-" + settings.port()), upstream, files));
    }

    /** What a client gets. */
    CompletableFuture<HttpProbe.Digest> fetch(GoldenFile file) {
        return CompletableFuture.supplyAsync(
                () -> HttpProbe.at(port()).digest("/packages/" + file.filename()),
                task -> new Thread(task, "client").start());
    }

    double counted(String name, String... tags) {
        return metrics.get(name).tags(tags).counter().count();
    }
}
