package io.cornucopia.core;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A page as it is kept on disk: a simple page in JSON with upstream's URLs and every digest, one file a line.
 *
 * <p>What was written is read back equal, as long as its text is well-formed Unicode.
 */
public final class PageDocument {
    private static final String API_VERSION = "1.4";

    private PageDocument() {}

    /** Writes a page in UTF-8; the same bytes for the same page. */
    public static byte[] write(ProjectPage page) {
        return JsonOutput.bytes(json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("meta");
            json.writeStringField("api-version", API_VERSION);
            if (page.serial().isPresent()) {
                json.writeNumberField("_last-serial", page.serial().getAsLong());
            }
            json.writeEndObject();
            json.writeRaw('\n');
            json.writeStringField("name", page.name().value());
            JsonOutput.status(json, page.status());
            json.writeArrayFieldStart("versions");
            for (String version : page.versions()) {
                json.writeString(WellFormed.text(version));
            }
            json.writeEndArray();
            json.writeArrayFieldStart("files");
            for (DistributionFile file : page.files()) {
                json.writeRaw('\n');
                writeFile(json, file);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        });
    }

    private static void writeFile(JsonGenerator json, DistributionFile file) throws IOException {
        json.writeStartObject();
        JsonOutput.text(json, "filename", file.filename());
        JsonOutput.text(json, "url", file.url());
        writeDigests(json, "hashes", file.digests());
        if (file.size().isPresent()) {
            json.writeNumberField("size", file.size().getAsLong());
        }
        if (file.requiresPython().isPresent()) {
            JsonOutput.text(json, "requires-python", file.requiresPython().get());
        }
        if (file.uploadTime().isPresent()) {
            json.writeStringField("upload-time", file.uploadTime().get().toString());
        }
        JsonOutput.yanked(json, file.yank());
        if (file.coreMetadata().isPresent()) {
            Optional<Digest> digest = file.coreMetadata().get().digest();
            if (digest.isPresent()) {
                writeDigests(json, "core-metadata", List.of(digest.get()));
            } else {
                json.writeBooleanField("core-metadata", true);
            }
        }
        if (file.provenance().isPresent()) {
            JsonOutput.text(json, "provenance", file.provenance().get());
        }
        if (file.gpgSignature().isPresent()) {
            json.writeBooleanField("gpg-sig", file.gpgSignature().get());
        }
        json.writeEndObject();
    }

    private static void writeDigests(JsonGenerator json, String key, List<Digest> digests) throws IOException {
        json.writeObjectFieldStart(key);
        for (Digest digest : digests) {
            json.writeStringField(digest.algorithm().wireName(), digest.hex());
        }
        json.writeEndObject();
    }

    /**
     * Reads what {@link #write} wrote; the stream is left open.
     *
     * @throws IOException if the stream fails
     * @throws MalformedPageException if it is something else, or was cut off
     */
    public static ProjectPage read(InputStream document) throws IOException, MalformedPageException {
        return JsonInput.read(document, PageDocument::readPage);
    }

    private static ProjectPage readPage(JsonInput input) throws IOException, MalformedPageException {
        Page page = new Page();
        input.object(key -> {
            switch (key) {
                case "meta" -> page.serial = ApiVersion.readMeta(input);
                case "name" -> page.name = input.string().flatMap(ProjectName::parse);
                case "project-status" -> page.status = readStatus(input);
                case "versions" -> input.array(() -> input.string().ifPresent(page.versions::add));
                case "files" -> page.complete = input.array(() -> page.files.add(readFile(input)));
                default -> {
                    // Written by a later version of this program.
                }
            }
        });
        if (page.name.isEmpty() || !page.complete) {
            throw new MalformedPageException("not a page of this cache");
        }
        return new ProjectPage(page.name.get(), page.status, page.serial, page.versions, page.files);
    }

    private static ProjectStatus readStatus(JsonInput input) throws IOException, MalformedPageException {
        Status status = new Status();
        input.object(key -> {
            if (key.equals("status")) {
                status.marker = input.string();
            } else if (key.equals("reason")) {
                status.reason = input.string();
            }
        });
        return PageCollector.status(status.marker, status.reason);
    }

    private static DistributionFile readFile(JsonInput input) throws IOException, MalformedPageException {
        File file = new File();
        input.object(key -> {
            switch (key) {
                case "filename" -> file.filename = input.string();
                case "url" -> file.url = input.string();
                case "hashes" -> file.digests = readDigests(input);
                case "size" -> file.size = input.count();
                case "requires-python" -> file.requiresPython = input.string();
                case "upload-time" -> file.uploadTime = readTime(input);
                case "yanked" -> file.yank = readYank(input);
                case "core-metadata" ->
                    file.coreMetadata = Optional.of(
                            new CoreMetadata(readDigests(input).stream().findFirst()));
                case "provenance" -> file.provenance = input.string();
                case "gpg-sig" -> file.gpgSignature = input.flag();
                default -> {
                    // Written by a later version of this program.
                }
            }
        });
        if (file.filename.isEmpty() || file.url.isEmpty()) {
            throw new MalformedPageException("a file without a name or a URL");
        }
        return new DistributionFile(
                file.filename.get(),
                file.url.get(),
                file.digests,
                file.size,
                file.requiresPython,
                file.uploadTime,
                file.yank,
                file.coreMetadata,
                file.provenance,
                file.gpgSignature);
    }

    private static List<Digest> readDigests(JsonInput input) throws IOException, MalformedPageException {
        List<Digest> digests = new ArrayList<>();
        input.strings((name, hex) -> HashAlgorithm.ofWireName(name)
                .flatMap(algorithm -> Digest.parse(algorithm, hex))
                .ifPresent(digests::add));
        return digests;
    }

    private static Optional<Yank> readYank(JsonInput input) throws IOException {
        return input.string()
                .or(() -> input.flag().filter(yanked -> yanked).map(yanked -> ""))
                .map(Yank::new);
    }

    private static Optional<Instant> readTime(JsonInput input) throws IOException, MalformedPageException {
        Optional<String> text = input.string();
        try {
            return text.map(Instant::parse);
        } catch (DateTimeException e) {
            throw new MalformedPageException("a time that is none", e);
        }
    }

    private static final class Page {
        private Optional<ProjectName> name = Optional.empty();
        private ProjectStatus status = ProjectStatus.ACTIVE;
        private OptionalLong serial = OptionalLong.empty();
        private final List<String> versions = new ArrayList<>();
        private final List<DistributionFile> files = new ArrayList<>();
        private boolean complete;
    }

    private static final class Status {
        private Optional<String> marker = Optional.empty();
        private Optional<String> reason = Optional.empty();
    }

    private static final class File {
        private Optional<String> filename = Optional.empty();
        private Optional<String> url = Optional.empty();
        private List<Digest> digests = List.of();
        private OptionalLong size = OptionalLong.empty();
        private Optional<String> requiresPython = Optional.empty();
        private Optional<Instant> uploadTime = Optional.empty();
        private Optional<Yank> yank = Optional.empty();
        private Optional<CoreMetadata> coreMetadata = Optional.empty();
        private Optional<String> provenance = Optional.empty();
        private Optional<Boolean> gpgSignature = Optional.empty();
    }
}
