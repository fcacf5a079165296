package io.cornucopia.intake;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/** Makes archives, good ones and others. */
final class Archives {
    static final String WHEEL = "acme-1.0-py3-none-any.whl";
    static final String SDIST = "acme-1.0.tar.gz";

    private Archives() {}

    /** Writes entries into a zip file. */
    interface ZipBody {
        void write(ZipArchiveOutputStream zip) throws IOException;
    }

    /** Writes entries into a tar file. */
    interface TarBody {
        void write(TarArchiveOutputStream tar) throws IOException;
    }

    static byte[] metadata() {
        return text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n\nMade for a test.\n");
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What belongs in a wheel called {@link #WHEEL}. */
    static Map<String, byte[]> wheelEntries() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("acme/__init__.py", text("print('acme')\n"));
        entries.put("acme-1.0.dist-info/METADATA", metadata());
        entries.put("acme-1.0.dist-info/WHEEL", text("Wheel-Version: 1.0\nTag: py3-none-any\n"));
        entries.put("acme-1.0.dist-info/RECORD", text(""));
        return entries;
    }

    static void put(ZipArchiveOutputStream zip, Map<String, byte[]> entries) throws IOException {
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            put(zip, new ZipArchiveEntry(entry.getKey()), entry.getValue());
        }
    }

    static void put(ZipArchiveOutputStream zip, ZipArchiveEntry entry, byte[] content) throws IOException {
        zip.putArchiveEntry(entry);
        zip.write(content);
        zip.closeArchiveEntry();
    }

    static byte[] zip(Map<String, byte[]> entries) {
        return zip(zip -> put(zip, entries));
    }

    static byte[] zip(ZipBody body) {
        return zip(Zip64Mode.Never, body);
    }

    static byte[] zip(Zip64Mode mode, ZipBody body) {
        try (SeekableInMemoryByteChannel channel = new SeekableInMemoryByteChannel()) {
            try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(channel)) {
                zip.setUseZip64(mode);
                body.write(zip);
            }
            byte[] bytes = new byte[(int) channel.size()];
            System.arraycopy(channel.array(), 0, bytes, 0, bytes.length);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Written without going back: sizes follow the bytes. */
    static byte[] streamedZip(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
            put(zip, entries);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static void put(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    static void link(TarArchiveOutputStream tar, String name, byte type, String target) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, type);
        entry.setLinkName(target);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    static byte[] tarGz(TarBody body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes), "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            body.write(tar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** An sdist called {@link #SDIST}, with more in it. */
    static byte[] sdist(TarBody more) {
        return tarGz(tar -> {
            put(tar, "acme-1.0/PKG-INFO", metadata());
            put(tar, "acme-1.0/setup.py", text("import acme\n"));
            more.write(tar);
        });
    }

    /** The bytes with others in place of those at the first spot where {@code old} stands. */
    static byte[] replaced(byte[] bytes, byte[] old, byte[] replacement, boolean last) {
        int at = -1;
        for (int i = 0; i + old.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + old.length, old, 0, old.length)) {
                at = i;
                if (!last) {
                    break;
                }
            }
        }
        if (at < 0) {
            throw new IllegalArgumentException("it is not there");
        }
        byte[] changed = bytes.clone();
        System.arraycopy(replacement, 0, changed, at, replacement.length);
        return changed;
    }

    static byte[] gunzipped(byte[] packed) throws IOException {
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return gzip.readAllBytes();
        }
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }
}
