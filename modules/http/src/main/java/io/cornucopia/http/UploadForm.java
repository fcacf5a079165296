package io.cornucopia.http;

import io.cornucopia.core.DistributionFilename;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The form of an upload as it arrives (section G2): fields, which it keeps, and the bytes of one file, which it hands on. */
final class UploadForm implements MultipartParser.Parts {
    private static final String CONTENT = "content";
    // twine sends it as a file, though it is a field like any other.
    private static final String SIGNATURE = "gpg_signature";
    private static final int MAX_PARTS = 4096;
    private static final int MAX_FIELD_LENGTH = 8 * 1024 * 1024;
    private static final int MAX_FIELDS_LENGTH = 16 * 1024 * 1024;
    private static final int SHOWN_LENGTH = 100;

    private final long maxFileSize;
    private final Map<String, List<String>> fields = new LinkedHashMap<>();
    private ByteArrayOutputStream field = new ByteArrayOutputStream();
    private Optional<String> filename = Optional.empty();
    private Buffer arrived = Buffer.buffer();
    private PartHead part;
    private int parts;
    private long fieldsLength;
    private long fileLength;

    UploadForm(long maxFileSize) {
        this.maxFileSize = maxFileSize;
    }

    @Override
    public void begin(PartHead head) throws UnacceptableFormException {
        part = head;
        parts++;
        if (parts > MAX_PARTS) {
            throw new UnacceptableFormException(
                    "The form has too many fields: more than the " + MAX_PARTS + " that are taken");
        }
        takeOfFields(head.name().length());
        if (isContent()) {
            beginContent(head.filename());
        } else if (head.filename().isPresent() && !head.name().equals(SIGNATURE)) {
            throw new UnacceptableFormException("The form has a second file, in the field \"" + shown(head.name())
                    + "\"; an upload is one file, in the field \"content\"");
        }
    }

    private void beginContent(Optional<String> name) throws UnacceptableFormException {
        if (filename.isPresent()) {
            throw new UnacceptableFormException("The form has two files in \"content\"; upload one at a time");
        }
        if (name.isEmpty() || name.get().isEmpty()) {
            throw new UnacceptableFormException("The field \"content\" has no filename; it must be the file itself");
        }
        if (!DistributionFilename.isSafe(name.get())) {
            throw new UnacceptableFormException(
                    "The filename \"" + shown(name.get()) + "\" is not one that a distribution file may have");
        }
        filename = name;
    }

    @Override
    public void more(byte[] bytes, int from, int to) throws UnacceptableFormException {
        if (!isContent()) {
            takeOfFields(to - from);
            if (field.size() + to - from > MAX_FIELD_LENGTH) {
                throw new UnacceptableFormException("The field \"" + shown(part.name())
                        + "\" is too large: it has more than the " + MAX_FIELD_LENGTH + " bytes that are taken");
            }
            field.write(bytes, from, to - from);
            return;
        }
        fileLength += to - from;
        if (fileLength > maxFileSize) {
            throw tooLarge(maxFileSize);
        }
        arrived.appendBytes(bytes, from, to - from);
    }

    @Override
    public void end() {
        if (!isContent()) {
            fields.computeIfAbsent(part.name(), name -> new ArrayList<>()).add(field.toString(StandardCharsets.UTF_8));
            field = new ByteArrayOutputStream();
        }
    }

    /** The form is whole: whether an upload can be made of it. */
    void complete() throws UnacceptableFormException {
        if (filename.isEmpty()) {
            throw new UnacceptableFormException("The form has no file: the field \"content\" is missing");
        }
        if (fileLength == 0) {
            throw new UnacceptableFormException("The file " + filename.get() + " is empty");
        }
    }

    /** How many bytes of the file wait to be taken. */
    int waiting() {
        return arrived.length();
    }

    /** Takes the bytes of the file that have arrived since. */
    Buffer take() {
        Buffer taken = arrived;
        arrived = Buffer.buffer();
        return taken;
    }

    /** The file's name; only of a complete form. */
    String filename() {
        return filename.orElseThrow();
    }

    /** Every field but the file. */
    Map<String, List<String>> fields() {
        return fields.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> List.copyOf(entry.getValue())));
    }

    static UnacceptableFormException tooLarge(long maxFileSize) {
        return new UnacceptableFormException(
                413, "File too large: the limit of this index is " + maxFileSize + " bytes (upload.max_file_size)");
    }

    private void takeOfFields(int length) throws UnacceptableFormException {
        fieldsLength += length;
        if (fieldsLength > MAX_FIELDS_LENGTH) {
            throw new UnacceptableFormException(
                    "The fields of the form are too large: together they have more than the " + MAX_FIELDS_LENGTH
                            + " bytes that are taken");
        }
    }

    private boolean isContent() {
        return part.name().equals(CONTENT);
    }

    private static String shown(String text) {
        return text.length() > SHOWN_LENGTH ? text.substring(0, SHOWN_LENGTH) + "..." : text;
    }
}
