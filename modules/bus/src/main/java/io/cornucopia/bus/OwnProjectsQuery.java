package io.cornucopia.bus;

/** Asks which projects are ours, in whole or in part. */
public record OwnProjectsQuery() {}
