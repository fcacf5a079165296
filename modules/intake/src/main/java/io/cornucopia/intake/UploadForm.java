package io.cornucopia.intake;

import io.cornucopia.core.ProjectName;
import io.cornucopia.core.Version;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an upload's form says, as far as it matters (section G2): empty values and {@code UNKNOWN} are absent, fields that
 * nobody needs are passed over.
 *
 * @param project the project, if it says so
 * @param version the version as it is written there
 * @param filetype what sort of file it is said to be
 * @param digests what the file is said to hash to: one at least
 * @param signature a detached signature
 * @param attestations attestations, as JSON
 */
record UploadForm(
        Optional<ProjectName> project,
        Optional<Version> version,
        Optional<String> filetype,
        ClaimedDigests digests,
        Optional<String> signature,
        Optional<String> attestations) {
    private static final String UNKNOWN = "UNKNOWN";

    /** Reads the fields; fails with an invalid upload if they contradict the protocol. */
    static UploadForm read(Map<String, List<String>> fields) {
        one(fields, ":action").filter(action -> !action.equals("file_upload")).ifPresent(action -> {
            throw Refusal.invalid("Unknown :action " + Quoted.text(action) + ": this index knows file_upload only");
        });
        one(fields, "protocol_version").filter(version -> !version.equals("1")).ifPresent(version -> {
            throw Refusal.invalid("Unknown protocol_version " + Quoted.text(version) + ": this index knows 1 only");
        });
        Optional<ProjectName> project = one(fields, "name")
                .map(name -> ProjectName.parse(name)
                        .orElseThrow(() -> Refusal.invalid("Invalid name " + Quoted.text(name)
                                + ": a name has ASCII letters, digits, -, _ and . in it, and begins and ends with a letter or a"
                                + " digit")));
        Optional<Version> version = one(fields, "version")
                .map(text -> Version.parse(text)
                        .orElseThrow(() ->
                                Refusal.invalid("Invalid version " + Quoted.text(text) + ": not a PEP 440 version")));
        return new UploadForm(
                project,
                version,
                one(fields, "filetype"),
                ClaimedDigests.read(
                        one(fields, "md5_digest"), one(fields, "sha256_digest"), one(fields, "blake2_256_digest")),
                one(fields, "gpg_signature"),
                one(fields, "attestations"));
    }

    /** Checks that the form and the file's name mean the same; fails with an invalid upload if not. */
    void checkFiletype(UploadFilename filename) {
        String actual = filename.type().filetype();
        filetype.filter(said -> !said.equals(actual)).ifPresent(said -> {
            throw Refusal.invalid("Invalid filetype " + Quoted.text(said) + ": " + Quoted.bare(filename.text()) + " is "
                    + actual + ", and only bdist_wheel and sdist can be uploaded");
        });
    }

    private static Optional<String> one(Map<String, List<String>> fields, String name) {
        List<String> said = fields.getOrDefault(name, List.of()).stream()
                .map(String::strip)
                .filter(value -> !value.isEmpty() && !value.equals(UNKNOWN))
                .distinct()
                .toList();
        if (said.size() > 1) {
            throw Refusal.invalid("The form has several different values of the field " + name);
        }
        return said.stream().findFirst();
    }
}
