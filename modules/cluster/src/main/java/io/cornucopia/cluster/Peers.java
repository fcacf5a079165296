package io.cornucopia.cluster;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What nodes ask one another over the event bus of the cluster. Questions and answers are short texts. Each node has one address,
 * for all subjects: where an address is has to be looked up once, and after that a question is one message.
 */
final class Peers {
    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);
    private static final String PREFIX = "cornucopia.node.";
    private static final int LONGER = 5;

    private final Vertx vertx;
    private final Map<String, Function<String, Future<String>>> subjects = new ConcurrentHashMap<>();
    /** When a member answered last, by {@link System#nanoTime()}. */
    private final Map<String, Long> heard = new ConcurrentHashMap<>();

    Peers(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Answers to {@code subject} from now on. */
    void answer(String subject, Function<String, Future<String>> answers) {
        subjects.put(subject, answers);
    }

    /** @return completes when the others can ask */
    Future<Void> open(String self) {
        return vertx.eventBus()
                .<String>consumer(
                        PREFIX + self,
                        message -> hear(message.body()).onComplete(done -> {
                            if (done.succeeded()) {
                                message.reply(done.result());
                            } else {
                                message.fail(1, String.valueOf(done.cause().getMessage()));
                            }
                        }))
                .completion();
    }

    private Future<String> hear(String question) {
        int space = question.indexOf(' ');
        Function<String, Future<String>> answers = space < 0 ? null : subjects.get(question.substring(0, space));
        if (answers == null) {
            return Future.failedFuture("nothing is known of '" + question + "'");
        }
        try {
            return answers.apply(question.substring(space + 1));
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    /** Nothing is remembered of who is no member any more. */
    void forget(Member member) {
        heard.remove(member.id());
    }

    /**
     * Fails if there is no answer within {@code patience}, whatever the reason. Completes on the caller's context. The other may be
     * asked twice, and answers the same then: what is under way on a connection that is being given up is lost without a word.
     */
    Future<String> ask(Member member, String subject, String question, Duration patience) {
        Asking asking = new Asking(member, subject + " " + question, patience, patience);
        asking.put();
        asking.again = vertx.setTimer(Math.max(1, patience.toMillis() / 2), fired -> asking.putAgain());
        return asking.answer.future();
    }

    /**
     * The same for a question that is one of many: a member that answers others in the meantime is busy and not silent, and is
     * waited for longer, {@value #LONGER} times {@code patience} at most. It is asked once.
     */
    Future<String> askOneOfMany(Member member, String subject, String question, Duration patience) {
        Asking asking = new Asking(member, subject + " " + question, patience, patience.multipliedBy(LONGER));
        asking.put();
        return asking.answer.future();
    }

    /** A question that waits for its answer. */
    private final class Asking {
        private final Context context = vertx.getOrCreateContext();
        private final Promise<String> answer = Promise.promise();
        private final long begun = System.nanoTime();
        private final Member member;
        private final String question;
        private final long patience;
        private final long longest;
        private long timer;
        private long again;

        Asking(Member member, String question, Duration patience, Duration longest) {
            this.member = member;
            this.question = question;
            this.patience = patience.toNanos();
            this.longest = longest.toNanos();
            lookIn(this.patience);
        }

        void put() {
            vertx.eventBus()
                    .<String>request(
                            PREFIX + member.id(),
                            question,
                            new DeliveryOptions().setSendTimeout(TimeUnit.NANOSECONDS.toMillis(longest)))
                    .map(Message::body)
                    .onSuccess(answered -> heard.put(member.id(), System.nanoTime()))
                    .onComplete(done -> context.runOnContext(ignored -> end(done)));
        }

        void putAgain() {
            if (!answer.future().isComplete()) {
                LOG.debug("{} is asked again: {}", member.address(), question);
                put();
            }
        }

        // A timer of our own: the bus's begins to run only when it has found out where the address is.
        private void lookIn(long nanos) {
            timer = vertx.setTimer(
                    Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)),
                    // One turn later: when it is this node that was busy, the answer is here and was not looked at yet.
                    fired -> context.runOnContext(ignored -> look()));
        }

        private void look() {
            if (answer.future().isComplete()) {
                return;
            }
            long now = System.nanoTime();
            long last = Math.max(heard.getOrDefault(member.id(), begun) - begun, 0) + begun;
            long left = Math.min(last + patience, begun + longest) - now;
            if (left > 0) {
                lookIn(left);
            } else {
                answer.fail(member.address() + " has not answered within " + TimeUnit.NANOSECONDS.toMillis(now - begun)
                        + " ms");
            }
        }

        private void end(AsyncResult<String> done) {
            vertx.cancelTimer(timer);
            vertx.cancelTimer(again);
            if (done.succeeded()) {
                answer.tryComplete(done.result());
            } else if (answer.tryFail(done.cause())) {
                LOG.debug(
                        "{} could not be asked: {}",
                        member.address(),
                        done.cause().getMessage());
            }
        }
    }
}
