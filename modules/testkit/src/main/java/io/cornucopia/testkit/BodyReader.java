package io.cornucopia.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Takes a body off the wire by its framing; each method says whether it was all there. */
final class BodyReader {

    private final InputStream in;
    private final OutputStream sink;
    private final byte[] piece = new byte[1 << 16];
    private Optional<Long> firstByte = Optional.empty();

    BodyReader(InputStream in, OutputStream sink) {
        this.in = in;
        this.sink = sink;
    }

    /** When the first byte of the body was seen, as {@link System#nanoTime()}. */
    Optional<Long> firstByteNanos() {
        return firstByte;
    }

    boolean exactly(long length) throws IOException {
        return copy(length) == length;
    }

    /** Framed by the end of the connection: whole unless that end is a reset. */
    boolean untilClose() throws IOException {
        while (true) {
            int got;
            try {
                got = in.read(piece);
            } catch (SocketException reset) {
                return false;
            }
            if (got < 0) {
                return true;
            }
            took(got);
        }
    }

    boolean chunked() throws IOException {
        while (true) {
            String size = lineOrEnd();
            if (size == null) {
                return false;
            }
            long length = Long.parseLong(size.split(";", 2)[0].strip(), 16);
            if (length == 0) {
                return trailersEnd();
            }
            if (copy(length) < length || lineOrEnd() == null) {
                return false;
            }
        }
    }

    /** A line without its end, or null when the connection ended first. */
    static String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return null;
            }
            line.write(c);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private boolean trailersEnd() throws IOException {
        String line = lineOrEnd();
        while (line != null && !line.isEmpty()) {
            line = lineOrEnd();
        }
        return line != null;
    }

    private String lineOrEnd() throws IOException {
        try {
            return readLine(in);
        } catch (SocketException reset) {
            return null;
        }
    }

    private long copy(long length) throws IOException {
        long left = length;
        while (left > 0) {
            int got;
            try {
                got = in.read(piece, 0, (int) Math.min(piece.length, left));
            } catch (SocketException reset) {
                break;
            }
            if (got < 0) {
                break;
            }
            took(got);
            left -= got;
        }
        return length - left;
    }

    private void took(int count) throws IOException {
        if (firstByte.isEmpty()) {
            firstByte = Optional.of(System.nanoTime());
        }
        sink.write(piece, 0, count);
    }
}
