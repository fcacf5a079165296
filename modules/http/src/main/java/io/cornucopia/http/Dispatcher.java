package io.cornucopia.http;

import io.cornucopia.bus.FailureException;
import io.cornucopia.cluster.Announcements;
import io.cornucopia.core.ProjectName;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what a request is for. By hand, the frequent first: a path is looked at as it was sent, decoded once, a segment
 * at a time, and nothing in it is resolved or repaired on the way.
 */
final class Dispatcher {
    private static final String SIMPLE = "/simple/";
    private static final String PACKAGES = "/packages/";
    private static final String INTEGRITY = "/integrity/";
    private static final String LEGACY = "/legacy/";
    private static final String API = "/api/";
    // hatch asks there before it publishes (G13).
    private static final String LEGACY_SIMPLE = "+simple";
    private static final String READING = "GET, HEAD";
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final String basePath;
    private final ProjectPages pages;
    private final RootList root;
    private final FileRequests files;
    private final ProvenanceRequests provenance;
    private final UploadRequests uploads;
    private final ApiRequests api;
    private final OperationsRequests operations;
    private final Guard guard;
    private final Announcements announcements;

    /** @param announcements what tells whether what is kept in memory is as new as it has to be */
    Dispatcher(
            String basePath,
            ProjectPages pages,
            RootList root,
            FileRequests files,
            ProvenanceRequests provenance,
            UploadRequests uploads,
            ApiRequests api,
            OperationsRequests operations,
            Guard guard,
            Announcements announcements) {
        this.basePath = basePath;
        this.pages = pages;
        this.root = root;
        this.files = files;
        this.provenance = provenance;
        this.uploads = uploads;
        this.api = api;
        this.operations = operations;
        this.guard = guard;
        this.announcements = announcements;
    }

    void handle(Exchange exchange) {
        try {
            String path = exchange.request().path();
            // A proxy may have left the prefix or taken it off; and the prefix may itself look like a route.
            boolean found = path != null
                    && ((hasPrefix(path) && dispatch(exchange, path.substring(basePath.length())))
                            || dispatch(exchange, path));
            if (!found) {
                exchange.notFound();
            }
        } catch (RuntimeException e) {
            LOG.error(
                    "cannot answer {} {}",
                    exchange.request().method(),
                    exchange.request().path(),
                    e);
            if (exchange.response().headWritten()) {
                exchange.breakOff();
            } else {
                exchange.failure(FailureException.of(e));
            }
        }
    }

    private boolean hasPrefix(String path) {
        return !basePath.isEmpty() && path.startsWith(basePath) && path.startsWith("/", basePath.length());
    }

    private boolean dispatch(Exchange exchange, String path) {
        if (path.startsWith(SIMPLE)) {
            return simple(exchange, path.substring(SIMPLE.length()));
        }
        if (path.startsWith(PACKAGES)) {
            String filename = path.substring(PACKAGES.length());
            return !filename.isEmpty()
                    && filename.indexOf('/') < 0
                    && read(exchange, Route.FILE, reader -> files.handle(exchange, filename, reader));
        }
        if (path.startsWith(INTEGRITY)) {
            String rest = path.substring(INTEGRITY.length());
            return provenance.isPath(rest)
                    && read(exchange, Route.PROVENANCE, reader -> provenance.handle(exchange, rest, reader));
        }
        if (path.startsWith(LEGACY)) {
            return legacy(exchange, path.substring(LEGACY.length()));
        }
        if (path.startsWith(API)) {
            exchange.route(Route.API);
            Runnable answer = () -> api.handle(exchange, path.substring(API.length()));
            if (exchange.request().method().equals(HttpMethod.GET)) {
                whenCurrent(exchange, answer);
            } else {
                // What is done is done to what lies in the store; and a body does not wait.
                answer.run();
            }
            return true;
        }
        return switch (path) {
            case "/simple" -> read(exchange, Route.ROOT, reader -> redirect(exchange, SIMPLE));
            case "/legacy" -> upload(exchange);
            case "/health" -> on(exchange, Route.HEALTH, () -> operations.health(exchange));
            case "/health/live" -> on(exchange, Route.HEALTH, () -> operations.live(exchange));
            case "/health/ready" -> on(exchange, Route.HEALTH, () -> operations.ready(exchange));
            case "/metrics" -> on(exchange, Route.METRICS, () -> operations.metrics(exchange));
            case "/" -> on(exchange, Route.LANDING, () -> landing(exchange));
            default -> false;
        };
    }

