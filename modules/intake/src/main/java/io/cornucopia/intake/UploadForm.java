package io.cornucopia.intake;

import io.cornucopia.core.ProjectName;
import io.cornucopia.core.Version;
import io.cornucopia.storage.IncomingFile.Received;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The fields of an upload's form that matter here (section G2). Parts may have come in any order; an empty string and
 * {@code UNKNOWN} mean absent; what is not known is passed over.
 *
 * @param project {@code name}, normalised
 * @param version {@code version}, a PEP 440 one
 * @param filetype {@code filetype}
 * @param digests the digests that were given, by the name of their field, in lower case
 * @param attestations {@code attestations}, as JSON
 * @param signature {@code gpg_signature}
 */
record UploadForm(
        Optional<ProjectName> project,
        Optional<Version> version,
        Optional<String> filetype,
        Map<String, String> digests,
        Optional<String> attestations,
        Optional<String> signature) {
    static final String MD5 = "md5_digest";
    static final String SHA256 = "sha256_digest";
    static final String BLAKE2 = "blake2_256_digest";

    private static final Map<String, Integer> DIGEST_LENGTHS = Map.of(MD5, 32, SHA256, 64, BLAKE2, 64);
    private static final Pattern HEX = Pattern.compile("[0-9a-f]+");

    /** @throws io.cornucopia.bus.FailureException with what is wrong */
    static UploadForm of(Map<String, List<String>> fields) {
        value(fields, ":action").filter(action -> !action.equals("file_upload")).ifPresent(action -> {
            throw Refusal.invalid(":action: \"" + action + "\" is not file_upload, which is all there is here");
        });
        value(fields, "protocol_version")
                .filter(version -> !version.equals("1"))
                .ifPresent(version -> {
                    throw Refusal.invalid("protocol_version: \"" + version + "\" is not 1");
                });
        return new UploadForm(
                value(fields, "name").map(UploadForm::project),
                value(fields, "version").map(UploadForm::version),
                value(fields, "filetype"),
                digests(fields),
                value(fields, "attestations"),
                value(fields, "gpg_signature"));
    }

    private static ProjectName project(String name) {
        return ProjectName.parse(name)
                .orElseThrow(() -> Refusal.invalid("name: \"" + name
                        + "\" is not a project's name: letters, digits and single - _ . between them"));
    }

    private static Version version(String version) {
        return Version.parse(version)
                .orElseThrow(() -> Refusal.invalid("version: \"" + version + "\" is not a version (PEP 440)"));
    }

    private static Map<String, String> digests(Map<String, List<String>> fields) {
        Map<String, String> digests = new LinkedHashMap<>();
        for (String field : List.of(SHA256, BLAKE2, MD5)) {
            value(fields, field).ifPresent(digest -> {
                String hex = digest.toLowerCase(Locale.ROOT);
                if (hex.length() != DIGEST_LENGTHS.get(field)
                        || !HEX.matcher(hex).matches()) {
                    throw Refusal.invalid(
                            field + ": \"" + digest + "\" is not " + DIGEST_LENGTHS.get(field) + " hexadecimal digits");
                }
                digests.put(field, hex);
            });
        }
        if (digests.isEmpty()) {
            throw Refusal.invalid(
                    "no digest was sent: one of sha256_digest, blake2_256_digest and md5_digest is needed,"
                            + " to know that the file arrived as it was sent");
        }
        return digests;
    }

    private static Optional<String> value(Map<String, List<String>> fields, String name) {
        return fields.getOrDefault(name, List.of()).stream()
                .map(String::strip)
                .filter(value -> !value.isEmpty() && !value.equals("UNKNOWN"))
                .findFirst();
    }

    /**
     * Holds the digests against what arrived (section G3).
     *
     * @throws io.cornucopia.bus.FailureException if one does not match
     */
    void checkDigests(Received received) {
        Map<String, String> actual =
                Map.of(SHA256, received.sha256(), BLAKE2, received.blake2b256(), MD5, received.md5());
        digests.forEach((field, sent) -> {
            if (!sent.equals(actual.get(field))) {
                throw Refusal.invalid(field + ": the file hashes to " + actual.get(field) + ", and " + sent
                        + " was sent: it changed on the way, or is another file");
            }
        });
    }
}
