package io.cornucopia.intake;

import io.cornucopia.core.ProjectName;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Attestations that come with an upload (PEP 740). Their form is checked, and that they speak of this very file; their
 * signatures are not verified.
 */
final class Attestations {
    private static final int MAX = 10;
    private static final String STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
    private static final List<String> PREDICATE_TYPES =
            List.of("https://docs.pypi.org/attestations/publish/v1", "https://slsa.dev/provenance/v1");

    private final JsonArray attestations;

    private Attestations(JsonArray attestations) {
        this.attestations = attestations;
    }

    /**
     * Reads the form's field; fails with an invalid upload that says what is wrong with it.
     *
     * @param sha256 of the uploaded file
     */
    static Attestations read(String json, UploadFilename filename, ProjectName project, String sha256) {
        JsonArray attestations;
        try {
            // Null would be an array for the reader.
            attestations = json.startsWith("[") ? new JsonArray(json) : new JsonArray();
        } catch (DecodeException | ClassCastException e) {
            throw invalid("they are not a JSON array");
        }
        if (attestations.isEmpty() || attestations.size() > MAX) {
            throw invalid("they have to be a JSON array of 1 to " + MAX + " attestations");
        }
        Set<String> predicates = new HashSet<>();
        for (Object attestation : attestations) {
            String predicate = check(object(attestation, "an attestation"), filename, project, sha256);
            if (!predicates.add(predicate)) {
                throw invalid("two of them have the predicateType " + predicate);
            }
        }
        return new Attestations(attestations);
    }

    /** As they came. */
    Buffer json() {
        return attestations.toBuffer();
    }

    /** The provenance of the file, for those who trust this index on who its publisher is. */
    Buffer provenance(Map<String, String> publisher) {
        JsonObject bundle = new JsonObject()
                .put("publisher", new JsonObject(new TreeMap<>(publisher)))
                .put("attestations", attestations);
        return new JsonObject()
                .put("version", 1)
                .put("attestation_bundles", new JsonArray().add(bundle))
                .toBuffer();
    }

    private static String check(JsonObject attestation, UploadFilename filename, ProjectName project, String sha256) {
        if (!(attestation.getValue("version") instanceof Integer version) || version != 1) {
            throw invalid("the version of an attestation has to be 1");
        }
        JsonObject material = object(attestation.getValue("verification_material"), "verification_material");
        decoded(material.getValue("certificate"), "certificate");
        if (!(material.getValue("transparency_entries") instanceof JsonArray entries)
                || entries.isEmpty()
                || !entries.stream().allMatch(JsonObject.class::isInstance)) {
            throw invalid("transparency_entries has to be an array of one object at least");
        }
        JsonObject envelope = object(attestation.getValue("envelope"), "envelope");
        decoded(envelope.getValue("signature"), "signature");
        return checkStatement(statement(envelope), filename, project, sha256);
    }

    private static JsonObject statement(JsonObject envelope) {
        byte[] bytes = decoded(envelope.getValue("statement"), "statement");
        try {
            String json = new String(bytes, StandardCharsets.UTF_8);
            return json.startsWith("{") ? new JsonObject(json) : new JsonObject();
        } catch (DecodeException | ClassCastException e) {
            throw invalid("a statement is not a JSON object");
        }
    }

    private static String checkStatement(
            JsonObject statement, UploadFilename filename, ProjectName project, String sha256) {
        if (!STATEMENT_TYPE.equals(statement.getValue("_type"))) {
            throw invalid("the _type of a statement has to be " + STATEMENT_TYPE);
        }
        if (!(statement.getValue("predicateType") instanceof String predicate)
                || !PREDICATE_TYPES.contains(predicate)) {
            throw invalid("the predicateType of a statement has to be one of " + String.join(", ", PREDICATE_TYPES));
        }
        if (!(statement.getValue("subject") instanceof JsonArray subjects) || subjects.size() != 1) {
            throw invalid("a statement has to have one subject");
        }
        JsonObject subject = object(subjects.getValue(0), "a statement's subject");
        if (!(subject.getValue("name") instanceof String name) || !filename.isAlso(name, project)) {
            throw invalid("a statement is about another file than " + Quoted.bare(filename.text()));
        }
        JsonObject digest = object(subject.getValue("digest"), "a subject's digest");
        if (!(digest.getValue("sha256") instanceof String said)
                || !said.toLowerCase(Locale.ROOT).equals(sha256)) {
            throw invalid("a statement is about a file with another SHA-256 than " + sha256);
        }
        return predicate;
    }

    private static JsonObject object(Object value, String what) {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw invalid(what + " has to be an object");
    }

    private static byte[] decoded(Object value, String what) {
        try {
            if (value instanceof String text) {
                // Some tools break the lines.
                byte[] bytes = Base64.getDecoder().decode(text.replace("\n", ""));
                if (bytes.length > 0) {
                    return bytes;
                }
            }
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid("Invalid attestations: " + what + " is not base64");
        }
        throw invalid(what + " has to be there, in base64");
    }

    private static RuntimeException invalid(String message) {
        return Refusal.invalid("Invalid attestations: " + message);
    }
}
