package io.cornucopia.intake;

import io.cornucopia.storage.IncomingFile.Received;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;

/**
 * The attestations that came with a file (PEP 740), of the right form and about that very file. Their signatures are for
 * clients to verify.
 */
final class Attestations {
    private static final int MAX = 2;
    private static final String STATEMENT = "https://in-toto.io/Statement/v1";
    private static final Set<String> PREDICATES =
            Set.of("https://docs.pypi.org/attestations/publish/v1", "https://slsa.dev/provenance/v1");

    private final JsonArray attestations;

    private Attestations(JsonArray attestations) {
        this.attestations = attestations;
    }

    /**
     * Reads and checks them.
     *
     * @throws io.cornucopia.bus.FailureException with what is wrong
     */
    static Attestations of(String json, String filename, Received received) {
        try {
            JsonArray attestations = new JsonArray(json);
            if (attestations.isEmpty() || attestations.size() > MAX) {
                throw malformed("1 to " + MAX + " of them are taken, not " + attestations.size());
            }
            for (int i = 0; i < attestations.size(); i++) {
                check(attestations.getJsonObject(i), filename, received);
            }
            return new Attestations(attestations);
        } catch (DecodeException | ClassCastException | IllegalArgumentException | NullPointerException e) {
            throw malformed("they are not of the form that PEP 740 describes");
        }
    }

    private static void check(JsonObject attestation, String filename, Received received) {
        JsonObject material = attestation.getJsonObject("verification_material");
        JsonObject envelope = attestation.getJsonObject("envelope");
        if (!Integer.valueOf(1).equals(attestation.getInteger("version"))) {
            throw malformed("version is not 1");
        }
        if (decoded(material.getString("certificate")).length == 0
                || material.getJsonArray("transparency_entries").isEmpty()
                || decoded(envelope.getString("signature")).length == 0) {
            throw malformed("certificate, transparency_entries or signature is empty");
        }
        JsonObject statement =
                new JsonObject(new String(decoded(envelope.getString("statement")), StandardCharsets.UTF_8));
        if (!STATEMENT.equals(statement.getString("_type"))) {
            throw malformed("the statement is not an in-toto statement, version 1");
        }
        if (!PREDICATES.contains(statement.getString("predicateType"))) {
            throw malformed("the predicate type \""
                    + ArchiveBounds.shown(String.valueOf(statement.getValue("predicateType"))) + "\" is not known");
        }
        JsonArray subjects = statement.getJsonArray("subject");
        if (subjects.size() != 1) {
            throw malformed("the statement has not one subject");
        }
        JsonObject subject = subjects.getJsonObject(0);
        if (!filename.equals(subject.getString("name"))) {
            throw malformed("they speak of \"" + ArchiveBounds.shown(String.valueOf(subject.getValue("name")))
                    + "\", not of " + filename);
        }
        if (!received.sha256().equalsIgnoreCase(subject.getJsonObject("digest").getString("sha256"))) {
            throw malformed("they speak of a file with another SHA-256");
        }
    }

    private static byte[] decoded(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }

    private static RuntimeException malformed(String why) {
        return Refusal.invalid("attestations: " + why);
    }

    /** As they came. */
    Buffer document() {
        return attestations.toBuffer();
    }

    /** As provenance, from whoever publishes with the token. */
    Buffer provenance(Map<String, String> publisher) {
        JsonObject identity = new JsonObject();
        publisher.forEach(identity::put);
        return new JsonObject()
                .put("version", 1)
                .put(
                        "attestation_bundles",
                        new JsonArray()
                                .add(new JsonObject().put("publisher", identity).put("attestations", attestations)))
                .toBuffer();
    }
}
