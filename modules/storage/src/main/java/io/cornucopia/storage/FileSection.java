package io.cornucopia.storage;

import io.cornucopia.core.HashAlgorithm;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Base64;

/**
 * Some of a file's bytes, to be read as often as need be. Everything blocks.
 *
 * @param from the first of them
 * @param length how many
 */
record FileSection(Path path, long from, long length) {
    /** A part of this one. */
    FileSection part(long offset, long most) {
        return new FileSection(path, from + offset, Math.min(most, length - offset));
    }

    /** The bytes from the first one on. */
    InputStream open() {
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            channel.position(from);
            return new Bounded(Channels.newInputStream(channel), length);
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be read", e);
        }
    }

    /** What they hash to, as an HTTP header has it (RFC 1864). */
    String md5() {
        MessageDigest md5 = FileVerification.messageDigest(HashAlgorithm.MD5);
        byte[] buffer = new byte[128 * 1024];
        try (InputStream in = open()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                md5.update(buffer, 0, count);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be read", e);
        }
        return Base64.getEncoder().encodeToString(md5.digest());
    }

    private static final class Bounded extends FilterInputStream {
        private long left;

        Bounded(InputStream in, long length) {
            super(in);
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = super.read();
            if (read >= 0) {
                left--;
            }
            return read;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int count = super.read(target, offset, (int) Math.min(length, left));
            if (count > 0) {
                left -= count;
            }
            return count;
        }

        @Override
        public long skip(long count) throws IOException {
            long skipped = super.skip(Math.min(count, left));
            left -= skipped;
            return skipped;
        }

        @Override
        public int available() throws IOException {
            return (int) Math.min(super.available(), left);
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
