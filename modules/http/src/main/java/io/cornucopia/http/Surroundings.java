package io.cornucopia.http;

import io.vertx.core.Vertx;

/**
 * What every request on one event loop has around it.
 *
 * @param vertx where it runs
 * @param settings what the verticle goes by
 * @param readiness whether the process is about to stop
 * @param date the date to put on answers
 * @param meters what counts it
 * @param log where its line goes
 * @param connections what knows whether its connection is in use
 */
record Surroundings(
        Vertx vertx,
        HttpSettings settings,
        Readiness readiness,
        DateHeader date,
        RequestMeters meters,
        AccessLogLines log,
        Connections connections) {}
