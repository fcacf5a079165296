package io.cornucopia.metadata;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.EverythingChanged;
import io.cornucopia.bus.ProjectChanged;
import io.cornucopia.cluster.Announcements;
import io.cornucopia.cluster.Cluster;
import io.cornucopia.cluster.Member;
import io.cornucopia.cluster.Members;
import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.UploadStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries news from this node to all, and from all to this node's bus: first to those who know projects, then to those who keep
 * what they were told. Also sees to it that what a dead node had decided to publish is published and told.
 */
final class ClusterNews implements Announcements.Listener, Members.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNews.class);
    /** The file server of a machine that has crashed may give back its locks only after a minute or two. */
    private static final long LOOK_AGAIN_MILLIS = 60_000;

    private final Vertx vertx;
    private final Context context;
    private final Cluster cluster;
    private final UploadStore uploads;
    private final OwnPages own;
    private final PageCache cache;
    private final Negatives negatives;
    private final KnownProjects known;
    private boolean hadOthers;
    private volatile boolean closed;

    ClusterNews(
            Vertx vertx,
            Context context,
            Cluster cluster,
            UploadStore uploads,
            OwnPages own,
            PageCache cache,
            Negatives negatives,
            KnownProjects known) {
        this.vertx = vertx;
        this.context = context;
        this.cluster = cluster;
        this.uploads = uploads;
        this.own = own;
        this.cache = cache;
        this.negatives = negatives;
        this.known = known;
    }

    /** Listens from now on. */
    void open() {
        cluster.announcements().listen(this);
        cluster.members().listen(this);
        vertx.setPeriodic(LOOK_AGAIN_MILLIS, fired -> {
            hadOthers |= !cluster.members().others().isEmpty();
            if (hadOthers) {
                finishAbandoned();
            }
        });
    }

    void close() {
        closed = true;
    }

    /** Answers {@link Addresses#ANNOUNCE}. */
    Future<Void> announce(ProjectChanged news) {
        return cluster.announcements()
                .announce(new Announcements.Change(
                        Announcements.Kind.UPLOADS, news.project().value()));
    }

    /** Tells of projects of which files have come or gone. */
    void announceAll(Set<ProjectName> projects) {
        projects.forEach(project -> announce(new ProjectChanged(project)));
    }

    @Override
    public Future<Void> changed(Announcements.Change change) {
        Optional<ProjectName> project = ProjectName.parse(change.project());
        if (closed || project.isEmpty()) {
            return Future.succeededFuture();
        }
        ProjectChanged news = new ProjectChanged(project.get());
        Future<Void> heard = switch (change.kind()) {
            case UPLOADS -> Addresses.UPLOADS_CHANGED.publish(vertx, news);
            case PAGE ->
                onContext(() -> {
                    negatives.remove(project.get());
                    return cache.supersede(project.get());
                });
        };
        return heard.compose(done -> Addresses.PROJECT_CHANGED.publish(vertx, news));
    }

    @Override
    public Future<Void> missed() {
        if (closed) {
            return Future.succeededFuture();
        }
        return onContext(() -> {
                    cache.forgetAll();
                    negatives.clear();
                    known.lookAgain();
                    return own.reopen();
                })
                .compose(done -> Addresses.EVERYTHING_CHANGED.publish(vertx, new EverythingChanged()));
    }

    @Override
    public void left(Member member) {
        context.runOnContext(ignored -> {
            hadOthers = true;
            finishAbandoned();
        });
    }

    private void finishAbandoned() {
        if (closed) {
            return;
        }
        uploads.open()
                .onSuccess(this::announceAll)
                .onFailure(why -> LOG.warn("what other nodes left of uploads cannot be looked through", why));
    }

    private Future<Void> onContext(Supplier<Future<Void>> step) {
        Promise<Void> promise = Promise.promise();
        context.runOnContext(ignored -> step.get().onComplete(promise));
        return promise.future();
    }
}
