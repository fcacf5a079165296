package io.cornucopia.intake;

import io.cornucopia.core.CoreMetadataDocument;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.MalformedMetadataException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** An sdist, a {@code .tar.gz} or a {@code .zip}, read as far as an index has to: its one folder, and PKG-INFO in it (G6). */
final class Sdist {
    private static final String PKG_INFO = "/PKG-INFO";

    private Sdist() {}

    static ArchiveContents readZip(Path path, DistributionFilename filename)
            throws IOException, MalformedMetadataException {
        try (ZipArchive zip = ZipArchive.open(path)) {
            String folder = folder(zip.names().stream().map(Sdist::top).collect(Collectors.toSet()), filename);
            if (!zip.names().contains(folder + PKG_INFO)) {
                throw noPkgInfo(folder);
            }
            byte[] document = zip.read(folder + PKG_INFO);
            return new ArchiveContents(CoreMetadataDocument.read(document), document);
        }
    }

    static ArchiveContents readTarGz(Path path, DistributionFilename filename)
            throws IOException, MalformedMetadataException {
        long limit = ArchiveBounds.unpacked(Files.size(path));
        Set<String> folders = new HashSet<>();
        byte[] document = null;
        int entries = 0;
        try (InputStream packed = new BufferedInputStream(Files.newInputStream(path), 64 * 1024);
                InputStream unpacked = new Bounded(new GZIPInputStream(packed, 64 * 1024), limit);
                TarArchiveInputStream tar = new TarArchiveInputStream(unpacked)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (++entries > ArchiveBounds.MAX_ENTRIES) {
                    throw Refusal.invalid("the archive has more than " + ArchiveBounds.MAX_ENTRIES + " entries");
                }
                if (entry.isGlobalPaxHeader()) {
                    continue;
                }
                String name = plain(entry.getName());
                if (name.isEmpty()) {
                    continue;
                }
                check(entry, name);
                folders.add(top(name));
                if (folders.size() > 1) {
                    break;
                }
                if (name.equals(top(name) + PKG_INFO) && entry.isFile()) {
                    document = ArchiveBounds.readMetadata(tar, name);
                }
            }
        }
        String folder = folder(folders, filename);
        if (document == null) {
            throw noPkgInfo(folder);
        }
        return new ArchiveContents(CoreMetadataDocument.read(document), document);
    }

    private static void check(TarArchiveEntry entry, String name) {
        ArchiveBounds.checkName(name);
        boolean known = entry.isFile() || entry.isDirectory() || entry.isLink() || entry.isSymbolicLink();
        if (!known) {
            throw Refusal.invalid(
                    "\"" + ArchiveBounds.shown(name) + "\" in the archive is neither file, folder nor link");
        }
        if (entry.isSymbolicLink()
                && !stays(
                        name.contains("/") ? name.substring(0, name.lastIndexOf('/')) : "",
                        entry.getLinkName(),
                        top(name))) {
            throw leadsOut(name, entry.getLinkName());
        }
        if (entry.isLink() && !stays("", plain(entry.getLinkName()), top(name))) {
            throw leadsOut(name, entry.getLinkName());
        }
    }

    private static RuntimeException leadsOut(String name, String target) {
        return Refusal.invalid("\"" + ArchiveBounds.shown(name) + "\" in the archive is a link to \""
                + ArchiveBounds.shown(target) + "\", which leads out of it");
    }

    /** Whether a link from that folder stays below the top folder. */
    private static boolean stays(String from, String target, String top) {
        if (target.isEmpty() || target.startsWith("/") || target.indexOf('\\') >= 0) {
            return false;
        }
        Deque<String> path = new ArrayDeque<>();
        for (String step : (from + '/' + target).split("/")) {
            if (step.equals("..")) {
                if (path.pollLast() == null) {
                    return false;
                }
            } else if (!step.isEmpty() && !step.equals(".")) {
                path.addLast(step);
            }
        }
        return !path.isEmpty() && path.getFirst().equals(top);
    }

    // Some tools write ./name-1.0/setup.py.
    private static String plain(String name) {
        String rest = name;
        while (rest.startsWith("./")) {
            rest = rest.substring(2);
        }
        return rest.equals(".") ? "" : rest;
    }

    private static String top(String name) {
        int slash = name.indexOf('/');
        return slash < 0 ? name : name.substring(0, slash);
    }

    private static String folder(Set<String> tops, DistributionFilename filename) {
        if (tops.size() != 1) {
            throw Refusal.invalid("an sdist has one top folder, this one has " + (tops.isEmpty() ? "none" : "several"));
        }
        String folder = tops.iterator().next();
        if (!ArchiveBounds.isOf(folder, filename.project(), filename.version())) {
            throw Refusal.invalid("the sdist's folder " + ArchiveBounds.shown(folder) + " is not that of "
                    + filename.project() + " " + filename.version() + ", as the filename has it");
        }
        return folder;
    }

    private static RuntimeException noPkgInfo(String folder) {
        return Refusal.invalid("the sdist has no " + ArchiveBounds.shown(folder) + PKG_INFO);
    }

    /** Ends in a refusal where an archive unpacks to more than it may. */
    private static final class Bounded extends FilterInputStream {
        private long left;

        Bounded(InputStream in, long limit) {
            super(in);
            left = limit;
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            count(one < 0 ? 0 : 1);
            return one;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            count(Math.max(count, 0));
            return count;
        }

        @Override
        public long skip(long wanted) throws IOException {
            long skipped = super.skip(Math.min(wanted, 64 * 1024));
            count(skipped);
            return skipped;
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private void count(long bytes) {
            left -= bytes;
            if (left < 0) {
                throw Refusal.invalid("the archive unpacks to far more than its own length: a bomb");
            }
        }
    }
}
