package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.Fault;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code k8s/} asks the program for, the program answers. That the manifests hold together is tested in {@code server}. */
class KubernetesTest {
    private static final Path MANIFESTS = Path.of("..", "..", "k8s");
    private static final String DASHBOARD = "components/grafana-dashboard/cornucopia.json";
    private static final Pattern METRIC = Pattern.compile("\\b(?:cornucopia|jvm|vertx)_[a-z0-9_]+");

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "a node has every path that is probed or scraped, and tells every metric and label that the dashboard shows")
    void asked() throws IOException {
        GoldenFile file = GoldenWheel.of("acme", "1.0").build();
        try (FakeUpstream upstream = FakeUpstream.start().put(file);
                TestCluster cluster = TestCluster.builder()
                        .nodes(2)
                        .over(upstream)
                        .directory(directory)
                        .jvm("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                        .start()) {
            for (OwnedNode node : OwnedNode.of(cluster)) {
                node.assertServed(file);
            }
            OwnedNode first = OwnedNode.of(cluster).get(0);
            first.publish(GoldenWheel.of("acme-own", "1.0").build());
            upstream.fault("^/simple/ill/", new Fault.Status(500));
            first.page("ill");

            HttpProbe probe = first.node().probe();
            List<String> paths = paths();
            assertThat(paths).contains("/health/ready", "/health/live", "/metrics");
            for (String path : paths) {
                assertThat(probe.get(path).status()).as(path).isEqualTo(200);
            }
            Set<String> told = new TreeSet<>();
            for (OwnedNode node : OwnedNode.of(cluster)) {
                told.addAll(node.node().probe().get("/metrics").text().lines().toList());
            }
            Set<String> names =
                    told.stream().map(line -> line.replaceFirst("[ {].*", "")).collect(Collectors.toSet());
            List<String> expressions = expressions();
            assertThat(expressions).hasSizeGreaterThan(20);
            // Also those that are not shown but chosen by.
            assertThat(names).containsAll(metrics(read(DASHBOARD)));
            for (String expression : expressions) {
                List<String> metrics = metrics(expression);
                assertThat(metrics).as(expression).isNotEmpty();
                for (String label : labels(expression)) {
                    assertThat(told)
                            .as(label + " of " + expression)
                            .anyMatch(line -> line.startsWith(metrics.get(0) + "{") && line.contains(label + "=\""));
                }
            }
        }
    }

    /** Of probes and of the scrape. */
    private static List<String> paths() throws IOException {
        return List.of("base/stateful-set.yaml", "components/service-monitor/service-monitor.yaml").stream()
                .flatMap(file -> Pattern.compile("(?m)^\\s+path: (/\\S+)$")
                        .matcher(read(file))
                        .results()
                        .map(match -> match.group(1)))
                .toList();
    }

    private static String read(String file) {
        try {
            return Files.readString(MANIFESTS.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> expressions() throws IOException {
        JsonNode dashboard = new ObjectMapper().readTree(read(DASHBOARD));
        return dashboard.findValuesAsText("expr");
    }

    private static List<String> metrics(String text) {
        return METRIC.matcher(text).results().map(MatchResult::group).toList();
    }

    /** Those that are grouped or chosen by, but for what Prometheus puts there itself. */
    private static Set<String> labels(String expression) {
        Set<String> labels = Pattern.compile("by \\(([a-z, ]+)\\)|([a-z]+)=\"")
                .matcher(expression)
                .results()
                .flatMap(match -> Pattern.compile("[, ]+")
                        .splitAsStream(match.group(1) == null ? match.group(2) : match.group(1)))
                .collect(Collectors.toCollection(TreeSet::new));
        labels.removeAll(Set.of("namespace", "pod"));
        return labels;
    }
}
