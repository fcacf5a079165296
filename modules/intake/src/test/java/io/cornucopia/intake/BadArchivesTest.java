package io.cornucopia.intake;

import static io.cornucopia.intake.Archives.SDIST;
import static io.cornucopia.intake.Archives.WHEEL;
import static io.cornucopia.intake.Archives.joined;
import static io.cornucopia.intake.Archives.metadata;
import static io.cornucopia.intake.Archives.put;
import static io.cornucopia.intake.Archives.replaced;
import static io.cornucopia.intake.Archives.sdist;
import static io.cornucopia.intake.Archives.streamedZip;
import static io.cornucopia.intake.Archives.tarGz;
import static io.cornucopia.intake.Archives.text;
import static io.cornucopia.intake.Archives.wheelEntries;
import static io.cornucopia.intake.Archives.zip;
import static io.cornucopia.intake.Bench.await;
import static io.cornucopia.intake.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.testkit.GoldenSdist;
import io.cornucopia.testkit.GoldenWheel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.UnicodePathExtraField;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that are not what they claim, and odd ones that are. Each bad one is 400, and leaves nothing. */
class BadArchivesTest {
    private static final byte[] CENTRAL = {'P', 'K', 1, 2};
    private static final byte[] LOCAL = {'P', 'K', 3, 4};
    private static final byte[] END = {'P', 'K', 5, 6};

    @TempDir
    Path directory;

    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(directory);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName(
            "G6 wheels of every kind of writer pass: streamed, ZIP64, with directories, comments and other code pages")
    void good_wheels() {
        accepted(WHEEL, zip(wheelEntries()));
        accepted(WHEEL, streamedZip(wheelEntries()));
        accepted(WHEEL, zip(Zip64Mode.Always, zip -> put(zip, wheelEntries())));
        accepted(WHEEL, zip(zip -> {
            zip.setComment("Made for a test");
            put(zip, new ZipArchiveEntry("acme/"), new byte[0]);
            put(zip, wheelEntries());
        }));
        accepted(WHEEL, zip(zip -> {
            zip.setEncoding("Cp437");
            put(zip, new ZipArchiveEntry("acme/\u00fc\u00e9.txt"), text("x"));
            put(zip, wheelEntries());
        }));
        accepted(WHEEL, zip(zip -> {
            zip.setCreateUnicodeExtraFields(ZipArchiveOutputStream.UnicodeExtraFieldPolicy.ALWAYS);
            put(zip, new ZipArchiveEntry("acme/\u00fc.txt"), text("x"));
            put(zip, wheelEntries());
        }));
    }

    @ParameterizedTest
    @DisplayName("G6 a wheel has WHEEL, METADATA and RECORD in its .dist-info")
    @ValueSource(strings = {"WHEEL", "METADATA", "RECORD"})
    void incomplete(String missing) {
        Map<String, byte[]> entries = wheelEntries();
        entries.remove("acme-1.0.dist-info/" + missing);

        refused(WHEEL, zip(entries), missing);
    }

    @Test
    @DisplayName("I a wheel with several dist-infos is 400, also if they differ in case only")
    void several_dist_infos() {
        for (String other : new String[] {"other-1.0.dist-info/METADATA", "Acme-1.0.DIST-INFO/METADATA"}) {
            Map<String, byte[]> entries = wheelEntries();
            entries.put(other, metadata());
            refused(WHEEL, zip(entries), "more than one .dist-info");
        }
        refused(WHEEL, zip(Map.of("acme/__init__.py", text(""))), "no {name}-{version}.dist-info");
    }

    @Test
    @DisplayName("G6 .dist-info, metadata and filename of a wheel are of one project and version, in any spelling")
    void other_dist_info() {
        refused("acme-1.1-py3-none-any.whl", zip(wheelEntries()), "version");
        refused("acne-1.0-py3-none-any.whl", zip(wheelEntries()), "acne");
        Map<String, byte[]> renamed = new LinkedHashMap<>();
        wheelEntries().forEach((name, bytes) -> renamed.put(name.replace("acme-1.0.dist", "acme-2.0.dist"), bytes));
        refused(WHEEL, zip(renamed), "acme-2.0");
        Map<String, byte[]> spelt = new LinkedHashMap<>();
        wheelEntries().forEach((name, bytes) -> spelt.put(name.replace("acme-1.0.dist", "ACME-1.0.0.dist"), bytes));
        accepted(WHEEL, zip(spelt));
    }

