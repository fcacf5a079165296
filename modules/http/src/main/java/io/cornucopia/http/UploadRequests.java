package io.cornucopia.http;

import io.cornucopia.access.Permission;
import io.cornucopia.access.Principal;
import io.cornucopia.bus.Actor;
import io.cornucopia.storage.UploadStore;
import io.vertx.core.http.HttpHeaders;
import java.util.Optional;

/** {@code POST /legacy/}: uploads (section G). What can be refused is refused before the form is read. */
final class UploadRequests {
    // What a form has beside the file, and then some.
    private static final long MAX_AROUND_FILE = 32L * 1024 * 1024;

    private final Guard guard;
    private final UploadStore uploads;
    private final HttpSettings.Upload settings;

    UploadRequests(Guard guard, UploadStore uploads, HttpSettings.Upload settings) {
        this.guard = guard;
        this.uploads = uploads;
        this.settings = settings;
    }

    void handle(Exchange exchange) {
        // Nothing is read before it is known who sends it.
        exchange.request().pause();
        if (!settings.enabled()) {
            Refusal.ofUpload(exchange, 403, "Uploads are off here; upload.enabled turns them on");
            return;
        }
        guard.admit(exchange, principal -> admitted(exchange, principal), Refusal::ofUpload);
    }

    private void admitted(Exchange exchange, Principal principal) {
        if (!principal.may(Permission.UPLOAD)) {
            Refusal.ofUpload(exchange, 403, "The token " + principal.name() + " may not upload");
            return;
        }
        if (exchange.bodyLength() - MAX_AROUND_FILE > settings.maxFileSize()) {
            refuse(exchange, UploadForm.tooLarge(settings.maxFileSize()));
            return;
        }
        Optional<String> boundary = Optional.ofNullable(
                        exchange.requestHeaders().get(HttpHeaders.CONTENT_TYPE))
                .flatMap(MultipartParser::boundary);
        if (boundary.isEmpty()) {
            Refusal.ofUpload(
                    exchange, 400, "Not an upload: the Content-Type must be multipart/form-data and name a boundary");
            return;
        }
        new ArrivingUpload(
                        exchange,
                        uploads,
                        new Actor(principal, exchange.clientAddress()),
                        boundary.get(),
                        new UploadForm(settings.maxFileSize()))
                .begin();
    }

    private static void refuse(Exchange exchange, UnacceptableFormException why) {
        Refusal.ofUpload(exchange, why.status(), why.getMessage());
    }
}
