package io.cornucopia.http;

import io.cornucopia.bus.Failure;
import io.cornucopia.storage.FileFacts;
import io.cornucopia.storage.FileHandle;
import io.cornucopia.storage.GrowingFile;
import io.cornucopia.storage.StoredFile;

/** Answers with a file, whole or still arriving, once it is there. */
final class FileAnswers {
    private FileAnswers() {}

    /** Answers with {@code handle}, and gives it back. */
    static void send(Exchange exchange, FileHandle handle, String contentType) {
        if (handle instanceof StoredFile stored) {
            send(exchange, stored, FilePlan.of(exchange.requestHeaders(), FileHeaders.facts(stored)), contentType);
        } else if (handle instanceof GrowingFile growing) {
            new GrowingAnswer(exchange, growing, contentType).begin();
        }
    }

    /** Answers to a HEAD with what is known. */
    static void send(Exchange exchange, FileFacts facts, String contentType) {
        if (!exchange.isHead()) {
            exchange.failure(new Failure.Internal("there are no bytes of " + facts.filename()));
            return;
        }
        FilePlan plan = FilePlan.of(exchange.requestHeaders(), facts);
        FileHeaders.begin(exchange, plan, facts, contentType);
        endHead(exchange, plan, facts);
    }

    /** Answers with what {@code plan} says of {@code file}, and gives it back. */
    static void send(Exchange exchange, StoredFile file, FilePlan plan, String contentType) {
        exchange.onDone(file::close);
        FileFacts facts = FileHeaders.facts(file);
        FileHeaders.begin(exchange, plan, facts, contentType);
        if (!hasBody(exchange, plan)) {
            endHead(exchange, plan, facts);
        } else if (plan instanceof FilePlan.Part part) {
            exchange.endWithFile(file.channel(), part.from(), part.to() - part.from());
        } else {
            exchange.endWithFile(file.channel(), 0, file.size());
        }
    }

    static boolean hasBody(Exchange exchange, FilePlan plan) {
        return !exchange.isHead() && (plan instanceof FilePlan.Whole || plan instanceof FilePlan.Part);
    }

    /** Ends an answer that has no body. */
    static void endHead(Exchange exchange, FilePlan plan, FileFacts facts) {
        if (plan instanceof FilePlan.Part part) {
            exchange.endWithout(part.to() - part.from());
        } else if (plan instanceof FilePlan.Unsatisfiable) {
            exchange.endWithout(0);
        } else if (plan instanceof FilePlan.Whole && facts.size().isPresent()) {
            exchange.endWithout(facts.size().getAsLong());
        } else {
            exchange.end();
        }
    }
}
