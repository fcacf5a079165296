package io.cornucopia.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cornucopia.testkit.ClientTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code k8s/} renders is what Kubernetes takes, and what the program starts with. */
class ManifestsTest {
    // The first that has what is used here, and the newest that the schemas are there for.
    private static final List<String> VERSIONS = List.of("1.30", "1.37");

    @TempDir
    Path scratch;

    @BeforeEach
    void needsKustomize() {
        assumeTrue(Kustomize.here().isPresent(), "neither kubectl nor kustomize is on the path: nothing is rendered");
    }

    @EachOverlay
    @DisplayName("Kubernetes' own schemas, of the first version that will do and of the newest, know every field")
    void schemas(String which) throws IOException {
        Path requirements = Path.of("src/test/resources/io/cornucopia/server/kubernetes-schemas.txt");
        ClientTools.Preparation preparation =
                ClientTools.prepare(requirements, Path.of("target", "kubernetes-schemas"));
        assumeTrue(
                preparation instanceof ClientTools.Prepared,
                () -> "the schemas cannot be had here: " + ((ClientTools.Unavailable) preparation).reason());
        ClientTools tools = ((ClientTools.Prepared) preparation).tools();
        // It knows no objects but those of Kubernetes; what else there is, is below.
        Path file = Files.writeString(
                scratch.resolve("rendered.yaml"),
                String.join(
                        "\n---\n",
                        Stream.of(Overlay.of(which).yaml().split("(?m)^---\n"))
                                .filter(each -> !each.contains("kind: ServiceMonitor"))
                                .toList()));
        for (String version : VERSIONS) {
            ClientTools.Outcome outcome = tools.run(
                    scratch,
                    Map.of(),
                    Duration.ofMinutes(1),
                    "kubernetes-validate",
                    "--strict",
                    "-k",
                    version,
                    file.toString());
            assertThat(outcome.exit()).as(outcome.output()).isZero();
            assertThat(outcome.output()).contains("statefulset/cornucopia against version " + version);
        }
    }

    @EachOverlay
    @DisplayName("the program starts with the configuration and the environment, and has nothing to warn of")
    void configuration(String which) throws IOException {
        Overlay overlay = Overlay.of(which);
        Settings settings = overlay.settings(scratch);
        assertThat(settings.warnings()).isEmpty();
        Manifest container = overlay.container();
        for (Manifest variable : container.objects("env")) {
            assertThat(Keys.ofVariable(variable.text("name")))
                    .as(variable.text("name"))
                    .isPresent();
        }
        assertThat(overlay.pod().find("enableServiceLinks"))
                .as("no variables of services, which look like settings")
                .contains(false);
        assertThat(container.find("args")).isEmpty();
        // Where the image looks for it.
        Path home = Path.of(image("<workingDirectory>(.*)</workingDirectory>"));
        assertThat(overlay.mountOf(home.resolve("conf/cornucopia.yaml")))
                .hasValueSatisfying(mount -> assertThat(mount.text("mountPath")).isEqualTo(home + "/conf"));
    }

    @EachOverlay
    @DisplayName("the container may do nothing that it need not, and runs as the image's user, who is not root")
    void security(String which) throws IOException {
        Overlay overlay = Overlay.of(which);
        Manifest pod = overlay.pod().object("securityContext");
        String[] user = image("<user>(.*)</user>").split(":");
        assertThat(pod.tree())
                .containsEntry("runAsNonRoot", true)
                .containsEntry("runAsUser", Integer.valueOf(user[0]))
                .containsEntry("runAsGroup", Integer.valueOf(user[1]))
                .containsEntry("fsGroup", Integer.valueOf(user[1]))
                .containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
        assertThat(Integer.parseInt(user[0])).isPositive();
        assertThat(overlay.container().object("securityContext").tree())
                .isEqualTo(Map.of(
                        "allowPrivilegeEscalation",
                        false,
                        "readOnlyRootFilesystem",
                        true,
                        "capabilities",
                        Map.of("drop", List.of("ALL"))));
        assertThat(overlay.pod().find("automountServiceAccountToken")).contains(false);
        assertThat(overlay.find("ServiceAccount", overlay.pod().text("serviceAccountName")))
                .isPresent();
    }

