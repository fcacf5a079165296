package io.cornucopia.testkit;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An upstream index on a port of this machine, in one of several styles, with faults that can be switched on while it
 * runs, and a memory for what was asked of it. Safe for use by several threads. Path patterns are searched for
 * ({@code find}), not matched against the whole path.
 */
public final class FakeUpstream implements AutoCloseable {

    private final String host;
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final FakeIndex index = new FakeIndex();
    private final UpstreamRoutes routes = new UpstreamRoutes(index);
    private final FaultBoard faults = new FaultBoard();
    private final RequestLog log = new RequestLog();
    private final Queue<Runnable> stalls = new ConcurrentLinkedQueue<>();
    private final int port;
    private HttpServer server;

    private FakeUpstream(String host) {
        this.host = host;
        // One to which it can come back, as no connection is given it while this is down.
        port = FreePorts.take();
        server = listening();
        index.base("http://" + host + ":" + port);
    }

    /** Starts an empty index in the style of the real one. */
    public static FakeUpstream start() {
        return startOn("127.0.0.1");
    }

    /** The same on another address of this machine, for nodes that cannot reach the usual one. */
    public static FakeUpstream startOn(String host) {
        return new FakeUpstream(host);
    }

    /** Where its root page is, with a slash at the end. */
    public String url() {
        return origin() + "/simple/";
    }

    /** Its scheme, host and port. */
    public String origin() {
        return "http://" + host + ":" + port;
    }

    /** The port on which it listens. */
    public int port() {
        return port;
    }

    /** Where the bytes of a file are, whether or not there is one. */
    public String fileUrl(GoldenFile file) {
        return index.urlOf(file);
    }

    /** Adds files, in the place of those of the same name. */
    public FakeUpstream put(GoldenFile... files) {
        for (GoldenFile file : files) {
            file.sha256();
            index.put(file);
        }
        return this;
    }

    /** Takes a file away, from the page and from under its address. */
    public FakeUpstream remove(String project, String filename) {
        index.remove(project, filename);
        return this;
    }

    /** A project, which is there from now on. */
    public FakeProject project(String name) {
        return index.project(name);
    }

    /** Changes what kind of server this is. */
    public FakeUpstream style(Style style) {
        index.style(style);
        return this;
    }

    /** Makes the pages link to files below another address. */
    public FakeUpstream fileBase(String url) {
        index.fileBase(url);
        return this;
    }

    /** Adds a provenance document to a file that has been put. */
    public FakeUpstream provenance(String filename, String json) {
        holder(filename).provenance(filename, json);
        return this;
    }

    /** Adds a signature to a file that has been put. */
    public FakeUpstream signature(String filename, String armoured) {
        holder(filename).signature(filename, armoured.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Answers requests for this project's page with exactly this, in any style. */
    public FakeUpstream rawPage(
            String project, int status, String contentType, byte[] body, Map<String, String> headers) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("Content-Type", contentType);
        index.project(project).raw(Optional.of(new Answer(status, all, Content.ofBytes(body))));
        return this;
    }

    /** Answers requests for this project's page as its style wants it again. */
    public FakeUpstream properPage(String project) {
        index.project(project).raw(Optional.empty());
        return this;
    }

    /** Answers requests for the root page with exactly this, in any style. */
    public FakeUpstream rawRoot(String contentType, Content body) {
        index.rawRoot(Answer.of(200, contentType, body));
        return this;
    }

    /** Lists that many more names in the root page, {@code extra-0000000} and so on, which have no page. */
    public FakeUpstream extraProjects(int count) {
        index.extraProjects(count);
        return this;
    }

    /** Switches a fault on for all paths in which this pattern is found, the page's or the file's. */
    public FakeUpstream fault(String pathRegex, Fault fault) {
        faults.add(pathRegex, fault);
        return this;
    }

    /** Switches every fault off; what is stalled stays so. */
    public FakeUpstream clearFaults() {
        faults.clear();
        return this;
    }

    /** Lets every answer that is stalled go on to its end. */
    public void releaseStalls() {
        for (Runnable stall = stalls.poll(); stall != null; stall = stalls.poll()) {
            stall.run();
        }
    }

    /** Goes away: every connection is closed, new ones are refused. */
    public synchronized FakeUpstream down() {
        if (server != null) {
            settled(server.close());
            server = null;
        }
        return this;
    }

    /** Comes back on the same port. */
    public synchronized FakeUpstream up() {
        if (server == null) {
            server = listening();
        }
        return this;
    }

    /** What was asked so far, in the order of arrival. */
    public List<Seen> requests() {
        return log.seen();
    }

    /** How many requests were for a path in which this pattern is found. */
    public int count(String pathRegex) {
        return log.count(pathRegex);
    }

    /** How many GETs there were for the bytes of this file. */
    public int bytesRequests(String filename) {
        return log.gets(filename);
    }

    /** The GETs for the bytes of this file so far, in the order of arrival. */
    public List<Seen> requestsFor(String filename) {
        return log.getsSeen(filename);
    }

    /** How many bytes of this file were given to the network. */
    public long bytesSent(String filename) {
        return log.bytesSent(filename);
    }

    /** Forgets what was asked so far. */
    public FakeUpstream resetCounts() {
        log.clear();
        return this;
    }

    @Override
    public synchronized void close() {
        down();
        settled(vertx.close());
    }

    private FakeProject holder(String filename) {
        return index.all().stream()
                .filter(project -> project.file(filename).isPresent())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("put it first: " + filename));
    }

    private HttpServer listening() {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(host)
                .setPort(port)
                .setMaxHeaderSize(1 << 16)
                .setMaxInitialLineLength(1 << 16);
        return settled(
                vertx.createHttpServer(options).requestHandler(this::handle).listen());
    }

    private void handle(HttpServerRequest request) {
        RequestLog.Entry entry = log.arrived(request);
        FaultPlan plan = faults.planFor(request.path());
        long delay = plan.delay().toMillis();
        if (delay == 0) {
            deliver(request, plan, entry);
        } else {
            vertx.setTimer(delay, late -> deliver(request, plan, entry));
        }
    }

    private void deliver(HttpServerRequest request, FaultPlan plan, RequestLog.Entry entry) {
        if (request.response().closed()) {
            return;
        }
        Answer answer = plan.changed(answerTo(request, plan));
        Context context = vertx.getOrCreateContext();
        new Delivery(vertx, request, answer, plan, entry, go -> stalls.add(() -> context.runOnContext(now -> go.run())))
                .start();
    }

    private Answer answerTo(HttpServerRequest request, FaultPlan plan) {
        String method = request.method().name().toUpperCase(Locale.ROOT);
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Answer.empty(405);
        }
        return routes.answer(request.path(), request.headers(), !plan.noRange());
    }

    private static <T> T settled(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the fake upstream does not obey", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
