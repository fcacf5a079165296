package io.cornucopia.metadata;

import io.cornucopia.bus.PeerPageAnswer;
import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.MalformedPageException;
import io.cornucopia.core.PageDocument;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectPage;
import io.cornucopia.storage.StoredFile;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pages on disk: one JSON document a project, for people to read, and safe to delete at any time. Blocks.
 *
 * <p>The first line of a document is what upstream said beside the page, the rest is the page; all of it together is one
 * JSON object, and the page can be cut out without reading it.
 */
final class PageStore {
    private static final Logger LOG = LoggerFactory.getLogger(PageStore.class);
    private static final String SUFFIX = ".json";
    private static final String PAGE_FOLLOWS = ",\"page\":";
    private static final byte[] END = "\n}\n".getBytes(StandardCharsets.US_ASCII);

    private final Path directory;
    private final AtomicWrite writes;

    PageStore(Path directory, AtomicWrite writes) {
        this.directory = directory;
        this.writes = writes;
    }

    /** Makes the directory and sweeps what dead processes left half-written. */
    void open() throws IOException {
        Files.createDirectories(directory);
        writes.sweep(directory);
    }

    /** The page of that project; empty if there is none, or none that can be read. */
    Optional<CachedPage> read(ProjectName project) {
        Path path = path(project);
        try {
            return Optional.of(parse(project, Files.readAllBytes(path)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | MalformedPageException | RuntimeException e) {
            LOG.warn("cannot read {}, going on as if it were not there: {}", path, e.toString());
            return Optional.empty();
        }
    }

    /** Makes what lies in the cache of a page that has just arrived, and keeps it. */
    CachedPage write(ProjectPage page, Validators validators) {
        byte[] document = PageDocument.write(page);
        CachedPage cached = new CachedPage(page, revision(document, 0, document.length), validators);
        write(page.name(), validators, document);
        return cached;
    }

    /** Keeps a page that was confirmed. */
    void write(CachedPage cached) {
        write(cached.page().name(), cached.validators(), PageDocument.write(cached.page()));
    }

    /** The document itself, open, with its revision, for somebody who reads it on his own; empty if there is none that is whole. */
    Optional<PeerPageAnswer> open(ProjectName project) throws IOException {
        Path path = path(project);
        FileChannel channel;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Channels.newInputStream(channel).readAllBytes();
            Extent page = extent(bytes);
            StoredFile document = new StoredFile(
                    path.getFileName().toString(),
                    channel,
                    bytes.length,
                    sha256(bytes, 0, bytes.length),
                    Files.getLastModifiedTime(path).toInstant().truncatedTo(ChronoUnit.SECONDS));
            return Optional.of(new PeerPageAnswer(document, revision(bytes, page.from(), page.length())));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void write(ProjectName project, Validators validators, byte[] document) {
        String json = validators.toJson().encode();
        String head = json.substring(0, json.length() - 1) + PAGE_FOLLOWS + "\n";
        try {
            writes.replace(path(project), out -> {
                out.write(head.getBytes(StandardCharsets.UTF_8));
                out.write(document);
                out.write(END);
            });
        } catch (IOException e) {
            // A cache that cannot be written to still serves: from memory now, from upstream later.
            LOG.warn("cannot keep the page of {} in {}: {}", project, directory, e.toString());
        }
    }

    /** Forgets a project. */
    void remove(ProjectName project) {
        try {
            Files.deleteIfExists(path(project));
        } catch (IOException e) {
            LOG.warn("cannot delete {}: {}", path(project), e.toString());
        }
    }

    /** The projects that have a document. */
    Set<ProjectName> projects() {
        Set<ProjectName> projects = new HashSet<>();
        try (DirectoryStream<Path> documents = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path document : documents) {
                String filename = document.getFileName().toString();
                String name = filename.substring(0, filename.length() - SUFFIX.length());
                ProjectName.parse(name)
                        .filter(project -> project.value().equals(name))
                        .ifPresent(projects::add);
            }
        } catch (NoSuchFileException e) {
            // Somebody deleted the whole directory, which is allowed; the next page makes it anew.
            LOG.info("{} is gone", directory);
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            LOG.warn("cannot list {}: {}", directory, e.toString());
        }
        return projects;
    }

    private Path path(ProjectName project) {
        return directory.resolve(project.value() + SUFFIX);
    }

    /** Where the page lies in a document. */
    private record Extent(String head, int from, int length) {}

    private static Extent extent(byte[] bytes) throws IOException {
        int line = 0;
        while (line < bytes.length && bytes[line] != '\n') {
            line++;
        }
        String head = new String(bytes, 0, line, StandardCharsets.UTF_8);
        int from = line + 1;
        int to = bytes.length - END.length;
        if (!head.endsWith(PAGE_FOLLOWS) || to < from || !endsProperly(bytes)) {
            throw new IOException("it is not whole");
        }
        return new Extent(head, from, to - from);
    }

    /** Reads a document of that project. */
    static CachedPage parse(ProjectName project, byte[] bytes) throws IOException, MalformedPageException {
        Extent extent = extent(bytes);
        String head = extent.head();
        JsonObject json = new JsonObject(head.substring(0, head.length() - PAGE_FOLLOWS.length()) + "}");
        ProjectPage page = PageDocument.read(new ByteArrayInputStream(bytes, extent.from(), extent.length()));
        if (!page.name().equals(project)) {
            throw new IOException("it is the page of " + page.name());
        }
        return new CachedPage(page, revision(bytes, extent.from(), extent.length()), Validators.fromJson(json));
    }

    private static boolean endsProperly(byte[] bytes) {
        for (int i = 0; i < END.length; i++) {
            if (bytes[bytes.length - END.length + i] != END[i]) {
                return false;
            }
        }
        return true;
    }

    /** What changes whenever a page does, made from its document. */
    static String revision(byte[] bytes, int offset, int length) {
        return sha256(bytes, offset, length).hex();
    }

    private static Digest sha256(byte[] bytes, int offset, int length) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(bytes, offset, length);
            return Digest.of(HashAlgorithm.SHA256, sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
