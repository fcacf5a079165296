package io.cornucopia.cluster;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * News over the event bus, told to each member until it has answered. Each carries a number that all nodes count together, so
 * that a node that missed one sees a gap; {@link Attention} notices when this node was asleep.
 */
final class SharedAnnouncements implements Announcements, Members.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(SharedAnnouncements.class);
    private static final String SUBJECT = "news";
    private static final String COUNT = "count";
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(LONGEST_WAIT_SECONDS);
    private static final Duration ATTEMPT = Duration.ofSeconds(1);
    private static final long TRY_AGAIN_MILLIS = 50;
    // Who has kept everybody waiting once does not do so again with each of a hundred uploads.
    private static final Duration WAIT_FOR_SLOW = Duration.ofSeconds(1);
    private static final Duration SLOW_FOR = Duration.ofSeconds(10);
    // Heartbeats have decided long before whether somebody is still a member.
    private static final Duration TELLING_ENDS = Duration.ofSeconds(60);
    private static final long CHECK_MILLIS = 1_000;

    private final Vertx vertx;
    private final SharedMembers members;
    private final Peers peers;
    private final SharedMap map;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, Long> slowUntil = new ConcurrentHashMap<>();
    private final NewsCount count = new NewsCount();
    private final Attention attention;

    private boolean catchingUp;
    private boolean again;
    private List<Promise<Void>> waiting = new ArrayList<>();
    private volatile boolean behind;
    private volatile boolean ended;

    SharedAnnouncements(Vertx vertx, SharedMembers members, Peers peers, SharedMap map, Attention attention) {
        this.vertx = vertx;
        this.members = members;
        this.peers = peers;
        this.map = map;
        this.attention = attention;
        peers.answer(SUBJECT, this::hear);
    }

    /** @return completes when news are counted; the others have to be able to tell them by then */
    Future<Void> open() {
        attention.onWaking(() -> missed("this node was asleep"));
        members.listen(this);
        vertx.setPeriodic(CHECK_MILLIS, fired -> check());
        return check();
    }

    /** This node is about to leave: who has not heard what it told by now is not told again. */
    void end() {
        ended = true;
    }

    @Override
    public Future<Void> announce(Change change) {
        Context context = vertx.getOrCreateContext();
        Promise<Void> promise = Promise.promise();
        map.run(COUNT, new Increment())
                .map(number -> number.map(Increment::parse).orElse(0L))
                .otherwise(0L)
                .compose(number -> {
                    String text = text(number, change);
                    List<Future<Void>> told = new ArrayList<>();
                    told.add(heed(number, change));
                    members.others().forEach(member -> told.add(tell(member, text)));
                    return Future.join(told);
                })
                .onComplete(told -> context.runOnContext(ignored -> promise.complete()));
        return promise.future();
    }

    /** @return completes when it has heard, or is not waited for any more; telling goes on until it has heard */
    private Future<Void> tell(Member member, String text) {
        Promise<Void> promise = Promise.promise();
        boolean slow = slowUntil.getOrDefault(member.id(), Long.MIN_VALUE) > System.nanoTime();
        long timer = vertx.setTimer((slow ? WAIT_FOR_SLOW : LONGEST_WAIT).toMillis(), fired -> {
            if (promise.tryComplete()) {
                slowUntil.put(member.id(), System.nanoTime() + SLOW_FOR.toNanos());
                LOG.warn("{} has not heard the news in time; it is told until it has", member.address());
            }
        });
        promise.future().onComplete(done -> vertx.cancelTimer(timer));
        attempt(member, text, promise, System.nanoTime() + TELLING_ENDS.toNanos());
        return promise.future();
    }

    private void attempt(Member member, String text, Promise<Void> promise, long end) {
        if (ended || members.find(member.id()).isEmpty() || System.nanoTime() > end) {
            promise.tryComplete();
            return;
        }
        peers.ask(member, SUBJECT, text, ATTEMPT)
                .onSuccess(heard -> {
                    slowUntil.remove(member.id());
                    promise.tryComplete();
                })
                .onFailure(why -> vertx.setTimer(TRY_AGAIN_MILLIS, fired -> attempt(member, text, promise, end)));
    }

    private Future<String> hear(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length < 3) {
            return Future.failedFuture("news of a version that is not understood");
        }
        long number = Increment.parse(parts[0]);
        Optional<Kind> kind = kind(parts[1]);
        if (kind.isEmpty()) {
            // A newer node knows more kinds of news: whatever it is, nothing old is served after it.
            count.heard(number);
            return missed("news of a kind that this version does not know: " + parts[1])
                    .map("");
        }
        return heed(number, new Change(kind.get(), parts[2])).map("");
    }

    private Future<Void> heed(long number, Change change) {
        return Heard.by(listeners, listener -> listener.changed(change)).onComplete(done -> count.heard(number));
    }

    private static String text(long number, Change change) {
        return number + " " + change.kind().name() + " " + change.project();
    }

    private static Optional<Kind> kind(String name) {
        return switch (name) {
            case "UPLOADS" -> Optional.of(Kind.UPLOADS);
            case "PAGE" -> Optional.of(Kind.PAGE);
            default -> Optional.empty();
        };
    }

    private Future<Void> check() {
        return map.get(COUNT)
                .onSuccess(number -> {
                    if (count.missing(number.map(Increment::parse).orElse(0L))) {
                        missed("news were missed");
                    }
                })
                .transform(done -> Future.succeededFuture());
    }

    @Override
    public void healed() {
        count.startAfresh();
        missed("the network was parted");
    }

    @Override
    public void left(Member member) {
        slowUntil.remove(member.id());
    }

    /** Has everything dropped. One round at a time; what comes up meanwhile gets another. */
    private Future<Void> missed(String why) {
        Promise<Void> promise = Promise.promise();
        synchronized (this) {
            behind = true;
            waiting.add(promise);
            if (catchingUp) {
                again = true;
                return promise.future();
            }
            catchingUp = true;
        }
        LOG.info("dropping what is kept of pages: {}", why);
        round();
        return promise.future();
    }

    private void round() {
        Heard.by(listeners, Listener::missed).onComplete(done -> {
            List<Promise<Void>> caughtUp;
            synchronized (this) {
                if (!again) {
                    behind = false;
                    catchingUp = false;
                    caughtUp = waiting;
                    waiting = new ArrayList<>();
                } else {
                    again = false;
                    caughtUp = null;
                }
            }
            if (caughtUp == null) {
                round();
            } else {
                caughtUp.forEach(Promise::complete);
            }
        });
    }

    @Override
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public boolean current() {
        return !behind && attention.isAwake();
    }

    @Override
    public Future<Void> caughtUp() {
        if (current()) {
            return Future.succeededFuture();
        }
        Context context = vertx.getOrCreateContext();
        Promise<Void> promise = Promise.promise();
        Future<Void> done;
        synchronized (this) {
            if (behind) {
                Promise<Void> one = Promise.promise();
                waiting.add(one);
                done = one.future();
            } else {
                done = null;
            }
        }
        // Awake, but the one who notices has not had its turn yet.
        (done != null ? done : missed("this node was asleep"))
                .onComplete(over -> context.runOnContext(ignored -> promise.tryComplete()));
        // Whoever waits for a disk that is slow is not kept for ever.
        vertx.timer(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)
                .onComplete(over -> context.runOnContext(ignored -> promise.tryComplete()));
        return promise.future();
    }
}