    @EachOverlay
    @DisplayName("how many nodes there are is said in one place, and one at a time may be taken away")
    void numbers(String which) throws IOException {
        Overlay overlay = Overlay.of(which);
        if (which.equals("overlays/single")) {
            assertThat(overlay.nodes().number("spec", "replicas")).isEqualTo(1);
            assertThat(overlay.all("HorizontalPodAutoscaler")).isEmpty();
            return;
        }
        assertThat(overlay.nodes().find("spec", "replicas"))
                .as("else applying would undo scaling")
                .isEmpty();
        Manifest autoscaler = overlay.only("HorizontalPodAutoscaler");
        assertThat(autoscaler.text("spec", "scaleTargetRef", "kind")).isEqualTo("StatefulSet");
        assertThat(autoscaler.text("spec", "scaleTargetRef", "name"))
                .isEqualTo(overlay.nodes().name());
        assertThat(autoscaler.number("spec", "minReplicas")).isGreaterThanOrEqualTo(which.equals("base") ? 2 : 3);
        assertThat(autoscaler.number("spec", "maxReplicas")).isGreaterThan(autoscaler.number("spec", "minReplicas"));
        Manifest budget = overlay.only("PodDisruptionBudget");
        assertThat(budget.number("spec", "maxUnavailable")).isEqualTo(1);
        assertThat(budget.texts("spec", "selector", "matchLabels")).isNotEmpty().isEqualTo(overlay.podLabels());
        assertThat(overlay.pod().objects("topologySpreadConstraints"))
                .isNotEmpty()
                .allSatisfy(constraint -> assertThat(constraint.texts("labelSelector", "matchLabels"))
                        .isEqualTo(overlay.podLabels()));
    }

    @Test
    @DisplayName("the image is this version's, and a company names its own by images:")
    void image() throws IOException {
        String version = matched(
                Overlay.TOP.resolve("pom.xml"), "<artifactId>cornucopia-parent</artifactId>\\s*<version>(.*?)<");
        assertThat(Overlay.of("base").container().text("image")).isEqualTo("cornucopia:" + version);
        assertThat(Overlay.of(Overlay.WITH_COMPONENTS).container().text("image"))
                .isEqualTo("registry.example.com/cornucopia:1");
    }

    @EachOverlay
    @DisplayName("docs/kubernetes.md makes every secret that the pods cannot start without")
    void secrets(String which) throws IOException {
        Overlay overlay = Overlay.of(which);
        Set<List<String>> wanted = new HashSet<>();
        for (Manifest variable : overlay.container().objects("env")) {
            variable.find("valueFrom", "secretKeyRef", "name")
                    .ifPresent(name ->
                            wanted.add(List.of(name.toString(), variable.text("valueFrom", "secretKeyRef", "key"))));
        }
        wanted.add(List.of(overlay.volume("tokens").text("secret", "secretName"), "tokens.yaml"));
        String page = Files.readString(Overlay.TOP.resolve("docs/kubernetes.md"));
        for (List<String> each : wanted) {
            assertThat(page)
                    .containsPattern("kubectl create secret generic " + each.get(0) + " [^\n]*--from-(literal|file)="
                            + Pattern.quote(each.get(1)));
        }
        overlay.container()
                .objects("envFrom")
                .forEach(each ->
                        assertThat(page).contains("kubectl create secret generic " + each.text("secretRef", "name")));
    }

    @Test
    @DisplayName("the ServiceMonitor has what the Prometheus operator knows, and finds each node once")
    void serviceMonitor() throws IOException {
        Overlay overlay = Overlay.of(Overlay.WITH_COMPONENTS);
        Manifest monitor = overlay.only("ServiceMonitor");
        assertThat(monitor.text("apiVersion")).isEqualTo("monitoring.coreos.com/v1");
        assertThat(monitor.object("spec").tree()).containsOnlyKeys("selector", "endpoints");
        Map<String, String> labels = monitor.texts("spec", "selector", "matchLabels");
        assertThat(overlay.all("Service").stream()
                        .filter(service ->
                                service.texts("metadata", "labels").entrySet().containsAll(labels.entrySet()))
                        .map(Manifest::name))
                .containsExactly("cornucopia");
        assertThat(monitor.objects("spec", "endpoints")).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.tree()).containsOnlyKeys("port", "path", "interval", "scrapeTimeout");
            assertThat(endpoint.text("path")).isEqualTo("/metrics");
            assertThat(overlay.find("Service", "cornucopia").orElseThrow().objects("spec", "ports").stream()
                            .map(port -> port.text("name")))
                    .contains(endpoint.text("port"));
        });
        assertThat(overlay.find("ConfigMap", "cornucopia-dashboard")
                        .orElseThrow()
                        .texts("metadata", "labels"))
                .containsEntry("grafana_dashboard", "1");
    }

    /** What modules/image says of the image. */
    private static String image(String pattern) throws IOException {
        return matched(Overlay.TOP.resolve("modules/image/pom.xml"), pattern);
    }

    private static String matched(Path file, String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
        assertThat(matcher.find()).as(pattern + " in " + file).isTrue();
        return matcher.group(1);
    }
}
