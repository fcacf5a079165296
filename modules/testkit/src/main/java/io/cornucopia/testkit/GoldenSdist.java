package io.cornucopia.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * Builds real sdists: one package, PKG-INFO, and a build backend inside the archive, so that building one asks no index for
 * anything.
 */
public final class GoldenSdist {
    private static final String BACKEND = """
            import base64, hashlib, os, zipfile

            NAME, VERSION = "%s", "%s"

            def _entries():
                info = f"{NAME}-{VERSION}.dist-info"
                with open("PKG-INFO", "rb") as file:
                    metadata = file.read()
                yield f"{NAME}/__init__.py", b""
                yield f"{info}/METADATA", metadata
                yield f"{info}/WHEEL", b"Wheel-Version: 1.0\\nGenerator: golden\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"

            def get_requires_for_build_wheel(config_settings=None):
                return []

            def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
                filename = f"{NAME}-{VERSION}-py3-none-any.whl"
                record = ""
                with zipfile.ZipFile(os.path.join(wheel_directory, filename), "w") as wheel:
                    for path, data in _entries():
                        wheel.writestr(path, data)
                        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
                        record += f"{path},sha256={digest},{len(data)}\\n"
                    info = f"{NAME}-{VERSION}.dist-info/RECORD"
                    wheel.writestr(info, record + info + ",,\\n")
                return filename
            """;

    private GoldenSdist() {}

    /** A {@code .tar.gz} of a project without dependencies. */
    public static GoldenFile of(String name, String version) {
        String escaped = GoldenWheel.escaped(name);
        String top = escaped + "-" + version + "/";
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put(
                top + "PKG-INFO",
                "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\nSummary: a golden sdist\n");
        entries.put(
                top + "pyproject.toml",
                "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n");
        entries.put(top + "backend.py", BACKEND.formatted(escaped, version));
        entries.put(top + escaped + "/__init__.py", "");
        return new GoldenFile(
                name,
                escaped + "-" + version + ".tar.gz",
                Content.of(gzip(tar(entries))),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] tar(Map<String, String> entries) {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        entries.forEach((path, text) -> {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            tar.writeBytes(header(path, bytes.length));
            tar.writeBytes(bytes);
            tar.writeBytes(new byte[(512 - bytes.length % 512) % 512]);
        });
        tar.writeBytes(new byte[1024]);
        return tar.toByteArray();
    }

    /** A POSIX ustar header. */
    private static byte[] header(String path, int size) {
        byte[] header = new byte[512];
        put(header, 0, path);
        put(header, 100, "0000644\0");
        put(header, 108, "0000000\0");
        put(header, 116, "0000000\0");
        put(header, 124, "%011o\0".formatted(size));
        put(header, 136, "%011o\0".formatted(1577836800));
        put(header, 148, "        ");
        header[156] = '0';
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
