package io.cornucopia.metadata;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.core.MalformedPageException;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectPage;
import io.cornucopia.core.SimpleHtmlReader;
import io.cornucopia.core.SimpleJsonReader;
import io.cornucopia.upstream.Upstream;
import io.cornucopia.upstream.UpstreamResponse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Asks upstream for one project's page and keeps what it said on disk. Each call is one question. */
final class PageFetch {
    /** The longest page, decoded: PyPI's longest are half of it. */
    private static final long LIMIT = 64L << 20;

    private static final long DRAIN_LIMIT = 64L << 10;

    private final Context context;
    private final Origins origins;
    private final Upstream upstream;
    private final PageStore store;
    private final FileHosts hosts;
    private final FilenameExceptions exceptions;
    private final Mishaps mishaps;
    private final PageMeters meters;
    private final InstantSource clock;

    PageFetch(
            Context context,
            Origins origins,
            Upstream upstream,
            PageStore store,
            FileHosts hosts,
            FilenameExceptions exceptions,
            Mishaps mishaps,
            PageMeters meters,
            InstantSource clock) {
        this.context = context;
        this.origins = origins;
        this.upstream = upstream;
        this.store = store;
        this.hosts = hosts;
        this.exceptions = exceptions;
        this.mishaps = mishaps;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * Asks.
     *
     * @param old the copy that is here: then the question is a conditional one, and is asked only once
     * @return the page, confirmed or new; empty if upstream is certain that there is no such project; fails with
     *     {@link FailureException} if upstream did not say anything that makes sense
     */
    Future<Optional<CachedPage>> ask(ProjectName project, Optional<CachedPage> old) {
        // Whoever asks has seen to it already. This is the one place where upstream could hear of a project, and a
        // project
        // may have become ours while the question waited for its turn.
        if (!origins.mayAskUpstream(project)) {
            return Future.failedFuture(new FailureException(
                    new Failure.Internal(project + " is ours alone: upstream is not asked for it")));
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept", ContentType.ACCEPT);
        headers.put("Accept-Encoding", "gzip");
        old.ifPresent(page -> page.validators().addTo(headers));
        URI url = URI.create(upstream.settings().url() + project.value() + "/");
        return upstream.get(url, headers, old.isPresent() ? Upstream.Patience.ONCE : Upstream.Patience.RETRY)
                .onFailure(why -> mishaps.outage(new FailureException(FailureException.of(why))))
                .compose(response -> take(project, old, response));
    }

    private Future<Optional<CachedPage>> take(
            ProjectName project, Optional<CachedPage> old, UpstreamResponse response) {
        MultiMap headers = response.headers();
        URI url = response.url();
        switch (response.status()) {
            case 200:
                String type = headers.get("Content-Type");
                return response.bytes(LIMIT).compose(body -> read(project, url, type, headers, body));
            case 304:
                drain(response);
                return old.map(page -> renew(page, headers))
                        .orElseGet(() -> nonsense(url, "said 304 to a question that was not conditional"));
            case 404:
            case 410:
                drain(response);
                return context.executeBlocking(
                        () -> {
                            store.remove(project);
                            return Optional.empty();
                        },
                        false);
            case 401:
            case 403:
                drain(response);
                return nonsense(
                        url,
                        "answered " + response.status()
                                + "; if it wants credentials, set upstream.username and upstream.password");
            default:
                drain(response);
                return nonsense(url, "answered " + response.status());
        }
    }

    private Future<Optional<CachedPage>> renew(CachedPage page, MultiMap headers) {
        CachedPage renewed = page.confirmed(page.validators().renewed(headers, clock.instant()));
        return context.executeBlocking(
                () -> {
                    store.write(renewed);
                    return Optional.of(renewed);
                },
                false);
    }

    private Future<Optional<CachedPage>> read(
            ProjectName project, URI url, String contentType, MultiMap headers, Buffer body) {
        return context.executeBlocking(
                () -> {
                    FileHosts.Sifted sifted = hosts.sift(parse(project, url, contentType, body));
                    meters.refused(sifted.left());
                    exceptions.learn(sifted.page());
                    Validators validators = Validators.of(url, headers, clock.instant(), sifted.refused());
                    return Optional.of(store.write(sifted.page(), validators));
                },
                false);
    }

    private static ProjectPage parse(ProjectName project, URI url, String contentType, Buffer body) {
        ContentType type = ContentType.parse(contentType);
        try {
            if (type.format().isEmpty()) {
                throw new MalformedPageException("its type is " + contentType);
            }
            return type.format().get() == ContentType.Format.JSON
                    ? SimpleJsonReader.read(new BufferInput(body), url, project)
                    : SimpleHtmlReader.read(
                            new BufferInput(body), type.charset().orElse(null), url, project);
        } catch (MalformedPageException | IOException | RuntimeException e) {
            throw new FailureException(
                    new Failure.UpstreamFailed(url + " is not a page of " + project + ": " + e.getMessage()), e);
        }
    }

    // Read rather than given up, so that the connection can be used again: most revalidations end in 304.
    private static void drain(UpstreamResponse response) {
        response.bytes(DRAIN_LIMIT);
    }

    private static <T> Future<T> nonsense(URI url, String what) {
        return Future.failedFuture(new FailureException(new Failure.UpstreamFailed(url + " " + what)));
    }
}
