package io.cornucopia.intake;

import io.cornucopia.core.CoreMetadataDocument;
import io.cornucopia.core.MalformedMetadataException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarUtils;

/**
 * What an archive turned out to hold (section G6): one wheel, or one source distribution.
 *
 * @param stem the {@code {name}-{version}} of its {@code .dist-info}, or of its one top folder
 * @param metadataBytes its METADATA or PKG-INFO
 * @param metadata what that says
 */
record Inspection(String stem, byte[] metadataBytes, CoreMetadataDocument metadata) {
    private static final String DIST_INFO = ".dist-info";
    private static final int TAR_HEADER = 512;

    /**
     * Looks into a wheel. Reads its directory and its METADATA, nothing else. Blocks.
     *
     * @throws BadArchiveException if it is none, or one that is not taken
     */
    static Inspection ofWheel(Path file) throws BadArchiveException {
        try (ZipArchive zip = openZip(file)) {
            WheelEntries entries = new WheelEntries();
            zip.visit(new ArchiveBounds(size(file)), entries);
            String directory = entries.directory.orElseThrow(
                    () -> new BadArchiveException("it has no {name}-{version}.dist-info directory"));
            for (String wanted : List.of("WHEEL", "RECORD", "METADATA")) {
                if (!entries.found.contains(wanted)) {
                    throw new BadArchiveException("it has no " + Quoted.bare(directory) + "/" + wanted);
                }
            }
            ZipEntry metadata = entries.metadata.orElseThrow();
            return of(
                    directory.substring(0, directory.length() - DIST_INFO.length()),
                    zip.read(metadata, ArchiveBounds.MAX_METADATA),
                    "METADATA");
        }
    }

    /** Looks into a {@code .zip} sdist, in the same way. */
    static Inspection ofZipSdist(Path file) throws BadArchiveException {
        try (ZipArchive zip = openZip(file)) {
            SdistEntries entries = new SdistEntries();
            List<ZipEntry> found = new ArrayList<>();
            zip.visit(new ArchiveBounds(size(file)), entry -> {
                if (entries.isPkgInfo(entry.name(), !entry.isDirectory())) {
                    found.add(entry);
                }
            });
            String top = entries.check();
            return of(top, zip.read(found.get(0), ArchiveBounds.MAX_METADATA), "PKG-INFO");
        }
    }

    /** Looks into a {@code .tar.gz} sdist, all of which is unpacked on the way, within bounds. Blocks. */
    static Inspection ofTarGzSdist(Path file) throws BadArchiveException {
        if (ZipArchive.isTakenForZip(file)) {
            throw new BadArchiveException("it is a zip file as well");
        }
        SdistEntries entries = new SdistEntries();
        List<byte[]> found = new ArrayList<>();
        new TarGzArchive(file).visit((name, isFile, content) -> {
            if (entries.isPkgInfo(name, isFile)) {
                found.add(bounded(name, content));
            }
        });
        String top = entries.check();
        return of(top, found.get(0), "PKG-INFO");
    }

    private static Inspection of(String stem, byte[] metadata, String name) throws BadArchiveException {
        try {
            return new Inspection(stem, metadata, CoreMetadataDocument.read(metadata));
        } catch (MalformedMetadataException e) {
            throw new BadArchiveException("its " + name + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static ZipArchive openZip(Path file) throws BadArchiveException {
        if (isTar(file)) {
            throw new BadArchiveException("it is a tar file as well");
        }
        return ZipArchive.open(file);
    }

    private static boolean isTar(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] header = in.readNBytes(TAR_HEADER);
            return header.length == TAR_HEADER && TarUtils.verifyCheckSum(header);
        } catch (IllegalArgumentException e) {
            // Where a checksum would stand, there is no number.
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bounded(String name, InputStream content) throws IOException, BadArchiveException {
        byte[] bytes = content.readNBytes(ArchiveBounds.MAX_METADATA + 1);
        if (bytes.length > ArchiveBounds.MAX_METADATA) {
            throw new BadArchiveException(
                    "the entry " + Quoted.text(name) + " is longer than " + ArchiveBounds.MAX_METADATA + " bytes");
        }
        return bytes;
    }

    /** What is looked for in a wheel. */
    private static final class WheelEntries implements ZipArchive.Visitor {
        private Optional<String> directory = Optional.empty();
        private final List<String> found = new ArrayList<>();
        private Optional<ZipEntry> metadata = Optional.empty();

        @Override
        public void visit(ZipEntry entry) throws BadArchiveException {
            String top = EntryPath.top(entry.name());
            if (!top.toLowerCase(Locale.ROOT).endsWith(DIST_INFO) || top.equals(entry.name())) {
                return;
            }
            if (directory.isPresent() && !directory.get().equals(top)) {
                throw new BadArchiveException("it has more than one .dist-info directory: "
                        + Quoted.bare(directory.get()) + " and " + Quoted.bare(top));
            }
            directory = Optional.of(top);
            switch (entry.name().substring(top.length() + 1)) {
                case "METADATA" -> {
                    metadata = Optional.of(entry);
                    found.add("METADATA");
                }
                case "WHEEL" -> found.add("WHEEL");
                case "RECORD" -> found.add("RECORD");
                default -> {}
            }
        }
    }

    /** What is looked for in an sdist. */
    private static final class SdistEntries {
        private Optional<String> top = Optional.empty();
        private int found;

        /** Whether it is the one document that says what the archive is. */
        boolean isPkgInfo(String name, boolean isFile) throws BadArchiveException {
            if (name.equals("./") || name.equals(".")) {
                return false;
            }
            String folder = EntryPath.top(name);
            if (folder.equals(name) && isFile) {
                throw new BadArchiveException(
                        "the file " + Quoted.text(name) + " lies beside its top folder, not in it");
            }
            if (top.isPresent() && !top.get().equals(folder)) {
                throw new BadArchiveException(
                        "it has more than one top folder: " + Quoted.bare(top.get()) + " and " + Quoted.bare(folder));
            }
            top = Optional.of(folder);
            if (!name.equals(folder + "/PKG-INFO")) {
                return false;
            }
            found++;
            if (found > 1) {
                throw new BadArchiveException("it has more than one PKG-INFO in its top folder");
            }
            if (!isFile) {
                throw new BadArchiveException("its PKG-INFO is not a file");
            }
            return true;
        }

        /** The name of the top folder, once everything was seen. */
        String check() throws BadArchiveException {
            if (found == 0) {
                throw new BadArchiveException("it has no {name}-{version}/PKG-INFO");
            }
            return top.orElseThrow();
        }
    }
}
