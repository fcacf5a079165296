package io.cornucopia.testkit;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Everything that was asked, with what was sent for it so far. */
final class RequestLog {

    private final List<Entry> entries = new ArrayList<>();

    synchronized Entry arrived(HttpServerRequest request) {
        Map<String, String> headers = new TreeMap<>();
        MultiMap sent = request.headers();
        for (String name : sent.names()) {
            headers.put(name.toLowerCase(Locale.ROOT), String.join(", ", sent.getAll(name)));
        }
        Entry entry = new Entry(
                request.method().name(),
                request.path(),
                Map.copyOf(headers),
                request.remoteAddress().port());
        entries.add(entry);
        return entry;
    }

    synchronized void clear() {
        entries.clear();
    }

    synchronized List<Seen> seen() {
        return entries.stream().map(Entry::seen).toList();
    }

    synchronized int count(String pathRegex) {
        Pattern pattern = Pattern.compile(pathRegex);
        return (int) entries.stream()
                .filter(entry -> pattern.matcher(entry.path).find())
                .count();
    }

    synchronized int gets(String filename) {
        return (int) entries.stream().filter(bytesOf(filename)).count();
    }

    synchronized List<Seen> getsSeen(String filename) {
        return entries.stream().filter(bytesOf(filename)).map(Entry::seen).toList();
    }

    synchronized long bytesSent(String filename) {
        return entries.stream()
                .filter(bytesOf(filename))
                .mapToLong(entry -> entry.sent.get())
                .sum();
    }

    private static Predicate<Entry> bytesOf(String filename) {
        return entry -> entry.method.equals("GET") && entry.isFor(filename);
    }

    /** One request, as it goes on. */
    static final class Entry {
        private final String method;
        private final String path;
        private final Map<String, String> headers;
        private final int fromPort;
        private final AtomicLong sent = new AtomicLong();
        private volatile int status;

        private Entry(String method, String path, Map<String, String> headers, int fromPort) {
            this.method = method;
            this.path = path;
            this.headers = headers;
            this.fromPort = fromPort;
        }

        void answered(int code) {
            status = code;
        }

        void sent(int bytes) {
            sent.addAndGet(bytes);
        }

        /** Clients may write a plus and other signs in either way. */
        private boolean isFor(String filename) {
            try {
                return UpstreamRoutes.decoded(path).endsWith("/" + filename);
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        private Seen seen() {
            return new Seen(
                    method, path, headers, Optional.ofNullable(headers.get("range")), status, fromPort, sent.get());
        }
    }
}
