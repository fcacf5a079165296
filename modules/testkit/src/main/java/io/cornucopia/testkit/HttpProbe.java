package io.cornucopia.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A blocking HTTP/1.1 client that sends exactly what it is told and reports exactly what came back, also when that is
 * cut short. One connection a request. Failing to connect, and a connection that ends before there was a status line,
 * are an {@link UncheckedIOException}, as is hearing nothing for longer than the timeout.
 */
public final class HttpProbe {

    private static final Content NOTHING = Content.ofBytes(new byte[0]);
    private static final int STEP = 1 << 18;

    private final String host;
    private final int port;
    private final List<Map.Entry<String, String>> headers;
    private final Duration timeout;

    private HttpProbe(String host, int port, List<Map.Entry<String, String>> headers, Duration timeout) {
        this.host = host;
        this.port = port;
        this.headers = headers;
        this.timeout = timeout;
    }

    /** Towards the host and port of this address; its path plays no part. */
    public static HttpProbe at(URI address) {
        int port = address.getPort() < 0 ? 80 : address.getPort();
        return new HttpProbe(address.getHost(), port, List.of(), Duration.ofSeconds(30));
    }

    /** Towards a port of this machine. */
    public static HttpProbe at(int port) {
        return new HttpProbe("127.0.0.1", port, List.of(), Duration.ofSeconds(30));
    }

    /** A probe that sends this header line as well; the same name may be given again. */
    public HttpProbe header(String name, String value) {
        List<Map.Entry<String, String>> more = new ArrayList<>(headers);
        more.add(Map.entry(name, value));
        return new HttpProbe(host, port, List.copyOf(more), timeout);
    }

    /** A probe that waits that long for the next bytes, at most. */
    public HttpProbe timeout(Duration silence) {
        return new HttpProbe(host, port, headers, silence);
    }

    /** What came back for a GET. */
    public Response get(String path) {
        return send("GET", path);
    }

    /** What came back for a HEAD. */
    public Response head(String path) {
        return send("HEAD", path);
    }

    /** What came back for this request line, which is sent as it is, character by byte. */
    public Response send(String method, String rawTarget) {
        return send(method, rawTarget, NOTHING);
    }

    /** The same with a body, whose length is declared unless a header line does so already. */
    public Response send(String method, String rawTarget, byte[] body) {
        return send(method, rawTarget, Content.ofBytes(body));
    }

    /** The same with a body that is made up while it is sent. */
    public Response send(String method, String rawTarget, Content body) {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        Arrival arrival = exchange(method, rawTarget, body, received);
        return response(arrival, received);
    }

    /** A GET whose body is hashed as it comes and not kept. */
    public Digest digest(String path) {
        MessageDigest sha256 = Sha256.digest();
        CountingSink sink = new CountingSink();
        Arrival arrival = exchange("GET", path, NOTHING, new DigestOutputStream(sink, sha256));
        return new Digest(
                arrival.head.status,
                sink.count,
                HexFormat.of().formatHex(sha256.digest()),
                arrival.complete,
                arrival.millisToFirstByte);
    }

    /**
     * What came back.
     *
     * @param complete whether the body ended where its framing said that it would
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Response(
            int status, String reason, List<Map.Entry<String, String>> headers, byte[] body, boolean complete) {

        /** The first header line of that name, whatever its case. */
        public Optional<String> header(String name) {
            return allHeaders(name).stream().findFirst();
        }

        /** Every header line of that name, in order. */
        public List<String> allHeaders(String name) {
            return valuesOf(headers, name);
        }

