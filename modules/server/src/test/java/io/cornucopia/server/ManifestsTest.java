package io.cornucopia.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cornucopia.cluster.ClusterSettings;
import io.cornucopia.testkit.ClientTools;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code k8s/} renders is what Kubernetes takes, and agrees with what the program goes by. */
class ManifestsTest {
    private static final Path TOP = Path.of("..", "..").toAbsolutePath().normalize();
    private static final Path MANIFESTS = TOP.resolve("k8s");
    private static final String COMPONENTS = "with-components";
    // The first that has what is used here, and the newest that the schemas are there for.
    private static final List<String> VERSIONS = List.of("1.30", "1.37");
    // What README.md has them take beside their own times, until they are gone.
    private static final Duration ENDING_ALONE = Duration.ofSeconds(10);
    private static final Duration ENDING_AS_NODE = Duration.ofSeconds(20);

    @TempDir
    Path scratch;

    @BeforeEach
    void needsKustomize() {
        assumeTrue(Kustomize.here().isPresent(), "neither kubectl nor kustomize is on the path: nothing is rendered");
    }

    /** Everything that can be applied. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/single", "overlays/s3", "overlays/shared-volume", COMPONENTS})
    private @interface EachOverlay {}

    private static Path directory(String which) throws IOException {
        if (!which.equals(COMPONENTS)) {
            return MANIFESTS.resolve(which);
        }
        // As docs/kubernetes.md has it: what a company makes of an overlay. Paths are relative, or kustomize refuses them.
        Path own = Files.createDirectories(Path.of("target", "with-components").toAbsolutePath());
        Path manifests = own.relativize(MANIFESTS);
        Files.writeString(own.resolve("kustomization.yaml"), """
                resources:
                  - %1$s/overlays/s3
                components:
                  - %1$s/components/service-monitor
                  - %1$s/components/grafana-dashboard
                namespace: packages
                images:
                  - name: cornucopia
                    newName: registry.example.com/cornucopia
                    newTag: "1"
                """.formatted(manifests));
        return own;
    }

    private static String rendered(String which) throws IOException {
        return Kustomize.here().orElseThrow().render(directory(which));
    }

    private static Deployment deployment(String which) throws IOException {
        return Deployment.of(rendered(which));
    }

    private Settings settings(Deployment deployment) {
        try {
            return deployment.settings(scratch);
        } catch (SettingsException e) {
            throw new AssertionError(String.join("\n", e.problems()), e);
        }
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
                        Stream.of(rendered(which).split("(?m)^---\n"))
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
        Deployment deployment = deployment(which);
        Settings settings = settings(deployment);
        assertThat(settings.warnings()).isEmpty();
        Manifest container = deployment.container();
        for (Manifest variable : container.objects("env")) {
            assertThat(Keys.ofVariable(variable.text("name"))).as(variable.text("name")).isPresent();
        }
        assertThat(deployment.pod().find("enableServiceLinks"))
                .as("no variables of services, which look like settings")
                .contains(false);
        assertThat(container.find("args")).isEmpty();
        // Where the image looks for it.
        Path home = Path.of(image("<workingDirectory>(.*)</workingDirectory>"));
        assertThat(deployment.mountOf(home.resolve("conf/cornucopia.yaml")))
                .hasValueSatisfying(mount -> assertThat(mount.text("mountPath")).isEqualTo(home + "/conf"));
    }

    @EachOverlay
    @DisplayName("every port is the one of its setting: of the container, the services, the probes and the network policy")
    void ports(String which) throws IOException {
        Deployment deployment = deployment(which);
        Settings settings = settings(deployment);
        Map<String, Integer> expected = new TreeMap<>(Map.of("http", settings.get(Keys.PORT)));
        settings.cluster()
                .ifPresent(cluster -> expected.putAll(Map.of(
                        "hazelcast", cluster.port(),
                        "bus", cluster.busPort(),
                        "internal", cluster.internalPort())));
        Map<String, Integer> open = new TreeMap<>();
        deployment
                .container()
                .objects("ports")
                .forEach(port -> open.put(port.text("name"), port.number("containerPort")));
        assertThat(open).isEqualTo(expected);
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(deployment.container().text(probe, "httpGet", "port")).isEqualTo("http");
        }
        assertThat(deployment.container().text("readinessProbe", "httpGet", "path"))
                .isEqualTo("/health/ready");
        assertThat(deployment.container().text("livenessProbe", "httpGet", "path"))
                .isEqualTo("/health/live");
        assertThat(deployment.find("Service", "cornucopia").orElseThrow().objects("spec", "ports"))
                .singleElement()
                .satisfies(port -> assertThat(port.text("targetPort")).isEqualTo("http"));
        if (settings.cluster().isPresent()) {
            Manifest headless = deployment
                    .find("Service", settings.cluster().get().dns().orElseThrow())
                    .orElseThrow();
            for (Manifest port : headless.objects("spec", "ports")) {
                assertThat(port.text("targetPort")).isEqualTo(port.text("name"));
                assertThat(port.number("port")).isEqualTo(expected.get(port.text("name")));
            }
        }
    }

    @EachOverlay
    @DisplayName("clients reach the port for clients; the ports between nodes are for pods of the same kind alone")
    void network(String which) throws IOException {
        Deployment deployment = deployment(which);
        Settings settings = settings(deployment);
        Manifest policy = deployment.only("NetworkPolicy");
        assertThat(policy.texts("spec", "podSelector", "matchLabels"))
                .isNotEmpty()
                .isEqualTo(deployment.podLabels());
        assertThat(policy.find("spec", "policyTypes")).contains(List.of("Ingress"));
        Map<Integer, Boolean> forNodesAlone = new HashMap<>();
        for (Manifest rule : policy.objects("spec", "ingress")) {
            boolean nodes = rule.find("from").isPresent();
            if (nodes) {
                assertThat(rule.objects("from")).singleElement().satisfies(from -> {
                    assertThat(from.tree()).containsOnlyKeys("podSelector");
                    assertThat(from.texts("podSelector", "matchLabels"))
                            .isNotEmpty()
                            .isEqualTo(deployment.podLabels());
                });
            }
            rule.objects("ports").forEach(port -> forNodesAlone.put(port.number("port"), nodes));
        }
        Map<Integer, Boolean> expected = new HashMap<>(Map.of(settings.get(Keys.PORT), false));
        settings.cluster()
                .ifPresent(cluster -> expected.putAll(
                        Map.of(cluster.port(), true, cluster.busPort(), true, cluster.internalPort(), true)));
        assertThat(forNodesAlone).isEqualTo(expected);
    }

    @EachOverlay
    @DisplayName("nodes find one another by the name of the headless service, in whatever namespace, also when not ready")
    void discovery(String which) throws IOException {
        Deployment deployment = deployment(which);
        Optional<ClusterSettings> cluster = settings(deployment).cluster();
        assertThat(cluster.isPresent()).isEqualTo(!which.equals("overlays/single"));
        for (Manifest service : deployment.all("Service")) {
            assertThat(service.texts("spec", "selector")).isNotEmpty();
            assertThat(deployment.podLabels().entrySet())
                    .as("pods that " + service.name() + " is for")
                    .containsAll(service.texts("spec", "selector").entrySet());
        }
        if (cluster.isPresent()) {
            String name = cluster.get().dns().orElseThrow();
            assertThat(name).as("no namespace in it").doesNotContain(".");
            Manifest service = deployment.find("Service", name).orElseThrow();
            assertThat(service.text("spec", "clusterIP")).isEqualTo("None");
            assertThat(service.find("spec", "publishNotReadyAddresses")).contains(true);
            assertThat(deployment.nodes().text("spec", "serviceName")).isEqualTo(name);
            assertThat(deployment.container().objects("env").stream()
                            .filter(each -> each.text("name").equals(Keys.CLUSTER_HOST.variable()))
                            .map(each -> each.text("valueFrom", "fieldRef", "fieldPath")))
                    .containsExactly("status.podIP");
        }
    }

    @EachOverlay
    @DisplayName("there is time for an orderly end: preStop, drain_delay, drain_timeout and leaving, before the pod is killed")
    void times(String which) throws IOException {
        Deployment deployment = deployment(which);
        Settings settings = settings(deployment);
        Manifest container = deployment.container();
        Duration preStop = Duration.ofSeconds(container.number("lifecycle", "preStop", "sleep", "seconds"));
        Duration delay = settings.get(Keys.DRAIN_DELAY);
        Duration own = preStop.plus(delay)
                .plus(settings.get(Keys.DRAIN_TIMEOUT))
                .plus(settings.cluster().isPresent() ? ENDING_AS_NODE : ENDING_ALONE);
        assertThat(Duration.ofSeconds(deployment.pod().number("terminationGracePeriodSeconds")))
                .isGreaterThanOrEqualTo(own);
        assertThat(delay)
                .as("long enough for whoever asks for readiness as often as Kubernetes does")
                .isGreaterThanOrEqualTo(Duration.ofSeconds((long) container.number("readinessProbe", "periodSeconds")
                        * container.number("readinessProbe", "failureThreshold")));
    }

    @EachOverlay
    @DisplayName("what is written goes to volumes: the cache within the size of its own, uploads to one that is kept")
    void volumes(String which) throws IOException, SettingsException {
        Deployment deployment = deployment(which);
        Settings settings = settings(deployment);
        assertThat(settings.auditFile()).as("not lost with the pod").isEmpty();
        Manifest cache = writable(deployment, settings.cacheDirectory());
        Manifest claim = deployment.template(cache.text("name")).orElseThrow();
        assertThat(settings.get(Keys.MAX_SIZE).orElseThrow())
                .as("what arrives has room beside the cache")
                .isLessThan(bytes(claim.text("spec", "resources", "requests", "storage")) / 10 * 9);
        assertThat(writable(deployment, Path.of("/tmp")).find("emptyDir")).isPresent();
        if (settings.uploadsAreOn() && settings.uploadStore() instanceof StoreLocation.Directory store) {
            Manifest volume = writable(deployment, store.path());
            if (settings.get(Keys.UPLOAD_STORE_SHARED)) {
                String name = volume.text("persistentVolumeClaim", "claimName");
                assertThat(deployment.find("PersistentVolumeClaim", name)
                                .orElseThrow()
                                .find("spec", "accessModes"))
                        .contains(List.of("ReadWriteMany"));
            } else {
                assertThat(deployment.nodes().number("spec", "replicas")).isEqualTo(1);
                assertThat(deployment.nodes().texts("spec", "persistentVolumeClaimRetentionPolicy"))
                        .containsEntry("whenDeleted", "Retain")
                        .containsEntry("whenScaled", "Retain");
            }
        }
        // In a Secret, under the name that they are looked for by.
        Path tokens = deployment.tokenFile(scratch);
        Manifest mount = deployment.mountOf(tokens).orElseThrow();
        assertThat(mount.text("mountPath")).isEqualTo(tokens.getParent().toString());
        assertThat(deployment.volume(mount.text("name")).find("secret")).isPresent();
    }

    /** The volume that this path is in, which can be written to. */
    private static Manifest writable(Deployment deployment, Path path) {
        Manifest mount = deployment.mountOf(path).orElseThrow(() -> new AssertionError(path + " is in no volume"));
        assertThat(mount.find("readOnly")).as(path.toString()).isEmpty();
        Manifest volume = deployment.volume(mount.text("name"));
        // A template is named by its metadata, a volume by itself.
        return deployment.template(mount.text("name")).isPresent()
                ? new Manifest(Map.of("name", mount.text("name")))
                : volume;
    }

