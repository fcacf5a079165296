package io.cornucopia.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;

/**
 * One HTTP/1.1 connection on which requests follow one another, each with the header lines of the probe that it was made by. A
 * connection that the server closed is an {@link UncheckedIOException} at the next request.
 */
public final class Conversation implements AutoCloseable {

    private final HttpProbe probe;
    private final Socket socket;
    private final InputStream in;

    Conversation(HttpProbe probe, Socket socket) throws IOException {
        this.probe = probe;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    }

    /** Sends a request and reads its answer. */
    public HttpProbe.Response send(String method, String rawTarget, Content body) {
        return probe.exchange(socket, in, method, rawTarget, body);
    }

    /** Posts a form and reads the answer. */
    public HttpProbe.Response post(String rawTarget, UploadForm form) {
        return probe.header("Content-Type", form.contentType()).exchange(socket, in, "POST", rawTarget, form.body());
    }

    /** Sends a GET and reads its answer. */
    public HttpProbe.Response get(String rawTarget) {
        return send("GET", rawTarget, Content.ofBytes(new byte[0]));
    }

    /** Sends a GET, whose answer {@link #read} reads. */
    public void ask(String rawTarget) {
        probe.ask(socket, rawTarget);
    }

    /** Sends these bytes and reads nothing. */
    public void write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the answer to what was written. */
    public HttpProbe.Response read() {
        return probe.read(in);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
