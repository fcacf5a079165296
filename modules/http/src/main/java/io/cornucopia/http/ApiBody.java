package io.cornucopia.http;

import io.cornucopia.core.ProjectStatus;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The body of a request to the API: a small JSON object, or nothing, which is an empty one. */
final class ApiBody {
    private static final int MAX_LENGTH = 64 * 1024;
    private static final int MAX_REASON_LENGTH = 1000;

    private final JsonObject json;

    private ApiBody(JsonObject json) {
        this.json = json;
    }

    /** Reads it, and refuses by itself what is too long or not an object. The request is paused before. */
    static void read(Exchange exchange, Consumer<ApiBody> then) {
        if (exchange.bodyLength() > MAX_LENGTH) {
            tooLong(exchange);
            return;
        }
        HttpServerRequest request = exchange.request();
        Buffer gathered = Buffer.buffer();
        request.handler(piece -> {
            gathered.appendBuffer(piece);
            if (gathered.length() > MAX_LENGTH) {
                exchange.awaitsBody(false);
                tooLong(exchange);
            }
        });
        request.endHandler(v -> {
            exchange.awaitsBody(false);
            parse(exchange, gathered).ifPresent(then);
        });
        exchange.awaitsBody(true);
        exchange.sendContinue();
        request.resume();
    }

    private static Optional<ApiBody> parse(Exchange exchange, Buffer bytes) {
        try {
            return Optional.of(new ApiBody(bytes.length() == 0 ? new JsonObject() : new JsonObject(bytes)));
        } catch (DecodeException | ClassCastException e) {
            Refusal.ofApi(exchange, 400, "The body is not a JSON object");
            return Optional.empty();
        }
    }

    private static void tooLong(Exchange exchange) {
        Refusal.ofApi(exchange, 413, "The body is too long: more than the " + MAX_LENGTH + " bytes that are taken");
    }

    /** Refuses members of other names. */
    void allow(Set<String> names) throws UnacceptableFormException {
        for (String name : json.fieldNames()) {
            if (!names.contains(name)) {
                throw new UnacceptableFormException(
                        "The body has a member \"" + name + "\" that is not known here; there" + " are "
                                + names.stream().sorted().collect(Collectors.joining(", ")));
            }
        }
    }

    /** Why; empty if it is not said. */
    Optional<String> reason() throws UnacceptableFormException {
        Optional<String> reason = text("reason");
        if (reason.isPresent()
                && (reason.get().length() > MAX_REASON_LENGTH
                        || reason.get().chars().anyMatch(Character::isISOControl))) {
            throw new UnacceptableFormException(
                    "The reason must be one line of at most " + MAX_REASON_LENGTH + " characters");
        }
        return reason.filter(text -> !text.isEmpty());
    }

    /** The status that it names. */
    ProjectStatus.Marker marker() throws UnacceptableFormException {
        Optional<ProjectStatus.Marker> marker = text("status").flatMap(ProjectStatus.Marker::ofWireName);
        if (marker.isEmpty()) {
            throw new UnacceptableFormException("The body must have a \"status\", one of "
                    + Arrays.stream(ProjectStatus.Marker.values())
                            .map(ProjectStatus.Marker::wireName)
                            .collect(Collectors.joining(", ")));
        }
        return marker.get();
    }

    private Optional<String> text(String name) throws UnacceptableFormException {
        Object value = json.getValue(name);
        if (value != null && !(value instanceof String)) {
            throw new UnacceptableFormException("The member \"" + name + "\" must be a string");
        }
        return Optional.ofNullable((String) value);
    }
}