    private static long bytes(String quantity) {
        assertThat(quantity).endsWith("Gi");
        return Long.parseLong(quantity.substring(0, quantity.length() - 2)) << 30;
    }

    @EachOverlay
    @DisplayName("the container may do nothing that it need not, and runs as the image's user, who is not root")
    void security(String which) throws IOException {
        Deployment deployment = deployment(which);
        Manifest pod = deployment.pod().object("securityContext");
        String[] user = image("<user>(.*)</user>").split(":");
        assertThat(pod.tree())
                .containsEntry("runAsNonRoot", true)
                .containsEntry("runAsUser", Integer.valueOf(user[0]))
                .containsEntry("runAsGroup", Integer.valueOf(user[1]))
                .containsEntry("fsGroup", Integer.valueOf(user[1]))
                .containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
        assertThat(Integer.parseInt(user[0])).isPositive();
        assertThat(deployment.container().object("securityContext").tree())
                .isEqualTo(Map.of(
                        "allowPrivilegeEscalation",
                        false,
                        "readOnlyRootFilesystem",
                        true,
                        "capabilities",
                        Map.of("drop", List.of("ALL"))));
        assertThat(deployment.pod().find("automountServiceAccountToken")).contains(false);
        assertThat(deployment.find("ServiceAccount", deployment.pod().text("serviceAccountName")))
                .isPresent();
    }

