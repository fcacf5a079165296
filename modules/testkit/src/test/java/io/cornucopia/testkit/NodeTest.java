package io.cornucopia.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeTest {

    @TempDir
    Path dir;

    @Test
    void aNodeStartsDiesAndComesBack() throws IOException {
        Path work = dir.resolve("node");
        try (Node node = Node.builder()
                .jar(jar())
                .workDir(work)
                .jvm("-Xmx64m")
                .set("key", "value")
                .start()) {
            assertThat(node.simpleUrl()).isEqualTo("http://127.0.0.1:" + node.port() + "/simple/");
            Conditions.await(
                    "its first line",
                    Duration.ofSeconds(10),
                    () -> node.stdout()
                            .contains("--set server.host=127.0.0.1 --set key=value --set server.port=" + node.port()));
            Conditions.await(
                    "its warning",
                    Duration.ofSeconds(10),
                    () -> node.blockedThreads().size() == 1);
            node.stop();
            assertThatThrownBy(
                            () -> node.probe().timeout(Duration.ofMillis(300)).get("/health/ready"))
                    .isInstanceOf(UncheckedIOException.class);
            node.cont();
            assertThat(node.probe().get("/health/ready").status()).isEqualTo(200);
            node.kill9();
            assertThat(node.awaitExit(Duration.ofSeconds(10))).isEqualTo(137);
            int port = node.port();
            assertThat(node.restart().port()).isEqualTo(port);
            assertThat(node.exitCode()).isEmpty();
            node.sigterm();
            assertThat(node.awaitExit(Duration.ofSeconds(10))).isEqualTo(143);
        }
        assertThat(Files.readString(work.resolve("stdout.log"))).contains("key=value");
    }

    @Test
    void aNodeThatDoesNotStartSaysWhy() throws IOException {
        Node.Builder failing = Node.builder().jar(jar()).workDir(dir).set("fail", "yes");
        assertThatThrownBy(failing::start)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("ended with 3")
                .hasMessageContaining("has been blocked for");
    }

    private Path jar() throws IOException {
        Path jar = dir.resolve("stand-in.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, StandIn.class.getName());
        String entry = StandIn.class.getName().replace('.', '/') + ".class";
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                InputStream code = StandIn.class.getResourceAsStream("StandIn.class")) {
            out.putNextEntry(new JarEntry(entry));
            code.transferTo(out);
            out.closeEntry();
        }
        return jar;
    }
}
