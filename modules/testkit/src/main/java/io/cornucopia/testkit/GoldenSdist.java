package io.cornucopia.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** Builds a real source distribution that carries its own build backend, so that installing it needs no network. */
public final class GoldenSdist {

    private final String name;
    private final String version;
    private final List<String> requires = new ArrayList<>();
    private Optional<String> requiresPython = Optional.empty();
    private Optional<Instant> uploadTime = Optional.empty();
    private Optional<String> yanked = Optional.empty();
    private int payload;

    private GoldenSdist(String name, String version) {
        this.name = name;
        this.version = version;
    }

    /** Starts an sdist {@code {name}-{version}.tar.gz} with one package of that name. */
    public static GoldenSdist of(String name, String version) {
        return new GoldenSdist(name, version);
    }

    /** Adds what it depends on. */
    public GoldenSdist requires(String... requirements) {
        requires.addAll(List.of(requirements));
        return this;
    }

    /** Which Python it needs. */
    public GoldenSdist requiresPython(String specifier) {
        requiresPython = Optional.of(specifier);
        return this;
    }

    /** When the index says that it was uploaded. */
    public GoldenSdist uploadTime(Instant time) {
        uploadTime = Optional.of(time);
        return this;
    }

    /** That it was yanked, and why; the reason may be empty. */
    public GoldenSdist yanked(String reason) {
        yanked = Optional.of(reason);
        return this;
    }

    /** Adds a data file of that many incompressible bytes to the package. */
    public GoldenSdist payload(int bytes) {
        payload = bytes;
        return this;
    }

    /** The source distribution. */
    public GoldenFile build() {
        String escaped = GoldenNames.escaped(name);
        String stem = escaped + "-" + GoldenNames.escapedVersion(version);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(stem + "/PKG-INFO", new CoreMetadata(name, version, requires, requiresPython).bytes());
        files.put(stem + "/pyproject.toml", text("""
                        [build-system]
                        requires = []
                        build-backend = "golden_backend"
                        backend-path = ["backend"]
                        """));
        files.put(stem + "/backend/golden_backend.py", backend());
        files.put(
                stem + "/backend/golden_project.py", text("PACKAGE = \"" + escaped + "\"\nSTEM = \"" + stem + "\"\n"));
        files.put(stem + "/" + escaped + "/__init__.py", text("__version__ = \"" + version + "\"\n"));
        if (payload > 0) {
            long seed = (name + "==" + version).hashCode();
            files.put(
                    stem + "/" + escaped + "/payload.bin",
                    Content.random(seed, payload).bytes());
        }
        return new GoldenFile(
                GoldenNames.normalised(name),
                stem + ".tar.gz",
                Content.ofBytes(gzip(Tar.of(files))),
                Optional.empty(),
                requiresPython,
                uploadTime,
                yanked);
    }

    private static byte[] backend() {
        try (InputStream resource = GoldenSdist.class.getResourceAsStream("golden_backend.py")) {
            return Objects.requireNonNull(resource, "golden_backend.py").readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
