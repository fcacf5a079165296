package io.cornucopia.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** What is known of pages, in a map that all nodes share. Who waits for another node's question asks that node. */
final class SharedPageRevisions implements PageRevisions {
    private static final Duration TTL = Duration.ofHours(1);
    private static final String SUBJECT = "page";
    private static final String BUSY = "busy";
    private static final String OVER = "over";
    private static final Duration LONGEST_HOLD = Duration.ofMillis(500);

    private final Vertx vertx;
    private final SharedMap map;
    private final Peers peers;
    private final Duration patience;
    private final long holdMillis;
    private volatile Function<String, Future<Optional<PageRevision>>> underWay =
            project -> Future.succeededFuture(Optional.empty());

    /** @param patience how long another node may be silent */
    SharedPageRevisions(Vertx vertx, SharedMap map, Peers peers, Duration patience) {
        this.vertx = vertx;
        this.map = map;
        this.peers = peers;
        this.patience = patience;
        // Whoever waits takes silence for a node that is frozen: so it hears in good time that this one is not.
        this.holdMillis = Math.max(1, Math.min(LONGEST_HOLD.toMillis(), patience.toMillis() / 4));
        peers.answer(SUBJECT, this::hold);
    }

    @Override
    public Future<Optional<PageRevision>> of(String project) {
        return map.get(project).map(text -> text.flatMap(PageRevision::parse)).otherwise(Optional.empty());
    }

    @Override
    public Future<Void> tell(String project, PageRevision revision) {
        return map.set(project, revision.text(), TTL).transform(done -> Future.succeededFuture());
    }

    @Override
    public void answer(Function<String, Future<Optional<PageRevision>>> underWay) {
        this.underWay = underWay;
    }

    private Future<String> hold(String project) {
        Future<Optional<PageRevision>> question = underWay.apply(project);
        if (question.isComplete()) {
            return Future.succeededFuture(over(question));
        }
        Promise<String> answer = Promise.promise();
        long timer = vertx.setTimer(holdMillis, fired -> answer.tryComplete(BUSY));
        question.onComplete(done -> {
            vertx.cancelTimer(timer);
            answer.tryComplete(over(question));
        });
        return answer.future();
    }

    private static String over(Future<Optional<PageRevision>> question) {
        return question.succeeded()
                ? OVER + question.result().map(told -> " " + told.text()).orElse("")
                : OVER;
    }

    @Override
    public Future<Progress> progress(Member member, String project) {
        // Twice, since a node that is busy, or has just started, answers late what a frozen one does not answer at all,
        // and to ask
        // upstream in its place makes everybody busier.
        return peers.askOneOfMany(member, SUBJECT, project, patience.multipliedBy(2))
                .map(answer -> {
                    if (answer.equals(BUSY)) {
                        return new Progress(false, Optional.empty());
                    }
                    return new Progress(
                            true,
                            answer.startsWith(OVER + " ")
                                    ? PageRevision.parse(answer.substring(OVER.length() + 1))
                                    : Optional.empty());
                });
    }
}
