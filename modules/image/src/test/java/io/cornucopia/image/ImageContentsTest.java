package io.cornucopia.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image that was made is small, has nothing in it that it need not have, and can be made again. */
class ImageContentsTest {
    private static final ImageFile IMAGE = ImageFile.built();
    private static final String WRITABLE = "/var/lib/cornucopia";
    private static final long LARGEST = 100_000_000;

    @TempDir
    Path directory;

    @Test
    @DisplayName("the image says what it is, runs the jar as a user who is not root, and is small")
    void configuration() throws IOException {
        JsonObject image = IMAGE.configuration();
        JsonObject runs = image.getJsonObject("config");
        assertThat(runs.getString("User")).matches("[1-9][0-9]+:[1-9][0-9]+");
        assertThat(runs.getJsonArray("Entrypoint").getList())
                .isEqualTo(List.of("/opt/java/bin/java", "-XX:+UseG1GC", "-jar", "/opt/cornucopia/cornucopia.jar"));
        assertThat(runs.getString("WorkingDir")).isEqualTo("/opt/cornucopia");
        assertThat(runs.getJsonObject("Volumes").fieldNames()).containsExactlyInAnyOrder("/tmp", WRITABLE);
        assertThat(runs.getJsonObject("ExposedPorts").fieldNames())
                .containsExactlyInAnyOrder("8080/tcp", "5701/tcp", "5702/tcp", "5703/tcp");
        String version = IMAGE.name().replaceFirst("^cornucopia:", "");
        assertThat(runs.getJsonObject("Labels").getMap())
                .containsEntry("org.opencontainers.image.title", "Cornucopia")
                .containsEntry("org.opencontainers.image.version", version)
                .containsEntry("org.opencontainers.image.licenses", "Apache-2.0")
                .containsEntry("io.cornucopia.java", System.getProperty("java.runtime.version"))
                .containsKey("org.opencontainers.image.description");
        assertThat(image.getString("os")).isEqualTo("linux");
        assertThat(Instant.parse(image.getString("created")).toString())
                .as("of the version, not of the build")
                .isEqualTo(runs.getJsonObject("Labels").getString("org.opencontainers.image.created"));
        System.out.printf("IMAGE of %d bytes, compressed%n", Files.size(IMAGE.file()));
        assertThat(Files.size(IMAGE.file())).isLessThan(LARGEST);
    }

    @Test
    @DisplayName(
            "no shell, no root's rights, nothing to write to but volumes, and nothing of when or by whom it was built")
    void files() throws IOException {
        Set<String> names = new TreeSet<>();
        IMAGE.visit((entry, content) -> {
            String name = "/" + entry.getName().replaceFirst("^/", "").replaceFirst("/$", "");
            names.add(name);
            assertThat(entry.isDirectory() || entry.isFile()).as(name).isTrue();
            assertThat(entry.getLastModifiedDate().toInstant()).as(name).isEqualTo(Instant.ofEpochSecond(1));
            assertThat(entry.getLongUserId()).as(name).isZero();
            assertThat(entry.getLongGroupId()).as(name).isZero();
            assertThat(entry.getMode() & 06000).as("setuid of " + name).isZero();
            if (!name.equals("/tmp") && !name.equals(WRITABLE)) {
                assertThat(entry.getMode() & 0022)
                        .as("may be written to: " + name)
                        .isZero();
            }
        });
        assertThat(names)
                .contains("/opt/cornucopia/cornucopia.jar", "/opt/java/bin/java", "/opt/java/lib/security/cacerts")
                .noneMatch(name -> name.matches(".*/(sh|bash|busybox|perl|python3?|apt|dpkg)"));
        assertThat(names.stream().filter(name -> name.matches("/(usr/)?s?bin/.*")))
                .isEmpty();
    }

    @Test
    @DisplayName("what is beside the jar is made once more, Java linked anew: the same files, byte for byte")
    void reproducible() throws Exception {
        Path tree = directory.resolve("root");
        List<String> command = List.of(
                "bash",
                "src/main/container/root.sh",
                tree.toString(),
                directory.resolve("java").toString());
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        assertThat(builder.start().waitFor()).isZero();
        Map<String, String> made = new TreeMap<>();
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                made.put(tree.relativize(path).toString(), sha256(Files.readAllBytes(path)));
            }
        }
        Map<String, String> shipped = new TreeMap<>();
        IMAGE.visit((entry, content) -> {
            String name = entry.getName().replaceFirst("^/", "");
            // Jib adds what it would have run, had it not been told the jar.
            if (entry.isFile() && !name.matches("(opt/cornucopia|app)/.*")) {
                shipped.put(name, sha256(content.readAllBytes()));
            }
        });
        assertThat(made.keySet()).isEqualTo(shipped.keySet());
        assertThat(made.entrySet().stream().filter(each -> !each.getValue().equals(shipped.get(each.getKey()))))
                .isEmpty();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
