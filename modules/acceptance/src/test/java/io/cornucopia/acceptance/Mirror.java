package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.LiveDirectory;
import io.cornucopia.testkit.Node;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * The packaged program as a process, in a directory of its own, with the blocked-thread checker set to 100 ms. Closing it
 * fails the test if an event loop was blocked for longer than that at any time.
 */
final class Mirror implements AutoCloseable {
    private final Node node;
    private final Path directory;

    private Mirror(Node node, Path directory) {
        this.node = node;
        this.directory = directory;
    }

    /** Starts it over {@code upstream}; {@code settings} are keys and values in turn. */
    static Mirror over(FakeUpstream upstream, Path directory, String... settings) {
        return over(upstream.url(), directory, List.of(), settings);
    }

    static Mirror over(String upstreamUrl, Path directory, List<String> jvm, String... settings) {
        Node.Builder builder = Node.builder()
                .workDir(directory)
                .set("upstream.url", upstreamUrl)
                .set("cache.dir", directory.resolve("cache").toString())
                .set("upstream.connect_timeout", "2s")
                .set("server.blocked_thread_warning", "100ms");
        jvm.forEach(builder::jvm);
        for (int i = 0; i < settings.length; i += 2) {
            builder.set(settings[i], settings[i + 1]);
        }
        return new Mirror(builder.start(), directory);
    }

    Node node() {
        return node;
    }

    HttpProbe probe() {
        return HttpProbe.at(URI.create(node.url()));
    }

    HttpProbe.Response get(String path) {
        return probe().get(path);
    }

    /** The index URL to give to an installer. */
    String simpleUrl() {
        return node.simpleUrl();
    }

    /** The files below a directory of the cache, relative to it. */
    List<String> cached(String below) {
        return LiveDirectory.files(directory.resolve("cache").resolve(below));
    }

    Path cacheDirectory() {
        return directory.resolve("cache");
    }

    @Override
    public void close() {
        List<String> blocked = node.blockedThreads();
        node.close();
        assertThat(blocked).as("an event loop was blocked for more than 100 ms").isEmpty();
    }
}
