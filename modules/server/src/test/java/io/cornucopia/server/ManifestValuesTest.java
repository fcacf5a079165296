package io.cornucopia.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cornucopia.cluster.ClusterSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

/** The ports, paths and times that {@code k8s/} renders are those of the settings that the program would go by. */
class ManifestValuesTest {
    // What README.md has them take beside their own times, until they are gone.
    private static final Duration ENDING_ALONE = Duration.ofSeconds(10);
    private static final Duration ENDING_AS_NODE = Duration.ofSeconds(20);

    @TempDir
    Path scratch;

    @BeforeEach
    void needsKustomize() {
        assumeTrue(Kustomize.here().isPresent(), "neither kubectl nor kustomize is on the path: nothing is rendered");
    }

    @EachOverlay
    @DisplayName(
            "every port is the one of its setting: of the container, the services, the probes and the network policy")
    void ports(String which) throws IOException {
        Overlay overlay = Overlay.of(which);
        Settings settings = overlay.settings(scratch);
        Map<String, Integer> expected = new TreeMap<>(Map.of("http", settings.get(Keys.PORT)));
        settings.cluster()
                .ifPresent(cluster -> expected.putAll(Map.of(
                        "hazelcast", cluster.port(),
                        "bus", cluster.busPort(),
                        "internal", cluster.internalPort())));
        Map<String, Integer> open = new TreeMap<>();
        overlay.container().objects("ports").forEach(port -> open.put(port.text("name"), port.number("containerPort")));
        assertThat(open).isEqualTo(expected);
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(overlay.container().text(probe, "httpGet", "port")).isEqualTo("http");
        }
        assertThat(overlay.container().text("readinessProbe", "httpGet", "path"))
                .isEqualTo("/health/ready");
        assertThat(overlay.container().text("livenessProbe", "httpGet", "path")).isEqualTo("/health/live");
        assertThat(overlay.find("Service", "cornucopia").orElseThrow().objects("spec", "ports"))
                .singleElement()
                .satisfies(port -> assertThat(port.text("targetPort")).isEqualTo("http"));
        if (settings.cluster().isPresent()) {
            Manifest headless = overlay.find(
                            "Service", settings.cluster().get().dns().orElseThrow())
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
        Overlay overlay = Overlay.of(which);
        Settings settings = overlay.settings(scratch);
        Manifest policy = overlay.only("NetworkPolicy");
        assertThat(policy.texts("spec", "podSelector", "matchLabels"))
                .isNotEmpty()
                .isEqualTo(overlay.podLabels());
        assertThat(policy.find("spec", "policyTypes")).contains(List.of("Ingress"));
        Map<Integer, Boolean> forNodesAlone = new HashMap<>();
        for (Manifest rule : policy.objects("spec", "ingress")) {
            boolean nodes = rule.find("from").isPresent();
            if (nodes) {
                assertThat(rule.objects("from")).singleElement().satisfies(from -> {
                    assertThat(from.tree()).containsOnlyKeys("podSelector");
                    assertThat(from.texts("podSelector", "matchLabels"))
                            .isNotEmpty()
                            .isEqualTo(overlay.podLabels());
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
    @DisplayName(
            "nodes find one another by the name of the headless service, in whatever namespace, also when not ready")
    void discovery(String which) throws IOException {
        Overlay overlay = Overlay.of(which);
        Optional<ClusterSettings> cluster = overlay.settings(scratch).cluster();
        assertThat(cluster.isPresent()).isEqualTo(!which.equals("overlays/single"));
        for (Manifest service : overlay.all("Service")) {
            assertThat(service.texts("spec", "selector")).isNotEmpty();
            assertThat(overlay.podLabels().entrySet())
                    .as("pods that " + service.name() + " is for")
                    .containsAll(service.texts("spec", "selector").entrySet());
        }
        if (cluster.isPresent()) {
            String name = cluster.get().dns().orElseThrow();
            assertThat(name).as("no namespace in it").doesNotContain(".");
            Manifest service = overlay.find("Service", name).orElseThrow();
            assertThat(service.text("spec", "clusterIP")).isEqualTo("None");
            assertThat(service.find("spec", "publishNotReadyAddresses")).contains(true);
            assertThat(overlay.nodes().text("spec", "serviceName")).isEqualTo(name);
            assertThat(overlay.container().objects("env").stream()
                            .filter(each -> each.text("name").equals(Keys.CLUSTER_HOST.variable()))
                            .map(each -> each.text("valueFrom", "fieldRef", "fieldPath")))
                    .containsExactly("status.podIP");
        }
    }

    @EachOverlay
    @DisplayName(
            "there is time for an orderly end: preStop, drain_delay, drain_timeout and leaving, before the pod is killed")
    void times(String which) throws IOException {
        Overlay overlay = Overlay.of(which);
        Settings settings = overlay.settings(scratch);
        Manifest container = overlay.container();
        Duration preStop = Duration.ofSeconds(container.number("lifecycle", "preStop", "sleep", "seconds"));
        Duration delay = settings.get(Keys.DRAIN_DELAY);
        Duration own = preStop.plus(delay)
                .plus(settings.get(Keys.DRAIN_TIMEOUT))
                .plus(settings.cluster().isPresent() ? ENDING_AS_NODE : ENDING_ALONE);
        assertThat(Duration.ofSeconds(overlay.pod().number("terminationGracePeriodSeconds")))
                .isGreaterThanOrEqualTo(own);
        assertThat(delay)
                .as("long enough for whoever asks for readiness as often as Kubernetes does")
                .isGreaterThanOrEqualTo(Duration.ofSeconds((long) container.number("readinessProbe", "periodSeconds")
                        * container.number("readinessProbe", "failureThreshold")));
    }

    @EachOverlay
    @DisplayName("what is written goes to volumes: the cache within the size of its own, uploads to one that is kept")
    void volumes(String which) throws IOException, SettingsException {
        Overlay overlay = Overlay.of(which);
        Settings settings = overlay.settings(scratch);
        assertThat(settings.auditFile()).as("not lost with the pod").isEmpty();
        Manifest cache = writable(overlay, settings.cacheDirectory());
        Manifest claim = overlay.template(cache.text("name")).orElseThrow();
        assertThat(settings.get(Keys.MAX_SIZE).orElseThrow())
                .as("what arrives has room beside the cache")
                .isLessThan(bytes(claim.text("spec", "resources", "requests", "storage")) / 10 * 9);
        assertThat(writable(overlay, Path.of("/tmp")).find("emptyDir")).isPresent();
        if (settings.uploadsAreOn() && settings.uploadStore() instanceof StoreLocation.Directory store) {
            Manifest volume = writable(overlay, store.path());
            if (settings.get(Keys.UPLOAD_STORE_SHARED)) {
                String name = volume.text("persistentVolumeClaim", "claimName");
                assertThat(overlay.find("PersistentVolumeClaim", name)
                                .orElseThrow()
                                .find("spec", "accessModes"))
                        .contains(List.of("ReadWriteMany"));
            } else {
                assertThat(overlay.nodes().number("spec", "replicas")).isEqualTo(1);
                assertThat(overlay.nodes().texts("spec", "persistentVolumeClaimRetentionPolicy"))
                        .containsEntry("whenDeleted", "Retain")
                        .containsEntry("whenScaled", "Retain");
            }
        }
        // In a Secret, under the name that they are looked for by.
        Path tokens = overlay.tokenFile(scratch);
        Manifest mount = overlay.mountOf(tokens).orElseThrow();
        assertThat(mount.text("mountPath")).isEqualTo(tokens.getParent().toString());
        assertThat(overlay.volume(mount.text("name")).find("secret")).isPresent();
    }

    /** The volume that this path is in, which can be written to. */
    private static Manifest writable(Overlay overlay, Path path) {
        Manifest mount = overlay.mountOf(path).orElseThrow(() -> new AssertionError(path + " is in no volume"));
        assertThat(mount.find("readOnly")).as(path.toString()).isEmpty();
        Manifest volume = overlay.volume(mount.text("name"));
        // A template is named by its metadata, a volume by itself.
        return overlay.template(mount.text("name")).isPresent()
                ? new Manifest(Map.of("name", mount.text("name")))
                : volume;
    }

    private static long bytes(String quantity) {
        assertThat(quantity).endsWith("Gi");
        return Long.parseLong(quantity.substring(0, quantity.length() - 2)) << 30;
    }
}
