package io.cornucopia.http;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.FileAnswer;
import io.cornucopia.bus.FileQuery;
import io.cornucopia.bus.FileQuery.Part;
import io.cornucopia.bus.FileQuery.Purpose;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.OpenFiles;
import io.cornucopia.storage.StoredFile;
import io.vertx.core.AsyncResult;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.function.Predicate;

/** {@code /packages/{filename}}: distribution files, and what lies beside them. */
final class FileRequests {
    private final Vertx vertx;
    private final OpenFiles openFiles;
    private final RequestMeters meters;

    FileRequests(Vertx vertx, OpenFiles openFiles, RequestMeters meters) {
        this.vertx = vertx;
        this.openFiles = openFiles;
        this.meters = meters;
    }

    /**
     * @param segment the filename as it stands in the path
     * @param reader who asks
     */
    void handle(Exchange exchange, String segment, Reader reader) {
        Optional<String> name = PathSegment.decode(segment).filter(DistributionFilename::isSafe);
        if (name.isEmpty()) {
            exchange.notFound();
            return;
        }
        if (!reader.mayReadFile(name.get())) {
            exchange.error(403, "this token may not read every project that " + name.get() + " may be a file of");
            return;
        }
        String contentType = ContentTypes.of(name.get());
        // Whose a file is that lies open is not known here, and its name may mislead.
        Optional<StoredFile> open = reader.mayReadEverything() ? openFiles.get(name.get()) : Optional.empty();
        if (open.isPresent()) {
            meters.file(true);
            FilePlan plan = FilePlan.of(exchange.requestHeaders(), FileHeaders.facts(open.get()));
            SameFile.of(openFiles, meters, open.get(), plan).ifPresent(exchange::repeatable);
            FileAnswers.send(exchange, open.get(), plan, contentType);
            return;
        }
        FileQuery query = query(name.get(), exchange.isHead() ? Purpose.HEAD : Purpose.BYTES);
        Addresses.FILE.ask(vertx, query).onComplete(answer -> {
            meters.file(answer.succeeded() && isHere(answer.result()));
            answer(exchange, answer, contentType, reader::mayRead);
        });
    }

    /**
     * Answers with what the fetcher has.
     *
     * @param of whose file it may be; for another project's it is as if there were none
     */
    static void answer(
            Exchange exchange, AsyncResult<FileAnswer> answer, String contentType, Predicate<ProjectName> of) {
        if (answer.succeeded() && !of.test(answer.result().project())) {
            if (answer.result() instanceof FileAnswer.Bytes bytes) {
                bytes.handle().close();
            }
            if (!exchange.isFinished()) {
                exchange.notFound();
            }
        } else {
            answer(exchange, answer, contentType);
        }
    }

    private static void answer(Exchange exchange, AsyncResult<FileAnswer> answer, String contentType) {
        if (answer.failed()) {
            if (!exchange.isFinished()) {
                exchange.failure(FailureException.of(answer.cause()));
            }
        } else if (answer.result() instanceof FileAnswer.Bytes bytes) {
            if (exchange.isFinished()) {
                bytes.handle().close();
            } else {
                FileAnswers.send(exchange, bytes.handle(), contentType);
            }
        } else if (answer.result() instanceof FileAnswer.Known known && !exchange.isFinished()) {
            FileAnswers.send(exchange, known.facts(), contentType);
        }
    }

    private static boolean isHere(FileAnswer answer) {
        return answer instanceof FileAnswer.Bytes bytes && bytes.handle() instanceof StoredFile;
    }

    // A suffix is taken off once: a file that really is called x.asc.asc has its signature under that name.
    private static FileQuery query(String name, Purpose purpose) {
        for (Part part : new Part[] {Part.CORE_METADATA, Part.SIGNATURE}) {
            if (name.endsWith(part.suffix()) && name.length() > part.suffix().length()) {
                return new FileQuery(
                        name.substring(0, name.length() - part.suffix().length()), part, purpose);
            }
        }
        return new FileQuery(name, Part.FILE, purpose);
    }
}
