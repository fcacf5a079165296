package io.cornucopia.server;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.ProjectChanged;
import io.cornucopia.cluster.ClusterSettings;
import io.cornucopia.cluster.JoinFailedException;
import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.OriginRules;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.metadata.MetadataSettings;
import io.cornucopia.metadata.MetadataVerticle;
import io.cornucopia.storage.DirectoryStore;
import io.cornucopia.storage.OpenFiles;
import io.cornucopia.storage.UploadStore;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.HttpProbe;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A node that serves pages, a member of a cluster, in this process, with a store that all share and a cache of its own. */
final class PagesNode extends TestMember {
    private final UploadStore uploads;

    private PagesNode(ClusterSettings settings, Path directory, FakeUpstream upstream) throws JoinFailedException {
        super(settings);
        uploads = new DirectoryStore(vertx, directory.resolve("data"));
        await(vertx.deployVerticle(new MetadataVerticle(
                new MetadataSettings(
                        directory.resolve("cache-" + settings.port() + "/meta"),
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(1),
                        MetadataSettings.Root.KNOWN,
                        "/simple/",
                        OriginRules.NONE),
                asking(upstream),
                cluster,
                uploads,
                metrics)));
        openDoors(new OpenFiles(100, Duration.ofMinutes(1)), uploads);
    }

    /** Several that know one another. */
    static List<PagesNode> start(int count, Path directory, FakeUpstream upstream) {
        return start(count, settings -> new PagesNode(settings, directory, upstream));
    }

    HttpProbe probe() {
        return HttpProbe.at(port());
    }

    double refreshed(String source) {
        return metrics.get("cornucopia.pages.refreshes")
                .tag("source", source)
                .counter()
                .count();
    }

    /** Publishes a file here; when this returns, an uploader would have 200. */
    void upload(String project, String filename) {
        byte[] bytes = filename.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        await(uploads.receive()
                .compose(incoming -> incoming.write(Buffer.buffer(bytes))
                        .compose(written -> incoming.end())
                        .compose(received -> uploads.publish(
                                incoming,
                                new UploadedFile(
                                        new ProjectName(project),
                                        "1.0",
                                        filename,
                                        bytes.length,
                                        List.of(new Digest(HashAlgorithm.SHA256, received.sha256())),
                                        Optional.empty(),
                                        Instant.parse("2026-01-02T03:04:05Z"),
                                        Optional.empty(),
                                        Optional.empty(),
                                        false,
                                        false,
                                        "ci"),
                                Map.of())))
                .compose(published -> Addresses.ANNOUNCE.ask(vertx, new ProjectChanged(new ProjectName(project)))));
    }
}