    private boolean simple(Exchange exchange, String rest) {
        if (rest.isEmpty()) {
            return read(exchange, Route.ROOT, reader -> root(exchange, reader));
        }
        return project(exchange, SIMPLE, rest);
    }

    private void root(Exchange exchange, Reader reader) {
        if (reader.mayReadEverything()) {
            root.handle(exchange);
        } else {
            exchange.error(403, "the list of all projects is for tokens that may read all of them (read: '*')");
        }
    }

    private boolean legacy(Exchange exchange, String rest) {
        if (rest.isEmpty()) {
            return upload(exchange);
        }
        int slash = rest.indexOf('/');
        return slash > 0
                && PathSegment.decode(rest.substring(0, slash))
                        .filter(LEGACY_SIMPLE::equals)
                        .isPresent()
                && slash < rest.length() - 1
                && project(exchange, LEGACY + LEGACY_SIMPLE + '/', rest.substring(slash + 1));
    }

    // Without a redirect from the one spelling to the other, which no uploader would follow (G1).
    private boolean upload(Exchange exchange) {
        exchange.route(Route.UPLOAD);
        if (exchange.request().method().equals(HttpMethod.POST)) {
            uploads.handle(exchange);
        } else {
            exchange.methodNotAllowed("POST");
        }
        return true;
    }

    private boolean project(Exchange exchange, String prefix, String rest) {
        int slash = rest.indexOf('/');
        if (slash >= 0 && slash < rest.length() - 1) {
            return false;
        }
        String segment = slash < 0 ? rest : rest.substring(0, slash);
        return read(exchange, Route.PROJECT, reader -> project(exchange, prefix, segment, slash, reader));
    }

    private void project(Exchange exchange, String prefix, String segment, int slash, Reader reader) {
        Optional<String> raw = PathSegment.decode(segment);
        Optional<ProjectName> name = raw.flatMap(ProjectName::parse);
        if (name.isEmpty()) {
            exchange.notFound();
        } else if (!reader.mayRead(name.get())) {
            exchange.error(403, "this token may not read " + name.get());
        } else if (slash < 0 || !name.get().value().equals(raw.get())) {
            redirect(exchange, prefix + name.get() + '/');
        } else {
            pages.handle(exchange, name.get());
        }
    }

    // One redirect to where it ends, since pip keeps it for ever; and never with a Host in it, which a client may
    // invent.
    private void redirect(Exchange exchange, String path) {
        String query = exchange.request().query();
        if (query != null && !query.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            exchange.error(400, "the query holds characters that a URL may not hold");
            return;
        }
        exchange.begin(301).putHeader(HttpHeaders.LOCATION, basePath + path + (query == null ? "" : '?' + query));
        exchange.endWithout(0);
    }

    private void landing(Exchange exchange) {
        exchange.text(
                200,
                "Cornucopia, a Python package index.\n\n  pip install --index-url "
                        + (exchange.request().isSSL() ? "https" : "http")
                        + "://<this host>" + basePath
                        + "/simple/ <project>\n");
    }

    private boolean read(Exchange exchange, Route route, Consumer<Reader> answer) {
        return on(exchange, route, () -> whenCurrent(exchange, () -> guard.read(exchange, answer)));
    }

    /** Nothing is told from memory by a node that was asleep or out of reach: others have gone on without it, and answered uploaders. */
    private void whenCurrent(Exchange exchange, Runnable answer) {
        if (announcements.current()) {
            answer.run();
        } else {
            announcements.caughtUp().onComplete(done -> {
                if (!exchange.isFinished()) {
                    answer.run();
                }
            });
        }
    }

    private static boolean on(Exchange exchange, Route route, Runnable answer) {
        exchange.route(route);
        HttpMethod method = exchange.request().method();
        if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
            answer.run();
        } else {
            exchange.methodNotAllowed(READING);
        }
        return true;
    }
}
