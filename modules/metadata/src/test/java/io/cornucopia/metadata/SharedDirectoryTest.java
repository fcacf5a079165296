package io.cornucopia.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.bus.ListedFileQuery;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.Representation;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of one cluster whose cache is one directory. */
class SharedDirectoryTest {
    @TempDir
    Path parent;

    private final TwinCluster cluster = new TwinCluster();
    private final List<Bench> nodes = new ArrayList<>();

    @BeforeEach
    void start() {
        join();
        join();
    }

    private Bench join() {
        Bench node = new Bench(parent.resolve("meta"), nodes.isEmpty() ? null : nodes.get(0));
        node.cluster = cluster.join(node.vertx);
        nodes.add(node);
        return node.start();
    }

    @AfterEach
    void stop() {
        nodes.forEach(Bench::close);
    }

    private List<String> files(String directory) throws IOException {
        try (Stream<Path> files = Files.list(parent.resolve(directory))) {
            return files.map(path -> path.getFileName().toString()).toList();
        }
    }

    @Test
    @DisplayName("pages are written by both at once while others start, and each document is whole")
    void atOnce() throws IOException {
        ScriptedIndex index = nodes.get(0).index;
        List<Future<PageAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            index.page("p" + i, "\"1\"", "p" + i + "-1.0.tar.gz");
            answers.add(nodes.get(0).ask("p" + i));
            answers.add(nodes.get(1).ask("p" + i));
            if (i % 25 == 0) {
                join();
            }
        }
        answers.forEach(Bench::await);
        PageStore store = new PageStore(parent.resolve("meta"), new AtomicWrite(parent.resolve("meta")));
        for (int i = 0; i < 100; i++) {
            assertThat(store.read(new ProjectName("p" + i))).isPresent();
            assertThat(index.askedForPage("p" + i)).hasSize(1);
        }
        assertThat(files("meta")).noneMatch(name -> name.startsWith(".tmp-"));
    }

    @Test
    @DisplayName("what changed on one is read by the other, whoever wrote the document last")
    void changed() {
        ScriptedIndex index = nodes.get(0).index;
        index.page("six", "\"1\"", "six-1.0.tar.gz");
        nodes.forEach(node -> node.page("six"));
        index.page("six", "\"2\"", "six-1.0.tar.gz", "six-2.0.tar.gz");
        nodes.forEach(node -> node.clock.advance(Duration.ofSeconds(1)));
        Bench.await(nodes.get(0).askFile("six-1.0.tar.gz", ListedFileQuery.Effort.ASK_AGAIN));
        for (Bench node : nodes) {
            org.awaitility.Awaitility.await()
                    .untilAsserted(() -> assertThat(node.filenames("six")).hasSize(2));
        }
        assertThat(nodes.get(1).restart().filenames("six")).hasSize(2);
        assertThat(index.askedForPage("six")).hasSize(2);
    }

    @Test
    @DisplayName("who starts sweeps nothing that another is writing, nor the root list that another sends")
    void sweeping() throws IOException {
        AtomicWrite writes = new AtomicWrite(parent.resolve("meta"));
        Path unfinished = Files.createFile(writes.temporaryIn(parent.resolve("meta")));
        Path abandoned = Files.createFile(
                parent.resolve("meta/.tmp-01234567-89ab-cdef-0123-456789abcdef-01234567-89ab-cdef-0123-456789abcdef"));
        Path abandonedList = Files.createFile(parent.resolve(
                "meta/.root/own-01234567-89ab-cdef-0123-456789abcdef-01234567-89ab-cdef-0123-456789abcdef.json"));
        nodes.get(0).rootAnswer(Representation.JSON, false).body().close();
        Bench joined = join();
        joined.rootAnswer(Representation.JSON, false).body().close();

        assertThat(unfinished).exists();
        assertThat(abandoned).doesNotExist();
        assertThat(abandonedList).doesNotExist();
        assertThat(files("meta/.root"))
                .filteredOn(name -> name.endsWith(".json"))
                .hasSize(2);
        Files.delete(unfinished);
    }
}
