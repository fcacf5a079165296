package io.cornucopia.core;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Things that several tests look at. */
final class Samples {
    static final URI URL = URI.create("https://index.example/simple/demo/");
    static final ProjectName DEMO = name("demo");
    static final String SHA = "0123456789abcdef".repeat(4);
    static final String OTHER_SHA = "fedcba9876543210".repeat(4);
    static final String MD5 = "0123456789abcdef".repeat(2);

    static final Links LINKS = new Links() {
        @Override
        public String file(DistributionFile file) {
            return "/packages/" + UrlPath.encodeSegment(file.filename());
        }

        @Override
        public String provenance(DistributionFile file) {
            return "https://here.example/integrity/" + UrlPath.encodeSegment(file.filename()) + "/provenance";
        }
    };

    private Samples() {}

    static ProjectName name(String raw) {
        return ProjectName.parse(raw).orElseThrow();
    }

    static Digest sha256(String hex) {
        return new Digest(HashAlgorithm.SHA256, hex);
    }

    static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** A file of which nothing is known but where it is. */
    static DistributionFile bare(String filename) {
        return new DistributionFile(
                filename,
                "https://files.example/" + UrlPath.encodeSegment(filename),
                List.of(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** A file of which everything is known. */
    static DistributionFile full(String filename) {
        return new DistributionFile(
                filename,
                "https://files.example/ab/" + UrlPath.encodeSegment(filename) + "?token=1",
                List.of(sha256(SHA), new Digest(HashAlgorithm.MD5, MD5)),
                OptionalLong.of(1234),
                Optional.of(">=3.8,<4"),
                Optional.of(Instant.parse("2023-04-05T06:07:08.123456Z")),
                Optional.of(new Yank("broken <\"&'> build")),
                Optional.of(new CoreMetadata(Optional.of(sha256(OTHER_SHA)))),
                Optional.of("https://files.example/provenance/" + UrlPath.encodeSegment(filename)),
                Optional.of(true));
    }

    static ProjectPage page(DistributionFile... files) {
        return page(ProjectStatus.ACTIVE, files);
    }

    static ProjectPage page(ProjectStatus status, DistributionFile... files) {
        return new ProjectPage(DEMO, status, OptionalLong.of(42), List.of("1.0", "2.0"), List.of(files));
    }
}