    @Test
    @DisplayName("I a zip with an encrypted entry is 400")
    void encrypted() {
        byte[] zip = zip(wheelEntries());
        ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        int central = at(zip, CENTRAL);
        bytes.putShort(central + 8, (short) (bytes.getShort(central + 8) | 1));

        refused(WHEEL, zip, "encrypted");
    }

    @Test
    @DisplayName("I a symbolic link in a wheel is 400")
    void links_in_wheels() {
        refused(
                WHEEL,
                zip(zip -> {
                    put(zip, wheelEntries());
                    ZipArchiveEntry link = new ZipArchiveEntry("acme/link");
                    link.setUnixMode(0120777);
                    put(zip, link, text("/etc/passwd"));
                }),
                "symbolic link");
    }

    @ParameterizedTest
    @DisplayName("I names of entries that lead elsewhere are 400, in wheels and in sdists")
    @ValueSource(strings = {"../evil.py", "acme-1.0/../../evil.py", "acme-1.0/..", "C:/evil.py", "acme-1.0/a\u0001b"})
    void names(String name) {
        refused(
                WHEEL,
                zip(zip -> {
                    put(zip, wheelEntries());
                    put(zip, new ZipArchiveEntry(name), text("x"));
                }),
                "");
        refused(SDIST, sdist(tar -> put(tar, name, text("x"))), "");
    }

    @Test
    @DisplayName("I absolute names and names with NUL or a backslash are 400")
    void patched_names() {
        byte[] zip = zip(wheelEntries());
        for (String bad : new String[] {"/cme/__init__.py", "acme\0__init__.py", "acme\\__init__.py"}) {
            byte[] both = replaced(zip, text("acme/__init__.py"), text(bad), false);
            refused(WHEEL, replaced(both, text("acme/__init__.py"), text(bad), true), "");
        }
    }

    @Test
    @DisplayName("I two entries of one name are 400")
    void duplicates() {
        Map<String, byte[]> entries = wheelEntries();
        entries.put("acme/__init__.pi", text("print('other')\n"));
        byte[] once = replaced(zip(entries), text("acme/__init__.pi"), text("acme/__init__.py"), false);

        refused(WHEEL, replaced(once, text("acme/__init__.pi"), text("acme/__init__.py"), true), "same name");
    }

    @Test
    @DisplayName("I a second name in an extra field, which some unpackers prefer, is 400")
    void unicode_path() {
        refused(
                WHEEL,
                zip(zip -> {
                    put(zip, wheelEntries());
                    ZipArchiveEntry entry = new ZipArchiveEntry("acme/harmless.py");
                    entry.addExtraField(new UnicodePathExtraField("acme/evil.py", text("acme/harmless.py")));
                    put(zip, entry, text("x"));
                }),
                "another name");
    }

    @Test
    @DisplayName("I a header that says something else than the directory is 400: names, methods, sizes, encryption")
    void disagreements() {
        byte[] zip = zip(wheelEntries());
        refused(WHEEL, replaced(zip, text("acme/__init__.py"), text("acme/__INIT__.py"), false), "disagree");
        for (int field : new int[] {6, 8, 14, 18, 22}) {
            byte[] changed = zip.clone();
            changed[at(zip, LOCAL) + field] ^= 1;
            refused(WHEEL, changed, "disagree");
        }
    }

    @Test
    @DisplayName("I what the directory says of METADATA has to be true")
    void lies_about_metadata() {
        byte[] zip = zip(wheelEntries());
        int local = at(zip, text("acme-1.0.dist-info/METADATA")) - 30;
        int central = lastAt(zip, text("acme-1.0.dist-info/METADATA")) - 46;
        // The checksum, and then the size, both times in both places.
        byte[] checksum = zip.clone();
        checksum[local + 14] ^= 1;
        checksum[central + 16] ^= 1;
        refused(WHEEL, checksum, "checksum");
        for (int change : new int[] {1, -1, 100}) {
            byte[] size = zip.clone();
            size[local + 22] += (byte) change;
            size[central + 24] += (byte) change;
            refused(WHEEL, size, "");
        }
    }

