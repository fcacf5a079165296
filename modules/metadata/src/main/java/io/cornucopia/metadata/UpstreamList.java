package io.cornucopia.metadata;

import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.MalformedPageException;
import io.cornucopia.core.ProjectList;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.RootSink;
import io.cornucopia.core.SimpleRootReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Upstream's own root list.
 *
 * @param projects its names
 * @param fingerprint the same for the same names and serials
 * @param validators when it was confirmed, and how to ask whether it is still the same
 */
record UpstreamList(ProjectList projects, String fingerprint, Validators validators) {
    static UpstreamList of(ProjectList projects, Validators validators) {
        return new UpstreamList(projects, fingerprint(projects), validators);
    }

    /** Reads a list in whatever upstream wrote it in, holding no more of it than the names. */
    static UpstreamList read(InputStream in, ContentType type, URI url, Validators validators)
            throws IOException, MalformedPageException {
        ProjectList.Builder builder = ProjectList.builder();
        RootSink sink = (name, serial) -> ProjectName.parse(name).ifPresent(project -> builder.add(project, serial));
        switch (type.format().orElseThrow(() -> new MalformedPageException("its type is none of an index"))) {
            case JSON -> SimpleRootReader.readJson(in, sink);
            case HTML -> SimpleRootReader.readHtml(in, type.charset().orElse(null), url, sink);
        }
        return of(builder.build(), validators);
    }

    UpstreamList confirmed(Validators renewed) {
        return new UpstreamList(projects, fingerprint, renewed);
    }

    private static String fingerprint(ProjectList projects) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            projects.forEach((name, serial) ->
                    sha256.update((name + ' ' + serial.orElse(-1) + '\n').getBytes(StandardCharsets.US_ASCII)));
            return Digest.of(HashAlgorithm.SHA256, sha256.digest()).hex();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
