package io.cornucopia.intake;

import io.cornucopia.core.CoreMetadataDocument;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.MalformedMetadataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A wheel, read as far as an index has to: its one {@code .dist-info} with METADATA, WHEEL and RECORD (section G6). */
final class Wheel {
    private static final String DIST_INFO = ".dist-info";

    private Wheel() {}

    static ArchiveContents read(Path path, DistributionFilename filename)
            throws IOException, MalformedMetadataException {
        try (ZipArchive zip = ZipArchive.open(path)) {
            String distInfo = distInfo(zip, filename);
            Set<String> names = Set.copyOf(zip.names());
            for (String needed : List.of("METADATA", "WHEEL", "RECORD")) {
                if (!names.contains(distInfo + needed)) {
                    throw Refusal.invalid("the wheel has no " + distInfo + needed);
                }
            }
            zip.read(distInfo + "WHEEL");
            byte[] document = zip.read(distInfo + "METADATA");
            return new ArchiveContents(CoreMetadataDocument.read(document), document);
        }
    }

    private static String distInfo(ZipArchive zip, DistributionFilename filename) {
        Set<String> all = zip.names().stream()
                .filter(name -> name.indexOf('/') > 0)
                .map(name -> name.substring(0, name.indexOf('/')))
                .filter(top -> top.endsWith(DIST_INFO))
                .collect(Collectors.toSet());
        if (all.size() != 1) {
            throw Refusal.invalid("a wheel has one .dist-info directory, this one has " + all.size());
        }
        String only = all.iterator().next();
        String release = only.substring(0, only.length() - DIST_INFO.length());
        if (!ArchiveBounds.isOf(release, filename.project(), filename.version())) {
            throw Refusal.invalid("the wheel's " + ArchiveBounds.shown(only) + " is not that of " + filename.project()
                    + " " + filename.version() + ", as the filename has it");
        }
        return only + '/';
    }
}
