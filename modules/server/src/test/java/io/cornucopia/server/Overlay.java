package io.cornucopia.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one directory of {@code k8s/} comes to, as {@link Kustomize} renders it: the objects, and the settings that its nodes would
 * read from its ConfigMap and its environment.
 *
 * @param yaml as it was rendered
 * @param objects everything that would be applied
 */
record Overlay(String yaml, List<Manifest> objects) {
    /** What a company makes of an overlay, as docs/kubernetes.md has it. */
    static final String WITH_COMPONENTS = "with-components";

    /** The repository. */
    static final Path TOP = Path.of("..", "..").toAbsolutePath().normalize();

    private static final Path MANIFESTS = TOP.resolve("k8s");
    private static final Object[] CONTAINER = {"spec", "template", "spec", "containers", 0};
    private static final String CONFIGURATION = "cornucopia.yaml";
    private static final String SECRET = "as long as a secret has to be, and not known";

    /**
     * Renders it.
     *
     * @param which a directory below {@code k8s/}, or {@link #WITH_COMPONENTS}
     */
    static Overlay of(String which) throws IOException {
        String yaml = Kustomize.here().orElseThrow().render(directory(which));
        return new Overlay(yaml, Manifest.of(yaml));
    }

    private static Path directory(String which) throws IOException {
        if (!which.equals(WITH_COMPONENTS)) {
            return MANIFESTS.resolve(which);
        }
        Path own = Files.createDirectories(Path.of("target", WITH_COMPONENTS).toAbsolutePath());
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
                """.formatted(own.relativize(MANIFESTS)));
        return own;
    }

    List<Manifest> all(String kind) {
        return objects.stream().filter(each -> each.kind().equals(kind)).toList();
    }

    Optional<Manifest> find(String kind, String name) {
        return all(kind).stream().filter(each -> each.name().equals(name)).findFirst();
    }

    Manifest only(String kind) {
        List<Manifest> all = all(kind);
        if (all.size() != 1) {
            throw new AssertionError("there are " + all.size() + " of " + kind);
        }
        return all.get(0);
    }

    Manifest nodes() {
        return only("StatefulSet");
    }

    Manifest pod() {
        return nodes().object("spec", "template", "spec");
    }

    Manifest container() {
        return nodes().object(CONTAINER);
    }

    Map<String, String> podLabels() {
        return nodes().texts("spec", "template", "metadata", "labels");
    }

    /** The volume of the pod or of a template that has this name. */
    Manifest volume(String name) {
        return pod().objects("volumes").stream()
                .filter(volume -> volume.text("name").equals(name))
                .findFirst()
                .or(() -> template(name))
                .orElseThrow(() -> new AssertionError("there is no volume " + name));
    }

    /** The template of a claim that has this name. */
    Optional<Manifest> template(String name) {
        return nodes().objects("spec", "volumeClaimTemplates").stream()
                .filter(template -> template.name().equals(name))
                .findFirst();
    }

    /** The mount that this path lies in; of several the innermost. */
    Optional<Manifest> mountOf(Path path) {
        Optional<Manifest> innermost = Optional.empty();
        for (Manifest mount : container().objects("volumeMounts")) {
            Path where = Path.of(mount.text("mountPath"));
            if (path.startsWith(where)
                    && innermost
                            .filter(other -> Path.of(other.text("mountPath")).startsWith(where))
                            .isEmpty()) {
                innermost = Optional.of(mount);
            }
        }
        return innermost;
    }

    /** The ConfigMap that the nodes mount. */
    Manifest configuration() {
        String name = pod().objects("volumes").stream()
                .flatMap(volume -> volume.find("configMap", "name").stream())
                .map(Object::toString)
                .findFirst()
                .orElseThrow();
        return find("ConfigMap", name).orElseThrow(() -> new AssertionError("there is no ConfigMap " + name));
    }

    /** The environment of the container, with what Kubernetes would put in. */
    Map<String, String> environment() {
        Map<String, String> all = new HashMap<>();
        for (Manifest variable : container().objects("env")) {
            String value = variable.find("value")
                    .map(Object::toString)
                    .orElseGet(() -> variable.find("valueFrom", "secretKeyRef").isPresent() ? SECRET : "10.0.0.1");
            all.put(variable.text("name"), value);
        }
        return all;
    }

    /** What the nodes go by. The file of tokens, which is in a Secret, is a file with one that may do everything. */
    Settings settings(Path scratch) {
        try {
            Path file = Files.writeString(
                    scratch.resolve(CONFIGURATION), configuration().text("data", CONFIGURATION));
            Path tokens = Files.writeString(scratch.resolve("tokens.yaml"), """
                    everything:
                      hash: sha256:%s
                      read: "*"
                      upload: "*"
                      manage: "*"
                    """.formatted("0".repeat(64)));
            return Settings.of(Optional.of(file), environment(), List.of("access.token_file=" + tokens));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SettingsException e) {
            throw new AssertionError(String.join("\n", e.problems()), e);
        }
    }

    /** What they are told of the file of tokens. */
    Path tokenFile(Path scratch) throws SettingsException {
        Path file = scratch.resolve(CONFIGURATION);
        return Path.of(ConfigurationFile.parse(file, configuration().text("data", CONFIGURATION))
                .get(Keys.ACCESS_TOKEN_FILE.name()));
    }
}