    @Test
    @DisplayName("I ZIP64 lies are 400: sizes that are missing, and ends that disagree")
    void zip64_lies() {
        byte[] plain = zip(wheelEntries());
        byte[] saturated = plain.clone();
        ByteBuffer.wrap(saturated).order(ByteOrder.LITTLE_ENDIAN).putInt(at(plain, CENTRAL) + 24, -1);
        refused(WHEEL, saturated, "ZIP64");
        byte[] end = plain.clone();
        ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN).putInt(at(plain, END) + 16, -1);
        refused(WHEEL, end, "ZIP64");

        byte[] wide = zip(Zip64Mode.Always, zip -> put(zip, wheelEntries()));
        int record = at(wide, new byte[] {'P', 'K', 6, 6});
        for (int field : new int[] {4, 16, 24, 32, 40, 48}) {
            byte[] changed = wide.clone();
            changed[record + field] ^= 1;
            refused(WHEEL, changed, "");
            changed[record + field + 7] ^= (byte) 0x80;
            refused(WHEEL, changed, "");
        }
        int locator = at(wide, new byte[] {'P', 'K', 6, 7});
        byte[] moved = wide.clone();
        moved[locator + 8] ^= 1;
        refused(WHEEL, moved, "ZIP64");
    }

    @Test
    @DisplayName("I something before, between or after the entries of a wheel is 400")
    void junk() {
        byte[] zip = zip(wheelEntries());
        int central = at(zip, CENTRAL);

        refused(WHEEL, joined(text("#!/bin/sh\n"), zip), "");
        refused(WHEEL, joined(zip, new byte[1]), "");
        refused(WHEEL, joined(zip, zip), "");
        byte[] gap = joined(Arrays.copyOf(zip, central), text("hidden"), Arrays.copyOfRange(zip, central, zip.length));
        ByteBuffer bytes = ByteBuffer.wrap(gap).order(ByteOrder.LITTLE_ENDIAN);
        int end = at(gap, END);
        bytes.putInt(end + 16, bytes.getInt(end + 16) + 6);
        refused(WHEEL, gap, "belong to none");
    }

    @Test
    @DisplayName(
            "I zip bombs are 400: too much for what it is packed in, or simply too much, and nothing is unpacked for it")
    void zip_bombs() {
        refused(
                WHEEL,
                zip(zip -> {
                    put(zip, wheelEntries());
                    put(zip, new ZipArchiveEntry("acme/zeros.bin"), new byte[70 << 20]);
                }),
                "zip bomb");
        byte[] wide = zip(Zip64Mode.Always, zip -> put(zip, wheelEntries()));
        // The size in the ZIP64 field of the first entry, in both places.
        int name = "acme/__init__.py".length();
        wide[at(wide, LOCAL) + 30 + name + 4 + 5] = 1;
        wide[at(wide, CENTRAL) + 46 + name + 4 + 5] = 1;
        refused(WHEEL, wide, "longer than");
    }

    @Test
    @DisplayName("I a compressible sdist is taken, a bomb packed with gzip is 400")
    void gzip_bombs() {
        refused(SDIST, sdist(tar -> put(tar, "acme-1.0/zeros.bin", new byte[70 << 20])), "zip bomb");
        accepted(SDIST, sdist(tar -> put(tar, "acme-1.0/zeros.bin", new byte[20 << 20])));
    }

    @Test
    @DisplayName("I a METADATA or PKG-INFO without end is 400")
    void endless_metadata() {
        byte[] endless = joined(metadata(), text("words ".repeat((8 << 20) / 6)));
        Map<String, byte[]> entries = wheelEntries();
        entries.put("acme-1.0.dist-info/METADATA", endless);

        refused(WHEEL, zip(entries), "longer than");
        refused(SDIST, tarGz(tar -> put(tar, "acme-1.0/PKG-INFO", endless)), "longer than");
    }

    @Test
    @DisplayName("I a tar file whose headers fill the memory is 400")
    void endless_headers() {
        byte[] name = text("acme-1.0/" + "n".repeat(3 << 20));
        for (byte type : new byte[] {TarConstants.LF_GNUTYPE_LONGNAME, TarConstants.LF_PAX_EXTENDED_HEADER_LC}) {
            refused(
                    SDIST,
                    sdist(tar -> {
                        TarArchiveEntry header = new TarArchiveEntry("././@LongLink", type);
                        byte[] content = type == TarConstants.LF_GNUTYPE_LONGNAME
                                ? name
                                : joined(text(name.length + 14 + " path="), name, text("\n"));
                        header.setSize(content.length);
                        tar.putArchiveEntry(header);
                        tar.write(content);
                        tar.closeArchiveEntry();
                        put(tar, "acme-1.0/a", text("x"));
                    }),
                    "longer than");
        }
    }

    @Test
    @DisplayName("I a zip that is a tar as well, or a tar.gz that is a zip as well, is 400")
    void two_in_one() {
        refused(SDIST, joined(sdist(tar -> {}), zip(wheelEntries())), "zip file as well");
        refused(SDIST, joined(sdist(tar -> {}), text("something else")), "follows");
        refused(SDIST, joined(sdist(tar -> {}), text("x".repeat(100_000))), "follows");

        // A tar header whose name is the first entry of a zip.
        byte[] zip = zip(entries -> {
            ZipArchiveEntry first = new ZipArchiveEntry("a");
            first.setMethod(ZipArchiveEntry.STORED);
            put(entries, first, new byte[600]);
            put(entries, wheelEntries());
        });
        byte[] header = Arrays.copyOf(zip, 512);
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte each : header) {
            sum += Byte.toUnsignedInt(each);
        }
        byte[] checksum = text(String.format("%06o\0 ", sum));
        System.arraycopy(checksum, 0, zip, 148, checksum.length);
        refused(WHEEL, zip, "tar file as well");
    }

    @Test
    @DisplayName("G6 sdists: one top folder with one PKG-INFO, spelt as old tools did, in tar.gz and in zip")
    void sdists() {
        accepted(SDIST, sdist(tar -> {}));
        accepted("ACME-1.0.0.tar.gz", tarGz(tar -> {
            put(tar, "./", new byte[0]);
            put(tar, "./Acme-1.0/", new byte[0]);
            put(tar, "./Acme-1.0/PKG-INFO", metadata());
            put(tar, "./Acme-1.0/Acme.egg-info/PKG-INFO", metadata());
            put(tar, "./Acme-1.0/" + "long/".repeat(60) + "name.py", text("x"));
        }));
        accepted("acme-1.0.zip", zip(Map.of("acme-1.0/PKG-INFO", metadata(), "acme-1.0/a.py", text("x"))));

        refused(SDIST, tarGz(tar -> put(tar, "acme-1.0/setup.py", text("x"))), "PKG-INFO");
        refused(SDIST, tarGz(tar -> put(tar, "PKG-INFO", metadata())), "top folder");
        refused(SDIST, sdist(tar -> put(tar, "other/a.py", text("x"))), "more than one top folder");
        refused(SDIST, sdist(tar -> put(tar, "acme-1.0/PKG-INFO", metadata())), "more than one PKG-INFO");
        refused(SDIST, tarGz(tar -> put(tar, "acme-2.0/PKG-INFO", metadata())), "acme-2.0");
        refused("acme-1.0.zip", zip(Map.of("PKG-INFO", metadata())), "top folder");
        refused("acme-1.0.zip", zip(Map.of("acme-1.0/a.py", text("x"))), "PKG-INFO");
        refused(SDIST, tarGz(tar -> {}), "PKG-INFO");
        refused(SDIST, zip(wheelEntries()), "");
        refused("acme-1.0.zip", sdist(tar -> {}), "not a zip file");
    }

    @Test
    @DisplayName("I links of an sdist stay within it, and there is nothing but files, directories and links")
    void links_in_sdists() {
        accepted(SDIST, sdist(tar -> {
            Archives.link(tar, "acme-1.0/docs/README", TarConstants.LF_SYMLINK, "../README");
            Archives.link(tar, "acme-1.0/copy.py", TarConstants.LF_LINK, "acme-1.0/setup.py");
        }));
        refused(
                SDIST,
                sdist(tar -> Archives.link(tar, "acme-1.0/a", TarConstants.LF_SYMLINK, "../../etc/passwd")),
                "leads out");
        refused(
                SDIST,
                sdist(tar -> Archives.link(tar, "acme-1.0/a", TarConstants.LF_SYMLINK, "/etc/passwd")),
                "leads out");
        refused(SDIST, sdist(tar -> Archives.link(tar, "acme-1.0/a", TarConstants.LF_LINK, "../b")), "leads out");
        refused(SDIST, sdist(tar -> Archives.link(tar, "acme-1.0/a", TarConstants.LF_FIFO, "")), "neither");
        refused(SDIST, sdist(tar -> Archives.link(tar, "acme-1.0/a", TarConstants.LF_CHR, "")), "neither");
        refused(
                SDIST,
                tarGz(tar -> Archives.link(tar, "acme-1.0/PKG-INFO", TarConstants.LF_SYMLINK, "other")),
                "PKG-INFO is not a file");
    }

    @Test
    @DisplayName("I a sparse file, which may be of any length, is 400")
    void sparse() {
        refused(
                SDIST,
                sdist(tar -> Archives.link(tar, "acme-1.0/sparse", TarConstants.LF_GNUTYPE_SPARSE, "")),
                "sparse");
    }

    @Test
    @DisplayName("I archives that are cut short anywhere are 400, whatever they are")
    void truncated() throws IOException {
        byte[] wheel = GoldenWheel.of("acme", "1.0").payload(200).build().bytes();
        byte[] deflated = streamedZip(wheelEntries());
        byte[] sdist = GoldenSdist.of("acme", "1.0").payload(200).build().bytes();
        byte[] tar = Archives.gunzipped(sdist);
        for (int length = 1; length < wheel.length; length += 50) {
            refused(WHEEL, Arrays.copyOf(wheel, length), "");
        }
        for (int length = 1; length < deflated.length; length += 50) {
            refused(WHEEL, Arrays.copyOf(deflated, length), "");
        }
        for (int length = 1; length < sdist.length; length += 50) {
            refused(SDIST, Arrays.copyOf(sdist, length), "");
        }
        // Whole for gzip, and cut in the middle of what is in it.
        int content = tar.length - 3 * 1024;
        for (int length = 1; length < content; length += 500) {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
                gzip.write(tar, 0, length);
            }
            Failure failure = orNothing(SDIST, packed.toByteArray());
            assertThat(failure).isInstanceOf(Failure.Invalid.class);
        }
    }

    @Test
    @DisplayName("I archives with a bit turned anywhere are taken or 400, and never anything else")
    void turned_bits() {
        byte[] wheel = streamedZip(wheelEntries());
        byte[] sdist = sdist(tar -> {});
        byte[] wide = zip(Zip64Mode.Always, zip -> put(zip, wheelEntries()));
        for (byte[] archive : new byte[][] {wheel, sdist, wide}) {
            for (int i = 0; i < archive.length; i += 3) {
                byte[] changed = archive.clone();
                changed[i] ^= (byte) (1 << i % 8);
                Failure failure = orNothing(archive == sdist ? SDIST : WHEEL, changed);
                if (failure != null) {
                    assertThat(failure).isInstanceOfAny(Failure.Invalid.class, Failure.Conflict.class);
                }
            }
        }
        assertThat(bench.left()).isEmpty();
    }

    /** Taken by a server that has nothing yet. */
    private void accepted(String filename, byte[] content) {
        try (Bench fresh = new Bench(directory)) {
            await(fresh.sending(filename, content).send());
        }
    }

    private void refused(String filename, byte[] content, String said) {
        Failure failure = failure(bench.sending(filename, content).send());
        assertThat(failure).isInstanceOf(Failure.Invalid.class);
        assertThat(failure.message()).contains(said).doesNotContain("\n", "\0", "Exception");
        assertThat(bench.store.file(filename)).isEmpty();
        assertThat(bench.left()).isEmpty();
    }

    private Failure orNothing(String filename, byte[] content) {
        return bench.sending(filename, content)
                .send()
                .<Failure>map(taken -> null)
                .otherwise(thrown -> FailureException.of(thrown))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private static int at(byte[] bytes, byte[] wanted) {
        for (int i = 0; i + wanted.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        throw new IllegalArgumentException("it is not there");
    }

    private static int lastAt(byte[] bytes, byte[] wanted) {
        for (int i = bytes.length - wanted.length; i >= 0; i--) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        throw new IllegalArgumentException("it is not there");
    }
}
