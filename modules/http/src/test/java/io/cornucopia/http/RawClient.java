package io.cornucopia.http;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that sends what it is told to, byte for byte, and repairs nothing. */
final class RawClient implements Closeable {
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    /** An answer as it came. */
    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Answer(int status, String reason, Map<String, String> headers, byte[] body) {
        String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        // What is sent in one piece arrives as one, and at once.
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    /** One request on a connection of its own. */
    static Answer request(int port, String method, String path, String... headers) throws IOException {
        try (RawClient client = new RawClient(port)) {
            client.send(method, path, headers);
            return client.read(method.equals("HEAD"));
        }
    }

    void send(String method, String path, String... headers) throws IOException {
        StringBuilder head = new StringBuilder(method + ' ' + path + " HTTP/1.1\r\nHost: index.test\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        send(head + "\r\n");
    }

    void send(String raw) throws IOException {
        socket.getOutputStream().write(raw.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Says that nothing more is sent. */
    void finish() throws IOException {
        socket.shutdownOutput();
    }

    /** Reads one answer; a body that ends before its time is an {@link EOFException}. */
    Answer read(boolean head) throws IOException {
        List<String> status = List.of(line().split(" ", 3));
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim(),
                    (one, other) -> one + ", " + other);
        }
        int code = Integer.parseInt(status.get(1));
        byte[] body = new byte[0];
        if (!head && code != 304) {
            body = headers.containsKey("content-length")
                    ? exactly(Integer.parseInt(headers.get("content-length")))
                    : chunks();
        }
        return new Answer(code, status.size() > 2 ? status.get(2) : "", headers, body);
    }

    /** What has come so far and was not read yet. */
    byte[] available() throws IOException {
        return in.readNBytes(in.available());
    }

    /** Whether the other side has closed the connection, with nothing more to say. */
    boolean isEnded() throws IOException {
        return in.read() < 0;
    }

    byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("ended within a line: " + line);
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int length = Integer.parseInt(line(), 16); length > 0; length = Integer.parseInt(line(), 16)) {
            body.write(exactly(length));
            line();
        }
        line();
        return body.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
