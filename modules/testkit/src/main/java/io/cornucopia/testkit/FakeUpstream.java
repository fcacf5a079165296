package io.cornucopia.testkit;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * A small package index on loopback with real files, whose faults can be switched on, and which counts every request. All
 * methods may be called from any thread, while it serves.
 */
public final class FakeUpstream implements AutoCloseable {
    /** A request that was seen. */
    public record Seen(String method, String path, Map<String, String> headers) {
        /** Its {@code Range}. */
        public Optional<String> range() {
            return Optional.ofNullable(headers.get("range"));
        }
    }

    private record Rule(Pattern path, Fault fault, AtomicInteger uses) {}

    private record Raw(int status, String contentType, byte[] body, Map<String, String> headers) {}

    private final Vertx vertx = Vertx.vertx();
    private final Map<String, FakeProject> projects = new ConcurrentSkipListMap<>();
    private final Map<String, Raw> rawPages = new ConcurrentHashMap<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final Map<String, AtomicLong> bytesSent = new ConcurrentHashMap<>();
    private HttpServer server;
    private int port;
    private volatile Style style = Style.JSON;
    private volatile Optional<String> fileBase = Optional.empty();
    private volatile int extraProjects;

    private FakeUpstream() {}

    /** Starts one on any free port of 127.0.0.1. */
    public static FakeUpstream start() {
        FakeUpstream upstream = new FakeUpstream();
        upstream.up();
        return upstream;
    }

    /** Its simple API, with a slash at its end. */
    public String url() {
        return base() + "/simple/";
    }

