package io.cornucopia.metadata;

import io.cornucopia.cluster.Announcements.Change;
import io.cornucopia.cluster.Announcements.Kind;
import io.cornucopia.cluster.Cluster;
import io.cornucopia.cluster.Leases.Claim;
import io.cornucopia.cluster.Leases.Lease;
import io.cornucopia.cluster.Member;
import io.cornucopia.cluster.PageRevision;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What upstream says of a page, asked once for all nodes: what another node was told is taken from there, and while another node is
 * asking, its answer is waited for. If the cluster does not help, upstream is asked: there are more questions then, and no
 * failures.
 *
 * <p>To be used on its context only. For a node that is alone every question goes upstream at once.
 */
final class SharedPages {
    private static final Logger LOG = LoggerFactory.getLogger(SharedPages.class);
    /** How long others may ask in the place of this node: far longer than upstream's own time-outs allow. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

    private static final long LOOK_AGAIN_MILLIS = 50;
    /**
     * How many look at what nodes share at a time. Of a thousand at once the last would find it slow, and do without: it takes a
     * moment for each, and at most a second is waited.
     */
    private static final int AT_ONCE = 32;

    private static final long LONG_MILLIS = 250;
    /** What was said later than that, by the clock here, comes from a node whose clock is wrong. */
    private static final Duration CLOCKS_APART = Duration.ofMinutes(1);

    private final Vertx vertx;
    private final Context context;
    private final Cluster cluster;
    private final PeerPages peers;
    private final PeerDocuments documents;
    private final PageFetch fetch;
    private final PageStore store;
    private final FileHosts hosts;
    private final Duration ttl;
    private final Duration negativeTtl;
    private final PageMeters meters;
    private final InstantSource clock;
    private final Turns turns;
    // Read by others than the context, too: other nodes ask for it.
    private final Map<String, Future<Optional<PageRevision>>> underWay = new ConcurrentHashMap<>();

