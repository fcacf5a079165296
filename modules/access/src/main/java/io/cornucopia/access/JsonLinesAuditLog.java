package io.cornucopia.access;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes acts as JSON, one line each, to a file or to standard output. Each is written whole in one write at the end of the
 * file, which is made, with its directory, for the first of them. The file is opened for each act anew: it may be moved
 * away at any time.
 */
public final class JsonLinesAuditLog implements AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger(JsonLinesAuditLog.class);
    private static final JsonFactory JSON = new JsonFactory();

    /** Takes the bytes of one line. */
    @FunctionalInterface
    private interface Destination {
        void write(byte[] line) throws IOException;
    }

    private final String name;
    private final Destination destination;

    private JsonLinesAuditLog(String name, Destination destination) {
        this.name = name;
        this.destination = destination;
    }

    /** Appends to a file. */
    public static AuditLog to(Path file) {
        Path absolute = file.toAbsolutePath();
        return new JsonLinesAuditLog(absolute.toString(), new End(absolute)::append);
    }

    /** Writes to the standard output of the process. */
    @SuppressWarnings("resource") // Standard output is not ours to close.
    public static AuditLog toStandardOutput() {
        return new JsonLinesAuditLog("standard output", new FileOutputStream(FileDescriptor.out)::write);
    }

    @Override
    public void record(Act act) {
        byte[] line = line(act);
        try {
            synchronized (destination) {
                destination.write(line);
            }
        } catch (IOException e) {
            LOG.error(
                    "the audit log {} cannot be written ({}); what it would have said: {}",
                    name,
                    e.toString(),
                    new String(line, StandardCharsets.UTF_8).strip());
        }
    }

    private static byte[] line(Act act) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("time", act.time().toString());
            json.writeStringField("principal", act.principal());
            json.writeStringField("address", act.address());
            json.writeStringField("action", act.action());
            json.writeStringField("project", act.project());
            json.writeStringField("subject", act.subject());
            json.writeStringField("outcome", act.outcome());
            json.writeStringField("reason", act.reason());
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("an array takes everything", e);
        }
        return bytes.toByteArray();
    }

    /** The end of a file. */
    private static final class End {
        private final Path file;
        private boolean torn;

        End(Path file) {
            this.file = Objects.requireNonNull(file, "file");
        }

        void append(byte[] line) throws IOException {
            Files.createDirectories(file.getParent());
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
                // A line that a full disk cut in two must not spoil the next one as well.
                ByteBuffer bytes = torn
                        ? ByteBuffer.allocate(line.length + 1)
                                .put((byte) '\n')
                                .put(line)
                                .flip()
                        : ByteBuffer.wrap(line);
                int length = bytes.remaining();
                int written = channel.write(bytes);
                if (written < length) {
                    torn = torn || written > 0;
                    throw new IOException("only " + written + " of " + length + " bytes fitted");
                }
                torn = false;
            }
        }
    }
}
