package io.cornucopia.intake;

import io.cornucopia.access.AuditLog;
import io.cornucopia.bus.Actor;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes acts to the audit log, whatever came of them, and those that failed to the log as well. Used on one context. */
final class Records {
    private static final Logger log = LoggerFactory.getLogger(Records.class);

    private static final int MAX_SUBJECT = 300;

    private final Context context;
    private final AuditLog audit;
    private final InstantSource clock;

    Records(Context context, AuditLog audit, InstantSource clock) {
        this.context = context;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Writes one act down.
     *
     * @return completes once it is written, as the act ended
     */
    <T> Future<T> write(Actor actor, String action, String project, String subject, AsyncResult<T> ended) {
        String reason =
                ended.succeeded() ? "" : FailureException.of(ended.cause()).message();
        AuditLog.Act act = new AuditLog.Act(
                clock.instant(),
                actor.principal().name(),
                actor.address(),
                action,
                project,
                subject.length() > MAX_SUBJECT ? subject.substring(0, MAX_SUBJECT) : subject,
                Outcome.code(ended),
                reason);
        if (ended.failed()) {
            log(act, ended.cause());
        }
        return context.executeBlocking(
                        () -> {
                            audit.record(act);
                            return act;
                        },
                        false)
                .onFailure(thrown -> log.error("cannot write to the audit log: {}", act, thrown))
                .transform(written -> ended.succeeded()
                        ? Future.succeededFuture(ended.result())
                        : Future.failedFuture(ended.cause()));
    }

    private static void log(AuditLog.Act act, Throwable thrown) {
        String subject = Quoted.text(act.subject());
        if (FailureException.of(thrown) instanceof Failure.Internal) {
            log.error("{} of {} with the token {} failed", act.action(), subject, act.principal(), thrown);
        } else {
            log.info("{} of {} with the token {} refused: {}", act.action(), subject, act.principal(), act.reason());
        }
    }
}