    /** Scheme, host and port. */
    public String base() {
        return "http://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** Puts files into their projects. */
    public FakeUpstream put(GoldenFile... files) {
        for (GoldenFile file : files) {
            project(file.project()).files().put(file.filename(), new FakeProject.Listed(file, file.sha256()));
        }
        return this;
    }

    public void remove(String project, String filename) {
        project(project).files().remove(filename);
    }

    /** The project of that name in any spelling; made if it is not there. */
    public FakeProject project(String name) {
        return projects.computeIfAbsent(normalise(name), FakeProject::new);
    }

    public FakeUpstream style(Style newStyle) {
        style = newStyle;
        return this;
    }

    /** Makes pages point to files below {@code base} (which ends in a slash) instead of this server's own. */
    public FakeUpstream fileBase(String base) {
        fileBase = Optional.of(base);
        return this;
    }

    /** Lists that many made-up names more in the root. */
    public FakeUpstream extraProjects(int count) {
        extraProjects = count;
        return this;
    }

    /** Answers a project's page with this, whatever it is. */
    public FakeUpstream rawPage(
            String project, int status, String contentType, byte[] body, Map<String, String> headers) {
        rawPages.put(project, new Raw(status, contentType, body, headers));
        return this;
    }

    /** Answers the root with this. */
    public FakeUpstream rawRoot(String contentType, byte[] body) {
        rawPages.put("", new Raw(200, contentType, body, Map.of()));
        return this;
    }

    /** Switches a fault on for paths that match as a whole; several may hold for one path. */
    public FakeUpstream fault(String pathPattern, Fault fault) {
        rules.add(new Rule(Pattern.compile(pathPattern), fault, new AtomicInteger()));
        return this;
    }

    public void clearFaults() {
        rules.clear();
    }

    /** Everything that was asked, in order. */
    public List<Seen> requests() {
        return List.copyOf(seen);
    }

    /** How many requests had a path that matches as a whole. */
    public int count(String pathPattern) {
        Pattern pattern = Pattern.compile(pathPattern);
        return (int) seen.stream()
                .filter(one -> pattern.matcher(one.path()).matches())
                .count();
    }

    /** How many GETs asked for that file's bytes, in part or whole. */
    public int bytesRequests(String filename) {
        return (int) seen.stream()
                .filter(one -> one.method().equals("GET")
                        && one.path().startsWith("/files/")
                        && URLDecoder.decode(one.path().replace("+", "%2B"), StandardCharsets.UTF_8)
                                .endsWith("/" + filename))
                .count();
    }

    /** How many bytes of that file were sent. */
    public long bytesSent(String filename) {
        AtomicLong count = bytesSent.get(filename);
        return count == null ? 0 : count.get();
    }

    public void resetCounts() {
        seen.clear();
        bytesSent.clear();
    }

    /** Refuses connections and cuts those that stand. */
    public synchronized void down() {
        if (server != null) {
            join(server.close());
            server = null;
        }
    }

    /** Listens again, on the same port as before. */
    public synchronized void up() {
        server = vertx.createHttpServer(new HttpServerOptions()
                        .setHost("127.0.0.1")
                        .setPort(port)
                        .setReuseAddress(true)
                        .setCompressionSupported(false))
                .requestHandler(this::handle);
        join(server.listen());
        port = server.actualPort();
    }

    @Override
    public void close() {
        join(vertx.close());
    }

    private static <T> T join(io.vertx.core.Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    private void handle(HttpServerRequest request) {
        Map<String, String> headers = new TreeMap<>();
        request.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        String path = request.path();
        seen.add(new Seen(request.method().name(), path, headers));
        List<Fault> faults = new ArrayList<>();
        for (Rule rule : rules) {
            if (rule.path().matcher(path).matches()) {
                if (!(rule.fault() instanceof Fault.Times times)) {
                    faults.add(rule.fault());
                } else if (rule.uses().incrementAndGet() <= times.count()) {
                    faults.add(times.fault());
                }
            }
        }
        for (Fault fault : faults) {
            if (fault instanceof Fault.Delay delay) {
                vertx.setTimer(Math.max(1, delay.time().toMillis()), ignored -> answer(request, path, faults));
                return;
            }
        }
        answer(request, path, faults);
    }

    private void answer(HttpServerRequest request, String path, List<Fault> faults) {
        for (Fault fault : faults) {
            if (fault instanceof Fault.Status status) {
                status.headers().forEach(request.response()::putHeader);
                request.response().setStatusCode(status.code()).end("fault " + status.code());
                return;
            } else if (fault instanceof Fault.Redirect redirect) {
                request.response()
                        .setStatusCode(redirect.code())
                        .putHeader("Location", redirect.location())
                        .end();
                return;
            } else if (fault instanceof Fault.Body body) {
                request.response().putHeader("Content-Type", body.contentType()).end(Buffer.buffer(body.bytes()));
                return;
            }
        }
        if (path.startsWith("/files/")) {
            file(request, decode(path.substring(path.lastIndexOf('/') + 1)), faults);
        } else if (path.startsWith("/integrity/")) {
            provenance(request, path, faults);
        } else if (path.startsWith("/simple")) {
            page(request, path, faults);
        } else {
            request.response().setStatusCode(404).end();
        }
    }

    private void page(HttpServerRequest request, String path, List<Fault> faults) {
        if (!path.endsWith("/")) {
            String filename = decode(path.substring(path.lastIndexOf('/') + 1));
            if (style == Style.DIRECTORY && FakePages.find(projects, filename).isPresent()) {
                file(request, filename, faults);
                return;
            }
            request.response()
                    .setStatusCode(style == Style.MIRROR ? 308 : 301)
                    .putHeader("Location", path + "/")
                    .end();
            return;
        }
        String name = path.equals("/simple/") ? "" : path.substring("/simple/".length(), path.length() - 1);
        boolean wantsJson = String.valueOf(request.getHeader("Accept")).contains("simple.v1+json");
        Raw raw = rawPages.get(name);
        if (raw != null) {
            raw.headers().forEach(request.response()::putHeader);
            send(request, raw.status(), raw.contentType(), Content.of(raw.body()), Optional.empty(), faults, "");
            return;
        }
        FakePages.Page page;
        if (name.isEmpty()) {
            page = FakePages.root(List.copyOf(projects.keySet()), extraProjects, style, wantsJson);
        } else if (projects.containsKey(name)) {
            page = FakePages.project(projects.get(name), style, wantsJson, fileBase.orElse(base() + "/files/"), base());
        } else {
            request.response().setStatusCode(404).end("no such project");
            return;
        }
        Content body = Content.of(page.body().getBytes(StandardCharsets.UTF_8));
        Optional<String> etag = style == Style.JSON || style == Style.HTML
                ? Optional.of("\"" + body.sha256().substring(0, 20) + "\"")
                : Optional.empty();
        if (etag.isPresent() && etag.get().equals(request.getHeader("If-None-Match"))) {
            request.response().setStatusCode(304).putHeader("ETag", etag.get()).end();
            return;
        }
        send(request, 200, page.contentType(), body, etag, faults, "");
    }

    private void provenance(HttpServerRequest request, String path, List<Fault> faults) {
        String[] parts = path.split("/");
        FakeProject project = projects.get(parts[2]);
        String json = project == null ? null : project.provenance().get(decode(parts[4]));
        if (json == null) {
            request.response().setStatusCode(404).end();
        } else {
            send(
                    request,
                    200,
                    "application/vnd.pypi.integrity.v1+json",
                    Content.of(json.getBytes(StandardCharsets.UTF_8)),
                    Optional.empty(),
                    faults,
                    "");
        }
    }

    private void file(HttpServerRequest request, String filename, List<Fault> faults) {
        boolean metadata = filename.endsWith(".metadata");
        Optional<FakeProject.Listed> listed = FakePages.find(
                projects, metadata ? filename.substring(0, filename.length() - ".metadata".length()) : filename);
        Optional<Content> content = listed.flatMap(found -> metadata
                ? found.file().metadata().map(Content::of)
                : Optional.of(found.file().content()));
        if (content.isEmpty()) {
            request.response().setStatusCode(404).end("no such file");
            return;
        }
        Optional<String> etag = style == Style.BARE_HTML || style == Style.DIRECTORY
                ? Optional.empty()
                : Optional.of("\"" + listed.get().sha256().substring(0, 20) + (metadata ? "-m" : "") + "\"");
        send(request, 200, "application/octet-stream", content.get(), etag, faults, filename);
    }

    private void send(
            HttpServerRequest request,
            int status,
            String contentType,
            Content content,
            Optional<String> etag,
            List<Fault> faults,
            String countAs) {
        request.response().putHeader("Content-Type", contentType);
        etag.ifPresent(value -> request.response().putHeader("ETag", value));
        if (request.method() == HttpMethod.HEAD) {
            request.response()
                    .putHeader("Content-Length", String.valueOf(content.length()))
                    .end();
            return;
        }
        AtomicLong counter = bytesSent.computeIfAbsent(countAs, name -> new AtomicLong());
        new FakeBody(vertx, request, status, content, etag, faults, counter).send();
    }

    private static String decode(String segment) {
        return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String normalise(String name) {
        return name.replaceAll("[-_.]+", "-").toLowerCase(Locale.ROOT);
    }
}
