package io.cornucopia.bus;

/** Asks which nodes are one mirror with this one. */
public record ClusterQuery() {}