    SharedPages(
            Vertx vertx,
            Context context,
            Cluster cluster,
            PeerPages peers,
            PeerDocuments documents,
            PageFetch fetch,
            PageStore store,
            FileHosts hosts,
            Duration ttl,
            Duration negativeTtl,
            PageMeters meters,
            InstantSource clock) {
        this.vertx = vertx;
        this.turns = new Turns(vertx, AT_ONCE, LONG_MILLIS);
        this.context = context;
        this.cluster = cluster;
        this.peers = peers;
        this.documents = documents;
        this.fetch = fetch;
        this.store = store;
        this.hosts = hosts;
        this.ttl = ttl;
        this.negativeTtl = negativeTtl;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * What was said.
     *
     * @param page empty if there is no such project
     * @param saidAt when upstream said so
     */
    record Answer(Optional<CachedPage> page, Instant saidAt) {}

    /** Tells other nodes from now on how far this node's questions are. */
    void open() {
        cluster.pages().answer(project -> underWay.getOrDefault(project, Future.succeededFuture(Optional.empty())));
    }

    /**
     * Asks. It is in the store when it is answered.
     *
     * @param old the copy that is here: something newer is wanted
     * @return fails as {@link PageFetch#ask} does
     */
    Future<Answer> ask(ProjectName project, Optional<CachedPage> old) {
        return new Question(project, old).begin();
    }

    /** One question, from the first look at what others know to its answer. */
    private final class Question {
        private final ProjectName project;
        private final String key;
        private final Optional<CachedPage> old;
        private final Instant begun = clock.instant();
        private final long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        /** What could not be had although it is said to be there. */
        private Optional<PageRevision> useless = Optional.empty();

        Question(ProjectName project, Optional<CachedPage> old) {
            this.project = project;
            this.key = "page:" + project;
            this.old = old;
        }

        Future<Answer> begin() {
            return turns.take(() -> cluster.pages().of(project.value()))
                    .compose(known -> known.filter(this::isWanted).isPresent() ? take(known.get()) : claim());
        }

        private boolean isWanted(PageRevision known) {
            Duration believed = known.revision().isPresent() ? ttl : negativeTtl;
            Instant now = clock.instant();
            return now.isBefore(known.checkedAt().plus(believed))
                    && known.checkedAt().isBefore(now.plus(CLOCKS_APART))
                    && isNewer(known);
        }

        private boolean isNewer(PageRevision known) {
            if (useless.equals(Optional.of(known))) {
                return false;
            }
            return old.map(copy ->
                            known.checkedAt().isAfter(copy.checkedAt()) && !(isOf(copy, known) && hosts.misses(copy)))
                    .orElse(true);
        }

        private static boolean isOf(CachedPage copy, PageRevision known) {
            return known.revision().equals(Optional.of(copy.revision()));
        }

        private Future<Answer> take(PageRevision known) {
            if (known.revision().isEmpty()) {
                meters.refreshed(PageMeters.Source.CLUSTER);
                return blocking(() -> store.remove(project))
                        .map(removed -> new Answer(Optional.empty(), known.checkedAt()));
            }
            if (old.filter(copy -> isOf(copy, known)).isPresent()) {
                meters.refreshed(PageMeters.Source.CLUSTER);
                CachedPage copy = old.get();
                CachedPage renewed = copy.confirmed(copy.validators().confirmed(notLater(known.checkedAt())));
                return blocking(() -> store.write(renewed)).map(kept -> answer(renewed));
            }
            return takeFrom(havingIt(known), known).compose(taken -> {
                if (taken.isPresent()) {
                    meters.refreshed(PageMeters.Source.PEER);
                    return Future.succeededFuture(answer(taken.get()));
                }
                useless = Optional.of(known);
                return claim();
            });
        }

        /** The one that is said to have it first; the others may have it from there, and that one may be gone. */
        private List<Member> havingIt(PageRevision known) {
            List<Member> all = new ArrayList<>(cluster.members().others());
            all.sort((one, other) ->
                    Boolean.compare(other.id().equals(known.member()), one.id().equals(known.member())));
            return all;
        }

        private Future<Optional<CachedPage>> takeFrom(List<Member> members, PageRevision known) {
            if (members.isEmpty()) {
                return Future.succeededFuture(Optional.empty());
            }
            return peers.of(members.get(0), project)
                    .compose(document -> document.isPresent()
                            ? documents.keep(
                                    project,
                                    document.get(),
                                    page -> isOf(page, known)
                                            || !page.checkedAt().isBefore(known.checkedAt()))
                            : Future.succeededFuture(Optional.empty()))
                    .compose(kept -> kept.isPresent()
                            ? Future.succeededFuture(kept)
                            : takeFrom(members.subList(1, members.size()), known));
        }

        private Future<Answer> claim() {
            return turns.take(() -> cluster.leases().claim(key)).compose(this::claimed);
        }

        private Future<Answer> takeOver(Claim.Held held) {
            return turns.take(() -> cluster.leases().takeOver(key, held)).compose(this::claimed);
        }

        private Future<Answer> claimed(Claim claim) {
            return claim instanceof Claim.Granted granted ? lead(granted.lease()) : follow((Claim.Held) claim);
        }

        private Future<Answer> lead(Lease lease) {
            // Whoever had the lease before may have told in between.
            return turns.take(() -> cluster.pages().of(project.value())).compose(known -> {
                if (known.filter(this::isWanted).isPresent()) {
                    lease.release();
                    return take(known.get());
                }
                return askUpstream(lease, known);
            });
        }

        private Future<Answer> follow(Claim.Held held) {
            if (System.nanoTime() - end > 0) {
                LOG.warn("{} has been asking for {} for long; asking as well", held.member(), project);
                return askUpstream(() -> {}, Optional.empty());
            }
            Optional<Member> holder = cluster.members().find(held.member());
            if (held.member().isEmpty()) {
                // A node of another version has it, and writes it in another way.
                return askUpstream(() -> {}, Optional.empty());
            }
            if (holder.isEmpty()) {
                // It is just leaving.
                return again();
            }
            if (peers.isSilent(holder.get())) {
                return takeOver(held);
            }
            return cluster.pages()
                    .progress(holder.get(), project.value())
                    .compose(
                            progress -> {
                                if (progress.revision().filter(this::isAnswer).isPresent()) {
                                    return take(progress.revision().get());
                                }
                                return progress.over() ? again() : follow(held);
                            },
                            silent -> {
                                LOG.info(
                                        "{} is asking for {} and does not answer; asking in its place",
                                        holder.get().address(),
                                        project);
                                peers.isFoundSilent(holder.get());
                                return takeOver(held);
                            });
        }

        /** Also if pages are not believed for any time at all: it was asked for all who ask now. */
        private boolean isAnswer(PageRevision said) {
            return isWanted(said) || (!said.checkedAt().isBefore(begun) && isNewer(said));
        }

        private Future<Answer> again() {
            Promise<Answer> promise = Promise.promise();
            vertx.setTimer(LOOK_AGAIN_MILLIS, fired -> begin().onComplete(promise));
            return promise.future();
        }

        private Future<Answer> askUpstream(Lease lease, Optional<PageRevision> before) {
            Promise<Optional<PageRevision>> said = Promise.promise();
            underWay.put(project.value(), said.future());
            meters.refreshed(PageMeters.Source.UPSTREAM);
            return fetch.ask(project, old)
                    .map(page ->
                            new Answer(page, page.map(CachedPage::checkedAt).orElseGet(clock::instant)))
                    .onComplete(asked -> {
                        if (asked.succeeded()) {
                            PageRevision revision = revision(asked.result());
                            said.complete(Optional.of(revision));
                            tell(revision, before)
                                    .onComplete(told -> underWay.remove(project.value(), said.future()))
                                    // Last: whoever has it next finds what was told.
                                    .onComplete(told -> lease.release());
                        } else {
                            underWay.remove(project.value(), said.future());
                            said.complete(Optional.empty());
                            lease.release();
                        }
                    });
        }

        private PageRevision revision(Answer answer) {
            return new PageRevision(
                    answer.page().map(CachedPage::revision),
                    answer.saidAt(),
                    cluster.members().self().id());
        }

        /** Nobody here waits for that. */
        private Future<Void> tell(PageRevision now, Optional<PageRevision> before) {
            Optional<String> earlier = before.isPresent() ? before.get().revision() : old.map(CachedPage::revision);
            boolean isNews = (before.isPresent() || old.isPresent()) && !earlier.equals(now.revision());
            return turns.take(() -> cluster.pages().tell(project.value(), now)).onSuccess(told -> {
                if (isNews && !cluster.members().others().isEmpty()) {
                    cluster.announcements().announce(new Change(Kind.PAGE, project.value()));
                }
            });
        }
    }

    private static Answer answer(CachedPage page) {
        return new Answer(Optional.of(page), page.checkedAt());
    }

    /** Clocks differ: what upstream said in the future counts as said now. */
    private Instant notLater(Instant at) {
        Instant now = clock.instant();
        return at.isAfter(now) ? now : at;
    }

    private Future<Void> blocking(Runnable step) {
        return context.executeBlocking(
                () -> {
                    step.run();
                    return null;
                },
                false);
    }
}
