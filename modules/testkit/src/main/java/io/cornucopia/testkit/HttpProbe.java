package io.cornucopia.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A client that sends exactly what it is told, one connection a request, and tells whether the body came whole. Blocking;
 * immutable.
 */
public final class HttpProbe {
    private static final int TIMEOUT_MILLIS = 120_000;

    private final String host;
    private final int port;
    private final List<Map.Entry<String, String>> headers;

    private HttpProbe(String host, int port, List<Map.Entry<String, String>> headers) {
        this.host = host;
        this.port = port;
        this.headers = headers;
    }

    /** What came back. {@code complete} is false if the connection ended before the body did. */
    public record Response(
            int status, String reason, List<Map.Entry<String, String>> headers, byte[] body, boolean complete) {
        /** The first header of that name, in any case. */
        public Optional<String> header(String name) {
            return headers.stream()
                    .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .findFirst();
        }

        /** The body as text. */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** What came back, with the body hashed instead of held. */
    public record Digested(int status, long length, String sha256, boolean complete) {}

    public static HttpProbe at(URI url) {
        return new HttpProbe(url.getHost(), url.getPort(), List.of());
    }

    /** The same with one more header line. */
    public HttpProbe header(String name, String value) {
        List<Map.Entry<String, String>> more = new ArrayList<>(headers);
        more.add(Map.entry(name, value));
        return new HttpProbe(host, port, List.copyOf(more));
    }

    public Response get(String target) {
        return send("GET", target);
    }

    public Response head(String target) {
        return send("HEAD", target);
    }

    /** Sends {@code target} as it is, unencoded. */
    public Response send(String method, String target) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Head head = exchange(method, target, body);
        return new Response(head.status, head.reason, head.headers, body.toByteArray(), head.complete);
    }

    /** A GET of something large. */
    public Digested digest(String target) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long[] length = {0};
            OutputStream counting = new OutputStream() {
                @Override
                public void write(int b) {
                    length[0]++;
                }

                @Override
                public void write(byte[] bytes, int offset, int count) {
                    length[0] += count;
                }
            };
            Head head = exchange("GET", target, new DigestOutputStream(counting, digest));
            return new Digested(head.status, length[0], HexFormat.of().formatHex(digest.digest()), head.complete);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Head {
        private int status;
        private String reason = "";
        private final List<Map.Entry<String, String>> headers = new ArrayList<>();
        private boolean complete;

        private Optional<String> header(String name) {
            return headers.stream()
                    .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .findFirst();
        }
    }

    private Head exchange(String method, String target, OutputStream body) {
        Head head = new Head();
        try (Socket socket = new Socket(host, port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
            if (headers.stream().noneMatch(entry -> entry.getKey().equalsIgnoreCase("Host"))) {
                request.append("Host: ").append(host).append(':').append(port).append("\r\n");
            }
            headers.forEach(entry -> request.append(entry.getKey())
                    .append(": ")
                    .append(entry.getValue())
                    .append("\r\n"));
            request.append("Connection: close\r\n\r\n");
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
            try {
                readHead(in, head);
                readBody(in, method, head, body);
                head.complete = true;
            } catch (IOException e) {
                head.complete = false;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + target, e);
        }
        return head;
    }

    private static void readHead(InputStream in, Head head) throws IOException {
        String[] statusLine = line(in).split(" ", 3);
        head.status = Integer.parseInt(statusLine[1]);
        head.reason = statusLine.length > 2 ? statusLine[2] : "";
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            head.headers.add(Map.entry(
                    line.substring(0, colon).strip(), line.substring(colon + 1).strip()));
        }
    }

    private static void readBody(InputStream in, String method, Head head, OutputStream body) throws IOException {
        if (method.equals("HEAD") || head.status == 304 || head.status == 204) {
            return;
        }
        Optional<String> length = head.header("Content-Length");
        if (length.isPresent()) {
            copy(in, body, Long.parseLong(length.get()));
        } else if (head.header("Transfer-Encoding").isPresent()) {
            for (long size = chunkSize(in); size > 0; size = chunkSize(in)) {
                copy(in, body, size);
                line(in);
            }
            line(in);
        } else {
            in.transferTo(body);
        }
    }

    private static long chunkSize(InputStream in) throws IOException {
        return Long.parseLong(line(in).strip(), 16);
    }

    private static void copy(InputStream in, OutputStream out, long length) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        long left = length;
        while (left > 0) {
            int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new EOFException(left + " bytes are missing");
            }
            out.write(buffer, 0, count);
            left -= count;
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended within the head");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
