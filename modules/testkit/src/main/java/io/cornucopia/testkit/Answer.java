package io.cornucopia.testkit;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a request would be answered if nothing went wrong. */
record Answer(int status, Map<String, String> headers, Content body) {

    static Answer of(int status, String contentType, Content body) {
        return new Answer(status, Map.of("Content-Type", contentType), body);
    }

    static Answer empty(int status) {
        return new Answer(status, Map.of(), Content.ofBytes(new byte[0]));
    }

    static Answer notFound() {
        return of(404, "text/plain; charset=utf-8", Content.ofText("404 Not Found"));
    }

    static Answer redirect(int status, String location) {
        return empty(status).with("Location", location);
    }

    Answer with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, more, body);
    }

    Answer withBody(Content other) {
        return new Answer(status, headers, other);
    }

    Answer withStatus(int other, Content itsBody) {
        return new Answer(other, headers, itsBody);
    }
}
