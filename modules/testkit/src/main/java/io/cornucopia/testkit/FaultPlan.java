package io.cornucopia.testkit;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** What the faults that met one request come to. */
final class FaultPlan {

    /** How a body that is cut ends. */
    enum Ending {
        WHOLE,
        STALL,
        CLOSE,
        RESET,
        CHUNKED
    }

    private Duration delay = Duration.ZERO;
    private boolean noRange;
    private Function<Answer, Answer> change = Function.identity();
    private Ending ending = Ending.WHOLE;
    private long cut = Long.MAX_VALUE;
    private long bytesPerSecond = Long.MAX_VALUE;

    static FaultPlan of(List<Fault> faults) {
        FaultPlan plan = new FaultPlan();
        faults.forEach(plan::add);
        return plan;
    }

    Duration delay() {
        return delay;
    }

    boolean noRange() {
        return noRange;
    }

    Answer changed(Answer answer) {
        return change.apply(answer);
    }

    Ending ending() {
        return ending;
    }

    /** How many bytes are sent before the ending takes place. */
    long cut() {
        return cut;
    }

    boolean throttled() {
        return bytesPerSecond != Long.MAX_VALUE;
    }

    long bytesPerSecond() {
        return bytesPerSecond;
    }

    private void add(Fault fault) {
        if (fault instanceof Fault.Status status) {
            change = change.andThen(answer -> new Answer(status.code(), status.headers(), Content.ofText("")));
        } else if (fault instanceof Fault.Delay late) {
            delay = delay.plus(late.time());
        } else if (fault instanceof Fault.Stall stall) {
            end(Ending.STALL, stall.afterBytes());
        } else if (fault instanceof Fault.ShortBody shorter) {
            end(Ending.CLOSE, shorter.bytes());
        } else if (fault instanceof Fault.ShortChunked shorter) {
            end(Ending.CHUNKED, shorter.bytes());
        } else if (fault instanceof Fault.Reset reset) {
            end(Ending.RESET, reset.afterBytes());
        } else if (fault instanceof Fault.WrongBytes) {
            change = change.andThen(FaultPlan::wrong);
        } else if (fault instanceof Fault.NoRange) {
            noRange = true;
        } else if (fault instanceof Fault.Throttle throttle) {
            bytesPerSecond = throttle.bytesPerSecond();
        } else if (fault instanceof Fault.Redirect redirect) {
            change = change.andThen(answer -> Answer.redirect(redirect.code(), redirect.location()));
        } else if (fault instanceof Fault.Body body) {
            change = change.andThen(answer -> Answer.of(200, body.contentType(), Content.ofBytes(body.bytes())));
        } else {
            throw new IllegalArgumentException("not for a single request: " + fault);
        }
    }

    private void end(Ending how, long after) {
        ending = how;
        cut = after;
    }

    private static Answer wrong(Answer answer) {
        Content body = answer.body();
        return body.length() == 0 ? answer : answer.withBody(body.flipped(Math.max(0, body.length() - 8)));
    }
}
