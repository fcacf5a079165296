/** The HTTP verticle: routes, negotiation, conditional and range requests, access log, health, metrics. */
package io.cornucopia.http;