        /** The body as UTF-8. */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** Whether the connection ended before the body did. */
        public boolean truncated() {
            return !complete;
        }
    }

    /**
     * What came back, without the bytes.
     *
     * @param length how many bytes of body arrived
     * @param sha256 their digest
     * @param complete whether the body ended where its framing said that it would
     * @param millisToFirstByte from sending the request to the first byte of the body, or to its end if it has none
     */
    public record Digest(int status, long length, String sha256, boolean complete, long millisToFirstByte) {}

    private record Head(int status, String reason, List<Map.Entry<String, String>> headers) {}

    private record Arrival(Head head, boolean complete, long millisToFirstByte) {}

    private static List<String> valuesOf(List<Map.Entry<String, String>> headers, String name) {
        return headers.stream()
                .filter(line -> line.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Sends nothing yet: a connection on which requests may follow one another. */
    public Conversation connect() {
        try {
            return new Conversation(this, connected());
        } catch (IOException e) {
            throw new UncheckedIOException("connecting to port " + port, e);
        }
    }

    private Socket connected() throws IOException {
        int millis = Math.toIntExact(timeout.toMillis());
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), millis);
            socket.setSoTimeout(millis);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private Arrival exchange(String method, String rawTarget, Content body, OutputStream sink) {
        try (Socket socket = connected()) {
            long start = System.nanoTime();
            sendRequest(socket, method, rawTarget, body, "Connection: close\r\n");
            InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            return arrival(method, in, sink, start);
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + abbreviated(rawTarget) + " on port " + port, e);
        }
    }

    private static Arrival arrival(String method, InputStream in, OutputStream sink, long start) throws IOException {
        Head head = readHead(in);
        while (head.status / 100 == 1) {
            head = readHead(in);
        }
        boolean bodiless = method.equals("HEAD") || head.status == 204 || head.status == 304;
        BodyReader reader = new BodyReader(in, sink);
        boolean complete = bodiless || readBody(reader, head);
        long first = reader.firstByteNanos().orElseGet(System::nanoTime);
        return new Arrival(head, complete, (first - start) / 1_000_000);
    }

    /** Sends a request that leaves the connection open, and reads its answer. */
    Response exchange(Socket socket, InputStream in, String method, String rawTarget, Content body) {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try {
            sendRequest(socket, method, rawTarget, body, "");
            Arrival arrival = arrival(method, in, received, System.nanoTime());
            return response(arrival, received);
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + abbreviated(rawTarget) + " on port " + port, e);
        }
    }

    /** Sends a request that leaves the connection open, and reads nothing. */
    void ask(Socket socket, String rawTarget) {
        try {
            sendRequest(socket, "GET", rawTarget, NOTHING, "");
        } catch (IOException e) {
            throw new UncheckedIOException("GET " + abbreviated(rawTarget) + " on port " + port, e);
        }
    }

    /** Reads an answer to what was written by other means. */
    Response read(InputStream in) {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try {
            Arrival arrival = arrival("POST", in, received, System.nanoTime());
            return response(arrival, received);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from port " + port, e);
        }
    }

    private static Response response(Arrival arrival, ByteArrayOutputStream received) {
        return new Response(
                arrival.head.status,
                arrival.head.reason,
                arrival.head.headers,
                received.toByteArray(),
                arrival.complete);
    }

    private void sendRequest(Socket socket, String method, String rawTarget, Content body, String last)
            throws IOException {
        StringBuilder head = new StringBuilder(method + " " + rawTarget + " HTTP/1.1\r\n");
        if (valuesOf(headers, "Host").isEmpty()) {
            head.append("Host: ").append(host).append(':').append(port).append("\r\n");
        }
        headers.forEach(line ->
                head.append(line.getKey()).append(": ").append(line.getValue()).append("\r\n"));
        boolean framed = !valuesOf(headers, "Content-Length").isEmpty()
                || !valuesOf(headers, "Transfer-Encoding").isEmpty();
        if (body.length() > 0 && !framed) {
            head.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        head.append(last).append("\r\n");
        try {
            OutputStream out = socket.getOutputStream();
            out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
            for (long at = 0; at < body.length(); at += STEP) {
                out.write(body.slice(at, (int) Math.min(STEP, body.length() - at))
                        .getBytes());
            }
            out.flush();
        } catch (IOException e) {
            // A server may answer and close before it has read everything: what it said is what counts.
            if (socket.isClosed()) {
                throw e;
            }
        }
    }

    private static Head readHead(InputStream in) throws IOException {
        String status = BodyReader.readLine(in);
        if (status == null || !status.startsWith("HTTP/")) {
            throw new IOException("no status line: " + status);
        }
        String[] parts = status.split(" ", 3);
        List<Map.Entry<String, String>> lines = new ArrayList<>();
        for (String line = BodyReader.readLine(in); ; line = BodyReader.readLine(in)) {
            if (line == null) {
                throw new IOException("the connection ended within the headers");
            }
            if (line.isEmpty()) {
                break;
            }
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("not a header line: " + line);
            }
            lines.add(Map.entry(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return new Head(Integer.parseInt(parts[1]), parts.length > 2 ? parts[2] : "", List.copyOf(lines));
    }

    private static boolean readBody(BodyReader reader, Head head) throws IOException {
        String coding = String.join(",", valuesOf(head.headers, "Transfer-Encoding"));
        if (coding.toLowerCase(Locale.ROOT).endsWith("chunked")) {
            return reader.chunked();
        }
        List<String> lengths = valuesOf(head.headers, "Content-Length");
        return lengths.isEmpty() ? reader.untilClose() : reader.exactly(Long.parseLong(lengths.get(0)));
    }

    private static String abbreviated(String target) {
        return target.length() > 200 ? target.substring(0, 200) + "…" : target;
    }

    private static final class CountingSink extends OutputStream {
        private long count;

        @Override
        public void write(int b) {
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            count += length;
        }
    }
}