    @EachOverlay
    @DisplayName("how many nodes there are is said in one place, and one at a time may be taken away")
    void numbers(String which) throws IOException {
        Deployment deployment = deployment(which);
        if (which.equals("overlays/single")) {
            assertThat(deployment.nodes().number("spec", "replicas")).isEqualTo(1);
            assertThat(deployment.all("HorizontalPodAutoscaler")).isEmpty();
            return;
        }
        assertThat(deployment.nodes().find("spec", "replicas")).as("else applying would undo scaling").isEmpty();
        Manifest autoscaler = deployment.only("HorizontalPodAutoscaler");
        assertThat(autoscaler.text("spec", "scaleTargetRef", "kind")).isEqualTo("StatefulSet");
        assertThat(autoscaler.text("spec", "scaleTargetRef", "name"))
                .isEqualTo(deployment.nodes().name());
        assertThat(autoscaler.number("spec", "minReplicas")).isGreaterThanOrEqualTo(which.equals("base") ? 2 : 3);
        assertThat(autoscaler.number("spec", "maxReplicas")).isGreaterThan(autoscaler.number("spec", "minReplicas"));
        Manifest budget = deployment.only("PodDisruptionBudget");
        assertThat(budget.number("spec", "maxUnavailable")).isEqualTo(1);
        assertThat(budget.texts("spec", "selector", "matchLabels"))
                .isNotEmpty()
                .isEqualTo(deployment.podLabels());
        assertThat(deployment.pod().objects("topologySpreadConstraints"))
                .isNotEmpty()
                .allSatisfy(constraint -> assertThat(constraint.texts("labelSelector", "matchLabels"))
                        .isEqualTo(deployment.podLabels()));
    }

