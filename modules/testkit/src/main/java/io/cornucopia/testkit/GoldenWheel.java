package io.cornucopia.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Builds real wheels: pure Python, installable, the same bytes for the same input. */
public final class GoldenWheel {
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

    public static GoldenWheel of(String name, String version) {
        return new GoldenWheel(name, version);
    }

    /** Adds a {@code Requires-Dist}. */
    public GoldenWheel requires(String requirement) {
        requires.add(requirement);
        return this;
    }

    public GoldenWheel requiresPython(String specifier) {
        requiresPython = Optional.of(specifier);
        return this;
    }

    public GoldenWheel uploadTime(Instant time) {
        uploadTime = Optional.of(time);
        return this;
    }

    public GoldenWheel yanked(String reason) {
        yanked = Optional.of(reason);
        return this;
    }

    /** Adds that many bytes that do not compress. */
    public GoldenWheel payload(int bytes) {
        payload = bytes;
        return this;
    }

    public GoldenFile build() {
        String escaped = escaped(name);
        String info = escaped + "-" + version + ".dist-info/";
        byte[] metadata = metadata("2.1").getBytes(StandardCharsets.UTF_8);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put(escaped + "/__init__.py", ("__version__ = \"" + version + "\"\n").getBytes(StandardCharsets.UTF_8));
        if (payload > 0) {
            entries.put(
                    escaped + "/payload.bin", Content.random(payload, payload).bytes());
        }
        entries.put(info + "METADATA", metadata);
        entries.put(
                info + "WHEEL",
                "Wheel-Version: 1.0\nGenerator: golden\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
                        .getBytes(StandardCharsets.UTF_8));
        entries.put(info + "RECORD", record(entries, info).getBytes(StandardCharsets.UTF_8));
        return new GoldenFile(
                name,
                escaped + "-" + version + "-py3-none-any.whl",
                Content.of(zip(entries)),
                Optional.of(metadata),
                requiresPython,
                uploadTime,
                yanked);
    }

    private String metadata(String metadataVersion) {
        StringBuilder text = new StringBuilder("Metadata-Version: " + metadataVersion + "\nName: " + name
                + "\nVersion: " + version + "\nSummary: a golden wheel\n");
        requiresPython.ifPresent(
                specifier -> text.append("Requires-Python: ").append(specifier).append('\n'));
        requires.forEach(requirement ->
                text.append("Requires-Dist: ").append(requirement).append('\n'));
        return text.toString();
    }

    static String escaped(String name) {
        return name.replaceAll("[-_.]+", "_").toLowerCase(Locale.ROOT);
    }

    private static String record(Map<String, byte[]> entries, String info) {
        StringBuilder record = new StringBuilder();
        entries.forEach((path, bytes) -> record.append(path)
                .append(",sha256=")
                .append(Base64.getUrlEncoder().withoutPadding().encodeToString(sha256(bytes)))
                .append(',')
                .append(bytes.length)
                .append('\n'));
        return record.append(info).append("RECORD,,\n").toString();
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] zip(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                ZipEntry header = new ZipEntry(entry.getKey());
                header.setMethod(ZipEntry.STORED);
                header.setSize(entry.getValue().length);
                CRC32 crc = new CRC32();
                crc.update(entry.getValue());
                header.setCrc(crc.getValue());
                header.setTimeLocal(java.time.LocalDateTime.of(2020, 1, 1, 0, 0));
                zip.putNextEntry(header);
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
