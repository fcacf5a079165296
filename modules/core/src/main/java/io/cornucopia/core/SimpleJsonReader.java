package io.cornucopia.core;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads a project's simple page in JSON (PEP 691, 700, 708, 714, 740, 792).
 *
 * <p>Strict about what makes the page mean something, forgiving about the rest: an optional key of a wrong type counts as
 * absent, and a file that cannot be fetched, has no safe name or is another project's is left out.
 */
public final class SimpleJsonReader {
    private final JsonInput input;
    private final URI pageUrl;
    private final ProjectName expected;
    private final PageCollector collector;

    private boolean hasFiles;
    private ProjectStatus status = ProjectStatus.ACTIVE;
    private OptionalLong serial = OptionalLong.empty();

    private SimpleJsonReader(JsonInput input, URI pageUrl, ProjectName expected) {
        this.input = input;
        this.pageUrl = pageUrl;
        this.expected = expected;
        this.collector = new PageCollector(expected);
    }

    /**
     * Reads a page from front to end; the stream is left open. How much it may send is for the caller to bound.
     *
     * @param pageUrl where the page was had from, absolute: what its links are relative to
     * @param expected whose page it has to be
     * @throws IOException if the stream fails
     * @throws MalformedPageException if it is not one whole JSON object within bounds (64 levels, strings of 1 MiB), has
     *     no list of files, names another project, or declares an api-version other than 1.x
     */
    public static ProjectPage read(InputStream body, URI pageUrl, ProjectName expected)
            throws IOException, MalformedPageException {
        return JsonInput.read(body, input -> new SimpleJsonReader(input, pageUrl, expected).page());
    }

    private ProjectPage page() throws IOException, MalformedPageException {
        input.object(this::member);
        if (!hasFiles) {
            throw new MalformedPageException("no list of files");
        }
        return collector.page(status, serial);
    }

    private void member(String key) throws IOException, MalformedPageException {
        switch (key) {
            case "meta" -> serial = ApiVersion.readMeta(input);
            case "name" -> checkName();
            case "project-status" -> readStatus();
            case "versions" -> input.array(() -> input.string().ifPresent(collector::version));
            case "files" -> {
                if (!input.array(this::readFile)) {
                    throw new MalformedPageException("files is not a list");
                }
                hasFiles = true;
            }
            default -> {
                // Of no meaning here, such as keys that begin with an underscore (C14).
            }
        }
    }

    private void checkName() throws IOException, MalformedPageException {
        Optional<String> name = input.string();
        if (name.isPresent()
                && ProjectName.parse(name.get()).filter(expected::equals).isEmpty()) {
            throw new MalformedPageException("the page of " + MalformedPageException.quote(name.get()));
        }
    }

    private void readStatus() throws IOException, MalformedPageException {
        Map<String, String> members = new HashMap<>();
        input.strings(members::put);
        status = PageCollector.status(
                Optional.ofNullable(members.get("status")), Optional.ofNullable(members.get("reason")));
    }

    private void readFile() throws IOException, MalformedPageException {
        FileEntry entry = new FileEntry();
        input.object(entry::member);
        entry.file().ifPresent(collector::file);
    }

    /** One entry of {@code files}. */
    private final class FileEntry {
        private Optional<String> filename = Optional.empty();
        private Optional<String> url = Optional.empty();
        private final Map<HashAlgorithm, Digest> hashes = new EnumMap<>(HashAlgorithm.class);
        private OptionalLong size = OptionalLong.empty();
        private Optional<String> requiresPython = Optional.empty();
        private Optional<Instant> uploadTime = Optional.empty();
        private Optional<Yank> yank = Optional.empty();
        private Metadata coreMetadata = Metadata.UNSAID;
        private Metadata distInfoMetadata = Metadata.UNSAID;
        private Optional<String> provenance = Optional.empty();
        private Optional<Boolean> gpgSignature = Optional.empty();

        void member(String key) throws IOException, MalformedPageException {
            switch (key) {
                case "filename" -> filename = input.string();
                case "url" -> url = input.string();
                case "hashes" -> hashes.putAll(readHashes().digests());
                case "size" -> size = input.count();
                case "requires-python" -> requiresPython = input.string().filter(text -> !text.isBlank());
                case "upload-time" -> uploadTime = input.string().flatMap(UploadTime::parse);
                case "yanked" -> yank = readYank();
                case "core-metadata" -> coreMetadata = readMetadata();
                case "dist-info-metadata" -> distInfoMetadata = readMetadata();
                case "provenance" -> provenance = input.string();
                case "gpg-sig" -> gpgSignature = input.flag();
                default -> {
                    // Unknown keys are dropped (C14).
                }
            }
        }

        private Hashes readHashes() throws IOException, MalformedPageException {
            Map<HashAlgorithm, Digest> digests = new EnumMap<>(HashAlgorithm.class);
            boolean object = input.strings((name, hex) -> HashAlgorithm.ofWireName(name)
                    .flatMap(algorithm -> Digest.parse(algorithm, hex))
                    .ifPresent(digest -> digests.put(digest.algorithm(), digest)));
            return new Hashes(object, digests);
        }

        /** Clients take the empty string for false, so it is no yank here either. */
        private Optional<Yank> readYank() throws IOException {
            Optional<String> reason = input.string().filter(text -> !text.isEmpty());
            return reason.or(() -> input.flag().filter(yanked -> yanked).map(yanked -> ""))
                    .map(Yank::new);
        }

        private Metadata readMetadata() throws IOException, MalformedPageException {
            Optional<Boolean> flag = input.flag();
            if (flag.isPresent()) {
                return flag.get() ? Metadata.of(Optional.empty()) : Metadata.NONE;
            }
            Hashes read = readHashes();
            return read.said() ? Metadata.of(read.digests().values().stream().findFirst()) : Metadata.UNSAID;
        }

        Optional<DistributionFile> file() {
            if (filename.isEmpty() || url.isEmpty() || !DistributionFilename.mayBelongTo(expected, filename.get())) {
                return Optional.empty();
            }
            return Link.resolve(pageUrl, url.get()).map(this::file);
        }

        private DistributionFile file(Link link) {
            link.digests().forEach(hashes::putIfAbsent);
            return new DistributionFile(
                    filename.orElseThrow(),
                    link.target().toString(),
                    List.copyOf(hashes.values()),
                    size,
                    requiresPython,
                    uploadTime,
                    yank,
                    (coreMetadata.said() ? coreMetadata : distInfoMetadata).metadata(),
                    provenance
                            .flatMap(reference -> Link.resolve(pageUrl, reference))
                            .map(target -> target.target().toString()),
                    gpgSignature);
        }
    }

    /** @param said whether it was an object at all */
    private record Hashes(boolean said, Map<HashAlgorithm, Digest> digests) {}

    /** @param said whether the key was there with a value that means something, be it "there is none" */
    private record Metadata(boolean said, Optional<CoreMetadata> metadata) {
        private static final Metadata UNSAID = new Metadata(false, Optional.empty());
        private static final Metadata NONE = new Metadata(true, Optional.empty());

        static Metadata of(Optional<Digest> digest) {
            return new Metadata(true, Optional.of(new CoreMetadata(digest)));
        }
    }
}
