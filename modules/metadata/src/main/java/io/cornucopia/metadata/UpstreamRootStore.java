package io.cornucopia.metadata;

import io.cornucopia.core.ProjectList;
import io.cornucopia.core.ProjectName;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Upstream's root list on disk: a file of names, one a line, with its serial where it has one, and one of what upstream said beside it. Both may be deleted at
 * any time. Blocks.
 */
final class UpstreamRootStore {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamRootStore.class);

    private final Path directory;
    private final AtomicWrite writes;
    private final Path names;
    private final Path validators;

    UpstreamRootStore(Path directory, AtomicWrite writes) {
        this.directory = directory;
        this.writes = writes;
        this.names = directory.resolve("upstream.txt");
        this.validators = directory.resolve("upstream-validators.json");
    }

    /** Makes the directory, and deletes from it what belonged to processes that are no more. */
    void open() throws IOException {
        Files.createDirectories(directory);
        writes.sweep(directory);
        for (RootVariant variant : RootVariant.values()) {
            writes.sweepOwn(directory, variant.suffix());
        }
    }

    /** Where what arrives may be put until it is read. */
    Path temporary() throws IOException {
        return writes.temporaryIn(directory);
    }

    /** The list that was kept; empty if there is none, or none that can be read. */
    Optional<UpstreamList> read() {
        try {
            JsonObject json = new JsonObject(Files.readString(validators, StandardCharsets.UTF_8));
            ProjectList.Builder builder = ProjectList.builder();
            try (BufferedReader lines = Files.newBufferedReader(names, StandardCharsets.US_ASCII)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    int space = line.indexOf(' ');
                    builder.add(
                            new ProjectName(space < 0 ? line : line.substring(0, space)),
                            space < 0
                                    ? OptionalLong.empty()
                                    : OptionalLong.of(Long.parseLong(line.substring(space + 1))));
                }
            }
            return Optional.of(UpstreamList.of(builder.build(), Validators.fromJson(json)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            LOG.warn("cannot read upstream's root list in {}, going on without: {}", directory, e.toString());
            return Optional.empty();
        }
    }

    /**
     * Keeps a list. The names are written first: if it ends in between, the old validators make upstream say that they
     * changed, and they are written again.
     */
    void write(UpstreamList list) {
        try {
            writes.replace(names, out -> {
                Writer lines = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.US_ASCII));
                list.projects().forEach((name, serial) -> {
                    try {
                        lines.write(serial.isPresent() ? name + ' ' + serial.getAsLong() + '\n' : name + '\n');
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                lines.flush();
            });
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("cannot keep upstream's root list in {}: {}", directory, e.toString());
            return;
        }
        writeValidators(list);
    }

    /** Keeps that the list was confirmed. */
    void writeValidators(UpstreamList list) {
        JsonObject json = list.validators().toJson();
        try {
            writes.replace(validators, out -> out.write(json.encodePrettily().getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            LOG.warn("cannot keep in {} that upstream's root list was confirmed: {}", directory, e.toString());
        }
    }
}
