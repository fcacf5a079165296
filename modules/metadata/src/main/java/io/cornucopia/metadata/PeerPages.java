package io.cornucopia.metadata;

import io.cornucopia.cluster.Cluster;
import io.cornucopia.cluster.Member;
import io.cornucopia.cluster.PeerAnswer;
import io.cornucopia.cluster.PeerClient;
import io.cornucopia.cluster.PeerFailedException;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Brings the documents of pages from other nodes, as they lie there. To be used on its context only. */
final class PeerPages {
    /** The longest document: pages are written at about the length that they come in. */
    private static final int LIMIT = 128 << 20;
    /** What is asked for at a time; the rest waits here, where its waiting is not taken for a silence of the other node's. */
    private static final int AT_ONCE = 8;

    private static final long LONG_MILLIS = 500;

    private static final int ATTEMPTS = 4;

    private final Cluster cluster;
    private final Turns turns;
    private final Avoided silent = new Avoided();
    private final Avoided unreachable = new Avoided();

    PeerPages(Vertx vertx, Cluster cluster) {
        this.turns = new Turns(vertx, AT_ONCE, LONG_MILLIS);
        this.cluster = cluster;
    }

    /** The document; empty if that node has none, or cannot be asked. Never fails. */
    Future<Optional<Buffer>> of(Member member, ProjectName project) {
        Optional<PeerClient> client = cluster.peers();
        return client.isEmpty()
                ? Future.succeededFuture(Optional.empty())
                : turns.take(() -> isAvoided(member)
                        ? Future.succeededFuture(Optional.empty())
                        : ask(client.get(), member, project, ATTEMPTS).otherwise(Optional.empty()));
    }

    /** Takes notice that a node does not answer: it is left alone for a moment. */
    void isFoundSilent(Member member) {
        silent.add(member);
    }

    boolean isSilent(Member member) {
        return silent.has(member);
    }

    private boolean isAvoided(Member member) {
        return silent.has(member) || unreachable.has(member);
    }

    private Future<Optional<Buffer>> ask(PeerClient asked, Member member, ProjectName project, int attempts) {
        return asked.page(member, project)
                .compose(answer -> answer.isPresent()
                        ? read(answer.get()).map(Optional::of)
                        : Future.succeededFuture(Optional.<Buffer>empty()))
                .recover(
                        why -> isSilence(why) ? again(asked, member, project, attempts - 1) : Future.failedFuture(why));
    }

    /** A node that answers over the event bus is busy: it is asked once more, and upstream is spared. */
    private Future<Optional<Buffer>> again(PeerClient asked, Member member, ProjectName project, int attempts) {
        return cluster.pages()
                .progress(member, project.value())
                .compose(
                        alive -> {
                            if (attempts == 0) {
                                unreachable.add(member);
                                return Future.failedFuture("the internal port of " + member.address() + " is silent");
                            }
                            return ask(asked, member, project, attempts);
                        },
                        frozen -> {
                            isFoundSilent(member);
                            return Future.failedFuture(frozen);
                        });
    }

    private static boolean isSilence(Throwable thrown) {
        return thrown instanceof PeerFailedException failed && failed.isSilent();
    }

    private static Future<Buffer> read(PeerAnswer answer) {
        Promise<Buffer> all = Promise.promise();
        Buffer bytes = Buffer.buffer();
        answer.body()
                .exceptionHandler(all::tryFail)
                .endHandler(end -> {
                    if (answer.size().isPresent() && answer.size().getAsLong() != bytes.length()) {
                        all.tryFail("a page of " + bytes.length() + " bytes where "
                                + answer.size().getAsLong() + " were announced");
                    } else {
                        all.tryComplete(bytes);
                    }
                })
                .handler(some -> {
                    if (bytes.length() + some.length() > LIMIT) {
                        answer.body().discard();
                        all.tryFail("a page of more than " + LIMIT + " bytes");
                    } else {
                        bytes.appendBuffer(some);
                    }
                })
                .resume();
        return all.future();
    }

    /** Members that are left alone for a moment each. */
    private static final class Avoided {
        private static final long NANOS = TimeUnit.SECONDS.toNanos(5);

        private final Map<String, Long> until = new HashMap<>();

        void add(Member member) {
            until.values().removeIf(end -> System.nanoTime() - end > 0);
            until.put(member.id(), System.nanoTime() + NANOS);
        }

        boolean has(Member member) {
            Long end = until.get(member.id());
            return end != null && System.nanoTime() - end < 0;
        }
    }
}
