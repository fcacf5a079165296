package io.cornucopia.http;

import io.cornucopia.bus.Actor;
import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.UploadAnswer;
import io.cornucopia.bus.UploadQuery;
import io.cornucopia.storage.IncomingFile;
import io.cornucopia.storage.UploadStore;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One upload on its way in. The request is read a piece at a time, and not at all while enough of the file waits to be
 * written: memory does not grow with the file. Whatever becomes of it, the file is handed in or discarded.
 */
final class ArrivingUpload {
    // What is gathered while the store writes and hashes what came before.
    private static final int MAX_WAITING = 256 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(ArrivingUpload.class);

    private final Exchange exchange;
    private final HttpServerRequest request;
    private final UploadStore uploads;
    private final Actor actor;
    private final MultipartParser parser;
    private final UploadForm form;
    private IncomingFile content;
    private boolean asked;
    private boolean writing;
    private boolean ended;
    private boolean handedIn;
    private boolean over;

    /** @param exchange whose request is paused */
    ArrivingUpload(Exchange exchange, UploadStore uploads, Actor actor, String boundary, UploadForm form) {
        this.exchange = exchange;
        this.request = exchange.request();
        this.uploads = uploads;
        this.actor = actor;
        this.parser = new MultipartParser(boundary, form);
        this.form = form;
    }

    void begin() {
        exchange.onDone(this::giveUp);
        request.handler(this::arrived);
        request.endHandler(v -> ended());
        request.exceptionHandler(gone -> giveUp());
        exchange.sendContinue();
        goOn();
    }

    private void arrived(Buffer piece) {
        heard();
        if (over) {
            return;
        }
        try {
            parser.feed(piece.getBytes());
        } catch (UnacceptableFormException e) {
            refuse(e);
            return;
        }
        goOn();
    }

    private void ended() {
        heard();
        ended = true;
        if (over) {
            return;
        }
        try {
            parser.end();
            form.complete();
        } catch (UnacceptableFormException e) {
            refuse(e);
            return;
        }
        goOn();
    }

    private void goOn() {
        if (!writing && form.waiting() > 0) {
            write();
        }
        if (ended) {
            if (!writing) {
                handIn();
            }
        } else if (!asked && form.waiting() < MAX_WAITING) {
            asked = true;
            exchange.awaitsBody(true);
            request.fetch(1);
        }
    }

    private void heard() {
        asked = false;
        exchange.awaitsBody(false);
    }

    private void write() {
        writing = true;
        Buffer bytes = form.take();
        content().compose(file -> file.write(bytes)).onComplete(written -> {
            writing = false;
            if (over) {
                return;
            }
            if (written.failed()) {
                notStored(written.cause());
            } else {
                goOn();
            }
        });
    }

    private Future<IncomingFile> content() {
        if (content != null) {
            return Future.succeededFuture(content);
        }
        return uploads.receive().compose(file -> {
            if (over) {
                file.discard();
                return Future.failedFuture("the client is gone");
            }
            content = file;
            return Future.succeededFuture(file);
        });
    }

    private void handIn() {
        writing = true;
        content.end().onComplete(received -> {
            if (over) {
                return;
            }
            if (received.failed()) {
                notStored(received.cause());
                return;
            }
            handedIn = true;
            UploadQuery upload = new UploadQuery(actor, form.fields(), form.filename(), content, received.result());
            Addresses.UPLOAD.ask(exchange.surroundings().vertx(), upload).onComplete(this::answer);
        });
    }

    private void answer(AsyncResult<UploadAnswer> answer) {
        over = true;
        if (answer.failed()) {
            // Whoever was asked did so already, unless nobody was there.
            content.discard();
        }
        if (exchange.isFinished()) {
            return;
        }
        if (answer.failed()) {
            Refusal.ofUpload(exchange, FailureException.of(answer.cause()));
        } else {
            exchange.text(200, "File " + answer.result().file().filename() + " uploaded successfully");
        }
    }

    private void notStored(Throwable cause) {
        LOG.error("cannot store an upload of {}", form.filename(), cause);
        giveUp();
        Refusal.ofUpload(exchange, 500, "The file could not be stored; the log of the server says why");
    }

    private void refuse(UnacceptableFormException why) {
        giveUp();
        Refusal.ofUpload(exchange, why.status(), why.getMessage());
    }

    private void giveUp() {
        if (handedIn || over) {
            return;
        }
        over = true;
        heard();
        if (content != null) {
            content.discard();
        }
    }
}
