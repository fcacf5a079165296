package io.cornucopia.core;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The description of an uploaded file as it is kept beside it: one small JSON object, a field a line, with the names that a
 * simple page has for them. Once the file was deleted it stays, as a tombstone, so that the name is not taken again.
 *
 * <p>What was written is read back equal, as long as its text is well-formed Unicode.
 *
 * @param file what was uploaded
 * @param deleted when it was deleted; empty while it is here
 * @param place where a bucket keeps its bytes; empty where they lie under the file's name
 */
public record UploadDocument(UploadedFile file, Optional<Instant> deleted, Optional<UploadPlace> place) {
    private static final Pattern ID = Pattern.compile("[0-9a-f-]{1,64}");

    public UploadDocument {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(deleted, "deleted");
        Objects.requireNonNull(place, "place");
    }

    /** Of a file whose bytes lie under its name. */
    public UploadDocument(UploadedFile file, Optional<Instant> deleted) {
        this(file, deleted, Optional.empty());
    }

    /** The description of a file that is here. */
    public static UploadDocument of(UploadedFile file) {
        return new UploadDocument(file, Optional.empty());
    }

    /** The description of a file that is here, and whose bytes a bucket keeps. */
    public static UploadDocument of(UploadedFile file, UploadPlace place) {
        return new UploadDocument(file, Optional.empty(), Optional.of(place));
    }

    /** The tombstone of a file. */
    public static UploadDocument tombstone(UploadedFile file, Instant deleted) {
        return new UploadDocument(file, Optional.of(deleted));
    }

    /** The file, if it was not deleted. */
    public Optional<UploadedFile> live() {
        return deleted.isEmpty() ? Optional.of(file) : Optional.empty();
    }

