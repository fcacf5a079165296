package io.cornucopia.http;

import io.cornucopia.bus.Failure;

/**
 * The status that tells a client of a failure. Only what certainly does not exist is 404, since on that a client moves on to
 * its next index; and none is 504, which pip does not try again.
 */
final class FailureStatus {
    private FailureStatus() {}

    static int of(Failure failure, Route route) {
        if (failure instanceof Failure.NotFound) {
            return 404;
        }
        if (failure instanceof Failure.Quarantined || failure instanceof Failure.Forbidden) {
            return 403;
        }
        if (failure instanceof Failure.Invalid) {
            return 400;
        }
        if (failure instanceof Failure.Conflict) {
            return 409;
        }
        if (failure instanceof Failure.Offline) {
            return 503;
        }
        if (failure instanceof Failure.UpstreamFailed) {
            return route == Route.FILE ? 500 : 502;
        }
        return 500;
    }
}
