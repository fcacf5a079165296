package io.cornucopia.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Builds a real, installable pure-Python wheel; the same input gives the same bytes. */
public final class GoldenWheel {

    private static final LocalDateTime LONG_AGO = LocalDateTime.of(2020, 1, 1, 0, 0);

    private final String name;
    private final String version;
    private final List<String> requires = new ArrayList<>();
    private Optional<String> requiresPython = Optional.empty();
    private Optional<Instant> uploadTime = Optional.empty();
    private Optional<String> yanked = Optional.empty();
    private int payload;

    private GoldenWheel(String name, String version) {
        this.name = name;
        this.version = version;
    }

    /** Starts a wheel {@code {name}-{version}-py3-none-any.whl} with one package of that name. */
    public static GoldenWheel of(String name, String version) {
        return new GoldenWheel(name, version);
    }

    /** Adds what it depends on. */
    public GoldenWheel requires(String... requirements) {
        requires.addAll(List.of(requirements));
        return this;
    }

    /** Which Python it needs. */
    public GoldenWheel requiresPython(String specifier) {
        requiresPython = Optional.of(specifier);
        return this;
    }

    /** When the index says that it was uploaded. */
    public GoldenWheel uploadTime(Instant time) {
        uploadTime = Optional.of(time);
        return this;
    }

    /** That it was yanked, and why; the reason may be empty. */
    public GoldenWheel yanked(String reason) {
        yanked = Optional.of(reason);
        return this;
    }

    /** Adds a data file of that many incompressible bytes to the package. */
    public GoldenWheel payload(int bytes) {
        payload = bytes;
        return this;
    }

    /** The wheel. */
    public GoldenFile build() {
        String escaped = GoldenNames.escaped(name);
        String stem = escaped + "-" + GoldenNames.escapedVersion(version);
        String info = stem + ".dist-info/";
        byte[] metadata = new CoreMetadata(name, version, requires, requiresPython).bytes();
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put(escaped + "/__init__.py", text("__version__ = \"" + version + "\"\n"));
        if (payload > 0) {
            long seed = (name + "==" + version).hashCode();
            entries.put(escaped + "/payload.bin", Content.random(seed, payload).bytes());
        }
        entries.put(info + "METADATA", metadata);
        entries.put(
                info + "WHEEL",
                text("Wheel-Version: 1.0\nGenerator: golden\nRoot-Is-Purelib: true\nTag: py3-none-any\n"));
        entries.put(info + "RECORD", text(record(entries, info + "RECORD")));
        return new GoldenFile(
                GoldenNames.normalised(name),
                stem + "-py3-none-any.whl",
                Content.ofBytes(zip(entries)),
                Optional.of(metadata),
                requiresPython,
                uploadTime,
                yanked);
    }

    private static String record(Map<String, byte[]> entries, String self) {
        StringBuilder record = new StringBuilder();
        entries.forEach((path, bytes) -> record.append(path)
                .append(",sha256=")
                .append(Sha256.urlSafe(bytes))
                .append(',')
                .append(bytes.length)
                .append('\n'));
        return record.append(self).append(",,\n").toString();
    }

    /** Stored, not deflated, so that the bytes are the same on every JDK. */
    private static byte[] zip(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                byte[] content = each.getValue();
                CRC32 crc = new CRC32();
                crc.update(content);
                ZipEntry entry = new ZipEntry(each.getKey());
                entry.setTimeLocal(LONG_AGO);
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(content.length);
                entry.setCompressedSize(content.length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(content);
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