    @Test
    @DisplayName("the image is this version's, and a company names its own by images:")
    void image() throws IOException {
        String version = matched(TOP.resolve("pom.xml"), "<artifactId>cornucopia-parent</artifactId>\\s*<version>(.*?)<");
        assertThat(deployment("base").container().text("image")).isEqualTo("cornucopia:" + version);
        assertThat(deployment(COMPONENTS).container().text("image")).isEqualTo("registry.example.com/cornucopia:1");
    }

    @EachOverlay
    @DisplayName("docs/kubernetes.md makes every secret that the pods cannot start without")
    void secrets(String which) throws IOException {
        Deployment deployment = deployment(which);
        Set<List<String>> wanted = new HashSet<>();
        for (Manifest variable : deployment.container().objects("env")) {
            variable.find("valueFrom", "secretKeyRef", "name")
                    .ifPresent(name -> wanted.add(
                            List.of(name.toString(), variable.text("valueFrom", "secretKeyRef", "key"))));
        }
        wanted.add(List.of(deployment.volume("tokens").text("secret", "secretName"), "tokens.yaml"));
        String page = Files.readString(TOP.resolve("docs/kubernetes.md"));
        for (List<String> each : wanted) {
            assertThat(page).containsPattern("kubectl create secret generic " + each.get(0) + " [^\n]*--from-(literal|file)="
                    + Pattern.quote(each.get(1)));
        }
        deployment.container().objects("envFrom").forEach(each -> assertThat(page)
                .contains("kubectl create secret generic " + each.text("secretRef", "name")));
    }

    @Test
    @DisplayName("the ServiceMonitor has what the Prometheus operator knows, and finds each node once")
    void serviceMonitor() throws IOException {
        Deployment deployment = deployment(COMPONENTS);
        Manifest monitor = deployment.only("ServiceMonitor");
        assertThat(monitor.text("apiVersion")).isEqualTo("monitoring.coreos.com/v1");
        assertThat(monitor.object("spec").tree()).containsOnlyKeys("selector", "endpoints");
        Map<String, String> labels = monitor.texts("spec", "selector", "matchLabels");
        assertThat(deployment.all("Service").stream()
                        .filter(service -> service.texts("metadata", "labels").entrySet().containsAll(labels.entrySet()))
                        .map(Manifest::name))
                .containsExactly("cornucopia");
        assertThat(monitor.objects("spec", "endpoints")).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.tree()).containsOnlyKeys("port", "path", "interval", "scrapeTimeout");
            assertThat(endpoint.text("path")).isEqualTo("/metrics");
            assertThat(deployment.find("Service", "cornucopia").orElseThrow().objects("spec", "ports").stream()
                            .map(port -> port.text("name")))
                    .contains(endpoint.text("port"));
        });
        assertThat(deployment.find("ConfigMap", "cornucopia-dashboard")
                        .orElseThrow()
                        .texts("metadata", "labels"))
                .containsEntry("grafana_dashboard", "1");
    }

    /** What modules/image says of the image. */
    private static String image(String pattern) throws IOException {
        return matched(TOP.resolve("modules/image/pom.xml"), pattern);
    }

    private static String matched(Path file, String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
        assertThat(matcher.find()).as(pattern + " in " + file).isTrue();
        return matcher.group(1);
    }
}