    /** Writes it in UTF-8; the same bytes for the same description. */
    public byte[] write() {
        return JsonOutput.bytes(json -> {
            json.setPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));
            json.writeStartObject();
            json.writeStringField("name", file.project().value());
            JsonOutput.text(json, "version", file.version());
            JsonOutput.text(json, "filename", file.filename());
            json.writeNumberField("size", file.size());
            writeDigests(json, "hashes", file.digests());
            if (file.requiresPython().isPresent()) {
                JsonOutput.text(json, "requires-python", file.requiresPython().get());
            }
            json.writeStringField("upload-time", file.uploadTime().toString());
            JsonOutput.yanked(json, file.yank());
            if (file.coreMetadata().isPresent()) {
                writeDigests(json, "core-metadata", List.of(file.coreMetadata().get()));
            }
            json.writeBooleanField("gpg-sig", file.hasSignature());
            json.writeBooleanField("provenance", file.hasProvenance());
            JsonOutput.text(json, "uploader", file.uploader());
            if (place.isPresent()) {
                JsonOutput.text(json, "upload", place.get().id());
                json.writeObjectFieldStart("beside");
                for (Map.Entry<String, Digest> one : place.get().beside().entrySet()) {
                    JsonOutput.text(json, one.getKey(), one.getValue().hex());
                }
                json.writeEndObject();
            }
            if (deleted.isPresent()) {
                json.writeStringField("deleted", deleted.get().toString());
            }
            json.writeEndObject();
            json.writeRaw('\n');
        });
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
     * @throws MalformedPageException if it is something else, lacks something, or was cut off
     */
    public static UploadDocument read(InputStream document) throws IOException, MalformedPageException {
        return JsonInput.read(document, input -> {
            Fields fields = new Fields();
            input.object(key -> fields.member(input, key));
            return fields.document();
        });
    }

    private static final class Fields {
        private Optional<String> name = Optional.empty();
        private Optional<String> version = Optional.empty();
        private Optional<String> filename = Optional.empty();
        private OptionalLong size = OptionalLong.empty();
        private List<Digest> digests = List.of();
        private Optional<String> requiresPython = Optional.empty();
        private Optional<Instant> uploadTime = Optional.empty();
        private Optional<Yank> yank = Optional.empty();
        private Optional<Digest> coreMetadata = Optional.empty();
        private boolean hasSignature;
        private boolean hasProvenance;
        private Optional<String> uploader = Optional.empty();
        private Optional<Instant> deleted = Optional.empty();
        private Optional<String> upload = Optional.empty();
        private final Map<String, Digest> beside = new HashMap<>();

        void member(JsonInput input, String key) throws IOException, MalformedPageException {
            switch (key) {
                case "name" -> name = input.string();
                case "version" -> version = input.string();
                case "filename" -> filename = input.string();
                case "size" -> size = input.count();
                case "hashes" -> digests = readDigests(input);
                case "requires-python" -> requiresPython = input.string();
                case "upload-time" -> uploadTime = readTime(input);
                case "yanked" ->
                    yank = input.string()
                            .or(() -> input.flag().filter(yanked -> yanked).map(yanked -> ""))
                            .map(Yank::new);
                case "core-metadata" -> coreMetadata = Optional.of(sha256(readDigests(input), "core-metadata"));
                case "gpg-sig" -> hasSignature = input.flag().orElse(false);
                case "provenance" -> hasProvenance = input.flag().orElse(false);
                case "uploader" -> uploader = input.string();
                case "upload" -> upload = input.string();
                case "beside" -> readBeside(input);
                case "deleted" -> deleted = readTime(input);
                default -> {
                    // Written by a later version of this program.
                }
            }
        }

        /** A tombstone whose time were unreadable must not come back to life: a time that is none is a failure. */
        private static Optional<Instant> readTime(JsonInput input) throws IOException, MalformedPageException {
            try {
                return Optional.of(Instant.parse(input.string().orElse("")));
            } catch (DateTimeException e) {
                throw new MalformedPageException("a time that is none", e);
            }
        }

        private static List<Digest> readDigests(JsonInput input) throws IOException, MalformedPageException {
            List<Digest> digests = new ArrayList<>();
            input.strings((algorithm, hex) -> HashAlgorithm.ofWireName(algorithm)
                    .flatMap(known -> Digest.parse(known, hex))
                    .ifPresent(digests::add));
            return digests;
        }

        private void readBeside(JsonInput input) throws IOException, MalformedPageException {
            input.strings((suffix, hex) ->
                    Digest.parse(HashAlgorithm.SHA256, hex).ifPresent(digest -> beside.put(suffix, digest)));
        }

        /** Since it becomes part of a key, it is what we write and nothing else. */
        private Optional<UploadPlace> place() throws MalformedPageException {
            if (upload.isPresent() && !ID.matcher(upload.get()).matches()) {
                throw new MalformedPageException("an upload's id that is none");
            }
            return upload.map(id -> new UploadPlace(id, beside));
        }

        private static Digest sha256(List<Digest> digests, String of) throws MalformedPageException {
            return digests.stream()
                    .filter(digest -> digest.algorithm() == HashAlgorithm.SHA256)
                    .findFirst()
                    .orElseThrow(() -> new MalformedPageException(of + " without a SHA-256"));
        }

        UploadDocument document() throws MalformedPageException {
            sha256(digests, "hashes");
            String safeFilename = required(filename.filter(DistributionFilename::isSafe), "filename");
            return new UploadDocument(
                    new UploadedFile(
                            required(name.flatMap(ProjectName::parse), "name"),
                            required(version, "version"),
                            safeFilename,
                            required(size.isPresent() ? Optional.of(size.getAsLong()) : Optional.empty(), "size"),
                            digests,
                            requiresPython,
                            required(uploadTime, "upload-time"),
                            yank,
                            coreMetadata,
                            hasSignature,
                            hasProvenance,
                            required(uploader, "uploader")),
                    deleted,
                    place());
        }

        private static <T> T required(Optional<T> value, String field) throws MalformedPageException {
            return value.orElseThrow(() ->
                    new MalformedPageException("the description of no upload: " + field + " is missing or wrong"));
        }
    }
}
