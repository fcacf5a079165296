package io.cornucopia.core;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a distribution says of itself in its METADATA or PKG-INFO, as far as an index needs it.
 *
 * @param project whose file it is
 * @param version its version as it is written there, a PEP 440 one
 * @param requiresPython the versions of Python it is for, a list of version specifiers on one line
 * @see <a href="https://packaging.python.org/en/latest/specifications/core-metadata/">Core metadata</a>
 */
public record CoreMetadataDocument(ProjectName project, String version, Optional<String> requiresPython) {
    private static final String METADATA_VERSION = "metadata-version";
    private static final String NAME = "name";
    private static final String VERSION = "version";
    private static final String REQUIRES_PYTHON = "requires-python";
    private static final List<String> WANTED = List.of(METADATA_VERSION, NAME, VERSION, REQUIRES_PYTHON);

    private static final int MAX_SPECIFIERS = 1_000;
    private static final Pattern FIELD_NAME = Pattern.compile("[!-9;-~]+");
    private static final Pattern KNOWN_METADATA_VERSION = Pattern.compile("[12]\\.[0-9]{1,2}");
    private static final Pattern SPECIFIERS = specifiers();

    public CoreMetadataDocument {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(requiresPython, "requiresPython");
    }

    /**
     * Reads a document: headers as in a mail, folded lines joined, up to the empty line before the description. Takes one
     * pass, whatever the input is.
     *
     * @throws MalformedMetadataException if it is not UTF-8, has not its metadata version, name and version once each, or
     *     one of them cannot be right
     */
    public static CoreMetadataDocument read(byte[] bytes) throws MalformedMetadataException {
        Map<String, String> headers = headers(text(bytes));
        String metadataVersion = required(headers, METADATA_VERSION, "Metadata-Version");
        if (!KNOWN_METADATA_VERSION.matcher(metadataVersion).matches()) {
            throw new MalformedMetadataException("Metadata-Version " + MalformedPageException.quote(metadataVersion)
                    + " is none that is known: 1.x or 2.x");
        }
        String name = required(headers, NAME, "Name");
        ProjectName project = ProjectName.parse(name)
                .orElseThrow(() -> new MalformedMetadataException(
                        "Name " + MalformedPageException.quote(name) + " is not a valid project name"));
        String version = required(headers, VERSION, "Version");
        if (Version.parse(version).isEmpty()) {
            throw new MalformedMetadataException(
                    "Version " + MalformedPageException.quote(version) + " is not a PEP 440 version");
        }
        return new CoreMetadataDocument(project, version, requiresPython(headers));
    }

    private static Optional<String> requiresPython(Map<String, String> headers) throws MalformedMetadataException {
        Optional<String> said = said(headers, REQUIRES_PYTHON);
        if (said.isPresent()
                && (said.get().length() > MAX_SPECIFIERS
                        || !SPECIFIERS.matcher(said.get()).matches())) {
            throw new MalformedMetadataException("Requires-Python " + MalformedPageException.quote(said.get())
                    + " is not a list of version specifiers such as \">=3.9,<4\"");
        }
        return said;
    }

    private static String required(Map<String, String> headers, String key, String label)
            throws MalformedMetadataException {
        return said(headers, key).orElseThrow(() -> new MalformedMetadataException("it has no " + label));
    }

    /** What a field says; old tools write {@code UNKNOWN} where there is nothing to say. */
    private static Optional<String> said(Map<String, String> headers, String key) {
        return Optional.ofNullable(headers.get(key)).filter(value -> !value.isEmpty() && !value.equals("UNKNOWN"));
    }

    private static String text(byte[] bytes) throws MalformedMetadataException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedMetadataException("it is not UTF-8", e);
        }
    }

    private static Map<String, String> headers(String text) throws MalformedMetadataException {
        Map<String, String> headers = new HashMap<>();
        Optional<String> open = Optional.empty();
        List<String> value = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end = endOfLine(text, at);
            String line = text.substring(at, end);
            at = afterLine(text, end);
            if (isFolded(line)) {
                if (open.isPresent()) {
                    value.add(line.strip());
                }
                continue;
            }
            close(headers, open, value);
            int colon = line.indexOf(':');
            if (colon < 1 || !FIELD_NAME.matcher(line.substring(0, colon)).matches()) {
                // An empty line begins the description; readers of mail take any other that is no field for one as
                // well.
                return headers;
            }
            String key = line.substring(0, colon).toLowerCase(Locale.ROOT);
            open = WANTED.contains(key) ? Optional.of(key) : Optional.empty();
            value.clear();
            value.add(line.substring(colon + 1).strip());
        }
        close(headers, open, value);
        return headers;
    }

    private static void close(Map<String, String> headers, Optional<String> open, List<String> value)
            throws MalformedMetadataException {
        if (open.isPresent() && headers.put(open.get(), String.join(" ", value).strip()) != null) {
            throw new MalformedMetadataException("it has the field " + open.get() + " more than once");
        }
    }

    private static boolean isFolded(String line) {
        return !line.isEmpty() && (line.charAt(0) == ' ' || line.charAt(0) == '\t');
    }

    /** Where the line ends: like Python's reader of mails, at any of {@code \n}, {@code \r} and both. */
    private static int endOfLine(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
            at++;
        }
        return at;
    }

    private static int afterLine(String text, int end) {
        return text.startsWith("\r\n", end) ? end + 2 : end + 1;
    }

    private static Pattern specifiers() {
        String one = " *(?:~=|===?|!=|<=?|>=?) *[A-Za-z0-9.*+!_-]++ *";
        return Pattern.compile(one + "(?:," + one + ")*+,? *");
    }
}
