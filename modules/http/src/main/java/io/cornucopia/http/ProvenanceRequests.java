package io.cornucopia.http;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.FileQuery;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Vertx;
import java.util.Optional;

/** {@code /integrity/{project}/{version}/{filename}/provenance} (PEP 740). */
final class ProvenanceRequests {
    private static final String CONTENT_TYPE = "application/vnd.pypi.integrity.v1+json";
    private static final int SEGMENTS = 4;

    private final Vertx vertx;

    ProvenanceRequests(Vertx vertx) {
        this.vertx = vertx;
    }

    /**
     * Whether there is such a path.
     *
     * @param rest what follows {@code /integrity/}
     */
    boolean isPath(String rest) {
        String[] segments = rest.split("/", -1);
        return segments.length == SEGMENTS && segments[3].equals("provenance");
    }

    void handle(Exchange exchange, String rest, Reader reader) {
        String[] segments = rest.split("/", -1);
        Optional<ProjectName> project = PathSegment.decode(segments[0]).flatMap(ProjectName::parse);
        Optional<String> version = PathSegment.decode(segments[1]).filter(text -> !text.isEmpty());
        Optional<String> filename = PathSegment.decode(segments[2]).filter(DistributionFilename::isSafe);
        if (project.isEmpty() || version.isEmpty() || filename.isEmpty()) {
            exchange.notFound();
            return;
        }
        if (!reader.mayRead(project.get()) || !reader.mayReadFile(filename.get())) {
            exchange.error(403, "this token may not read " + project.get());
            return;
        }
        FileQuery query = new FileQuery(
                filename.get(),
                FileQuery.Part.PROVENANCE,
                exchange.isHead() ? FileQuery.Purpose.HEAD : FileQuery.Purpose.BYTES);
        Addresses.FILE
                .ask(vertx, query)
                .onComplete(answer -> FileRequests.answer(
                        exchange, answer, CONTENT_TYPE, of -> of.equals(project.get()) && reader.mayRead(of)));
    }
}
