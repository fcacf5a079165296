package io.cornucopia.intake;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * A tar file packed with gzip, read once from front to end within {@link ArchiveBounds}. Memory is bounded whatever the file
 * is. Blocks. A fault of the disk is an {@link UncheckedIOException}, a fault of the file a {@link BadArchiveException}.
 */
final class TarGzArchive {
    /** How much the headers of one entry may take: its long name, and its extended attributes. */
    private static final int MAX_HEADERS = 1 << 20;

    private static final int BLOCK = 512;
    private static final int BUFFER = 1 << 16;
    private static final int GZIP_TRAILER = 8;

    private final Path file;

    TarGzArchive(Path file) {
        this.file = file;
    }

    /** Sees each entry, and may read what is in it. */
    interface Visitor {
        /**
         * @param name its name, without {@code ./} before it, safe as a path
         * @param isFile whether it is a file; else it is a directory or a link within the archive
         * @param content what is in it, for now only
         */
        void visit(String name, boolean isFile, InputStream content) throws IOException, BadArchiveException;
    }

    /** Goes through all of it, and shows every entry in order. */
    void visit(Visitor visitor) throws BadArchiveException {
        try (InputStream disk = new Disk(Files.newInputStream(file));
                Gzip gzip = new Gzip(disk)) {
            ArchiveBounds bounds = new ArchiveBounds(Files.size(file));
            Metered metered = new Metered(gzip, bounds);
            visit(new TarArchiveInputStream(metered, "UTF-8"), metered, bounds, visitor);
            // What fills the tar file up: for the checksum, and to see that nothing was cut off.
            metered.allow(Long.MAX_VALUE);
            byte[] rest = new byte[BUFFER];
            while (metered.read(rest) >= 0) {
                // Not looked at.
            }
            if (metered.zeros < BLOCK) {
                throw new BadArchiveException("the end of the tar file is missing, or something follows it");
            }
            if (!gzip.endsWithFile(disk)) {
                throw new BadArchiveException("something follows the end of the gzip file");
            }
        } catch (OutOfBoundsException e) {
            throw e.archive;
        } catch (IOException | IllegalArgumentException e) {
            throw new BadArchiveException("it is not a tar file packed with gzip, is broken or cut short", e);
        }
    }

    private static void visit(TarArchiveInputStream tar, Metered metered, ArchiveBounds bounds, Visitor visitor)
            throws IOException, BadArchiveException {
        byte[] skipped = new byte[BUFFER];
        while (true) {
            metered.allow(MAX_HEADERS);
            TarArchiveEntry entry = tar.getNextEntry();
            if (entry == null) {
                return;
            }
            metered.allow(Long.MAX_VALUE);
            bounds.entry();
            String name = EntryPath.checked(withoutDot(entry.getName()));
            checkType(entry, name);
            visitor.visit(name, isFile(entry), tar);
            while (tar.read(skipped) >= 0) {
                // To its end, so that the next thing read is a header, and is bounded.
            }
        }
    }

    private static void checkType(TarArchiveEntry entry, String name) throws BadArchiveException {
        if (entry.isSparse()) {
            throw new BadArchiveException("the entry " + Quoted.text(name) + " is a sparse file");
        }
        if (entry.isSymbolicLink() || entry.isLink()) {
            String from = entry.isLink() || name.indexOf('/') < 0 ? "" : name.substring(0, name.lastIndexOf('/'));
            boolean stays = EntryPath.resolve(from, entry.getLinkName())
                    .filter(target -> EntryPath.top(target).equals(EntryPath.top(name)))
                    .isPresent();
            if (!stays) {
                throw new BadArchiveException(
                        "the entry " + Quoted.text(name) + " is a link that leads out of the archive");
            }
        } else if (!entry.isDirectory() && !isFile(entry)) {
            throw new BadArchiveException(
                    "the entry " + Quoted.text(name) + " is neither a file, a directory nor a link");
        }
    }

    private static boolean isFile(TarArchiveEntry entry) {
        byte type = entry.getLinkFlag();
        return !entry.isDirectory()
                && (type == TarArchiveEntry.LF_NORMAL
                        || type == TarArchiveEntry.LF_OLDNORM
                        || type == TarArchiveEntry.LF_CONTIG);
    }

    private static String withoutDot(String name) {
        String rest = name;
        while (rest.startsWith("./") && rest.length() > 2) {
            rest = rest.substring(2);
        }
        return rest;
    }

    /** A file that broke a bound, on its way through readers that know faults of streams only. */
    private static final class OutOfBoundsException extends IOException {
        private final transient BadArchiveException archive;

        OutOfBoundsException(BadArchiveException archive) {
            super(archive);
            this.archive = archive;
        }
    }

    /** The file's bytes. Its faults are the disk's, not the archive's. */
    private static final class Disk extends FilterInputStream {
        Disk(InputStream in) {
            super(in);
        }

        @Override
        public int read() {
            try {
                return super.read();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int count) {
            try {
                return super.read(bytes, offset, count);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The JDK's, which passes over what follows in silence. */
    private static final class Gzip extends GZIPInputStream {
        Gzip(InputStream in) throws IOException {
            super(in, BUFFER);
        }

        /** Whether, at its end, nothing was left over, neither in its buffer nor in the file. */
        boolean endsWithFile(InputStream disk) throws IOException {
            return inf.getRemaining() <= GZIP_TRAILER && disk.read() < 0;
        }
    }

    /** Counts what was unpacked, and lets no more through than is allowed. */
    private static final class Metered extends FilterInputStream {
        private final ArchiveBounds bounds;
        private long allowed = MAX_HEADERS;
        /** How many zeros were read last, one behind the other: the end of a tar file is two blocks of them. */
        private long zeros;

        Metered(InputStream in, ArchiveBounds bounds) {
            super(in);
            this.bounds = bounds;
        }

        void allow(long bytes) {
            allowed = bytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            int read = super.read(bytes, offset, count);
            if (read > 0) {
                int end = offset + read;
                while (end > offset && bytes[end - 1] == 0) {
                    end--;
                }
                zeros = end == offset ? zeros + read : offset + read - end;
                try {
                    allowed -= read;
                    if (allowed < 0) {
                        throw new BadArchiveException(
                                "the name or the attributes of an entry are longer than " + MAX_HEADERS + " bytes");
                    }
                    bounds.unpacked(read);
                } catch (BadArchiveException e) {
                    throw new OutOfBoundsException(e);
                }
            }
            return read;
        }

        @Override
        public long skip(long count) throws IOException {
            byte[] skipped = new byte[(int) Math.min(BUFFER, Math.max(count, 0))];
            return skipped.length == 0 ? 0 : Math.max(read(skipped), 0);
        }

        @Override
        public int available() {
            // Readers must not skip what was not counted.
            return 0;
        }
    }
}
